import { invalidSyntax, ScimError } from "../errors.js";
import type { ResourceType } from "../resources/resource.js";
import type { BulkMethod } from "../requests/bulk-request.js";

/** What the path of an operation names. */
export interface Target {
  readonly Type: ResourceType;
  /** Undefined: the collection. */
  readonly id: string | undefined;
}

/**
 * Reads the path of an operation (RFC 7644 section 3.7): `/Users`, `/Users/{id}`, or either as a full address.
 *
 * @param accountId the User that `/Me` is, if the caller is one
 * @throws ScimError 400 for an address that is none, 404 for a path that there is not, 405 for a method that it does not take
 */
export function readTarget(
  method: BulkMethod,
  path: string,
  {
    types,
    baseUrl,
    accountId,
  }: { types: readonly ResourceType[]; baseUrl: string; accountId?: string | undefined },
): Target {
  const below = path.startsWith(`${baseUrl}/`) ? path.slice(baseUrl.length) : path;
  const own = accountId === undefined ? below : below.replace(/^\/?Me\/?$/, `/Users/${accountId}`);
  const [, endpoint, id] = /^\/?([^/?]+)(?:\/([^/?]+))?\/?$/.exec(own) ?? [];
  const Type = types.find((type) => type.endpoint === `/${endpoint}`);
  if (!Type) throw new ScimError(404, undefined, `There is no endpoint '${path}'`);
  if (!Type.isWritable || (id === undefined) !== (method === "POST")) {
    throw new ScimError(405, undefined, `${method} is not possible at '${path}'`);
  }
  return { Type, id: id === undefined ? undefined : decoded(id) };
}

/** @throws ScimError 400 `invalidSyntax` for what cannot be decoded */
function decoded(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    throw invalidSyntax(`'${id}' is not percent-encoded as an address is`);
  }
}
