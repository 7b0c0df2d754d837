import { ScimError } from "../../scim/errors.js";

/** The id in a path. @throws ScimError 400 */
export function decodedId(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    throw new ScimError(400, undefined, `'${id}' is not percent-encoded as an address is`);
  }
}
