import { ScimError } from "../errors.js";
import type { ResourceType } from "../resources/resource-type.js";

/** What a path below the SCIM base names: a collection, one resource, or something below either. */
export interface Place {
  readonly type: ResourceType;
  /** Undefined: the collection. */
  readonly id: string | undefined;
  /** `.search` of a collection, or the action of a resource. */
  readonly action: string | undefined;
}

const PATH = /^\/([^/]+)(?:\/([^/]+))?(?:\/([^/]+))?\/?$/;

/**
 * Reads a path such as `/Users`, `/Users/{id}`, `/Users/.search` or `/Invitations/{id}/resend`, of a request or of an
 * operation in a Bulk.
 *
 * @returns undefined for a path that does not exist
 * @throws ScimError 400 for an id that cannot be decoded
 */
export function placeReader(types: readonly ResourceType[]): (path: string) => Place | undefined {
  const byName = new Map(types.map((type) => [type.endpoint.slice(1), type]));
  return (path) => {
    const [, endpoint = "", id, action] = PATH.exec(path) ?? [];
    const type = byName.get(endpoint);
    if (!type) return undefined;
    if (type.isSingle) return id === undefined ? { type, id, action: undefined } : undefined;
    if (id === SEARCH) return action === undefined ? { type, id: undefined, action: SEARCH } : undefined;
    if (action !== undefined && !Object.hasOwn(type.actions, action)) return undefined;
    return { type, id: id === undefined ? undefined : decoded(id), action };
  };
}

export const SEARCH = ".search";

/** Replaces `/Me` by the caller's own resource (RFC 7644 section 3.11). */
export function withoutMe(path: string, types: readonly ResourceType[], accountId: string): string {
  const endpoint = types.find(({ isMe }) => isMe)?.endpoint ?? "";
  return path.replace(ME, `${endpoint}/${accountId}`);
}

export const ME = /^\/?Me\/?(?=$|\?)/;

/** @throws ScimError 400 */
export function decoded(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    throw new ScimError(400, undefined, `The id '${id}' in the URL is not percent-encoded correctly`);
  }
}
