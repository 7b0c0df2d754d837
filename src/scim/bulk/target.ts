import { ScimError } from "../errors.js";
import type { BulkMethod } from "../requests/bulk-request.js";
import { canonicalPaths, ME, placeReader } from "../requests/place.js";
import type { Place } from "../requests/place.js";
import { methodsAt } from "../resources/answer.js";
import { me } from "../resources/me.js";
import type { ResourceType } from "../resources/resource-type.js";

/**
 * Reads the path of an operation for its method.
 *
 * It throws ScimError 400 for a malformed address, 404 for a path that does not exist, 405 for a method that the path does
 * not support.
 */
export type ReadTarget = (method: BulkMethod, path: string) => Place;

/**
 * Makes a reader for the paths of operations (RFC 7644 section 3.7): `/Users`, `/Users/{id}`, or either as a full address.
 *
 * @param accountId the caller's own User, for `/Me`; undefined when the caller is not a person
 */
export function targetReader(
  types: readonly ResourceType[],
  baseUrl: string,
  accountId: string | undefined,
): ReadTarget {
  const placeAt = placeReader(types);
  const canonical = canonicalPaths(types);
  return (method, path) => {
    const below = canonical(path.startsWith(`${baseUrl}/`) ? path.slice(baseUrl.length) : path);
    const isOwn = ME.test(below) && accountId !== undefined;
    const own = isOwn ? { type: me, id: accountId, action: undefined } : placeAt(below);
    const place = below.includes("?") ? undefined : own;
    if (!place || place.action !== undefined) {
      throw new ScimError(404, undefined, `There is no endpoint '${path}'`);
    }
    if (!methodsAt(place).includes(method)) {
      throw new ScimError(405, undefined, `${method} is not supported at '${path}'`);
    }
    return place;
  };
}
