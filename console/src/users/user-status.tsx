import type { User } from "../scim/resources.ts";
import { Status } from "../ui/status.tsx";
import { stateOf } from "./user-names.ts";

export function UserStatus({ user }: { readonly user: User }) {
  // Those who see names only do not know it.
  if (user.active === undefined) return null;
  const state = stateOf(user);
  if (state === "inactive") return <Status kind="off">Inactive</Status>;
  // Until a password was set by the mail.
  return state === "invited" ? (
    <Status kind="waiting">Not set up</Status>
  ) : (
    <Status kind="positive">Active</Status>
  );
}
