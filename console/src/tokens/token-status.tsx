import { Status } from "../ui/status.tsx";
import { isExpired } from "./access-token.ts";
import type { AccessToken } from "./access-token.ts";

export function TokenStatus({ token }: { readonly token: AccessToken }) {
  if (isExpired(token)) return <Status kind="off">Expired</Status>;
  if (token.orphaned === true) return <Status kind="problem">Orphaned</Status>;
  return <Status kind="positive">Valid</Status>;
}
