import { useParams } from "react-router";
import { isId } from "../scim/path.ts";

/** The id in the address, of what is open; empty when it is none: somebody may have written the address. */
export function useOpenId(): string {
  const { id = "" } = useParams();
  return isId(id) ? id : "";
}
