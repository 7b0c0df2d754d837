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

/** The canonical path of a place. */
export const pathOf = ({ type, id, action }: Place) =>
  [type.endpoint, id, action].filter((part) => part !== undefined).join("/");

export const SEARCH = ".search";

/** The endpoints that are not of a resource type. */
const OTHER_ENDPOINTS = ["Bulk", "Me", "ServiceProviderConfig", "ResourceTypes", "Schemas"];

/** The longest path that is read: a path in a Bulk request may be as long as its operation. */
const MAX_PATH_LENGTH = 32 * 1024;

/**
 * Makes a reader that turns a path as clients write it into its canonical form: one slash for several, none at the end, and
 * the names of endpoints, of `.search` and of actions in their own case. Ids stay as they are.
 */
export function canonicalPaths(types: readonly ResourceType[]): (path: string) => string {
  const endpoints = byLowerCase([...types.map(({ endpoint }) => endpoint.slice(1)), ...OTHER_ENDPOINTS]);
  const actions = byLowerCase(types.flatMap((type) => Object.keys(type.actions)));
  return (path) => {
    if (path.length > MAX_PATH_LENGTH) return path;
    const [first, second, third, ...others] = path.split("/").filter((segment) => segment !== "");
    if (first === undefined) return "/";
    const segments = [
      endpoints.get(first.toLowerCase()) ?? searchIn(first),
      ...(second === undefined ? [] : [searchIn(second)]),
      ...(third === undefined ? [] : [actions.get(third.toLowerCase()) ?? third]),
      ...others,
    ];
    return `/${segments.join("/")}`;
  };
}

const byLowerCase = (names: readonly string[]): ReadonlyMap<string, string> =>
  new Map(names.map((name) => [name.toLowerCase(), name]));

const searchIn = (segment: string) => (segment.toLowerCase() === SEARCH ? SEARCH : segment);

const PATH = /^\/([^/]+)(?:\/([^/]+))?(?:\/([^/]+))?$/;

/**
 * Reads a canonical path such as `/Users`, `/Users/{id}`, `/Users/.search` or `/Invitations/{id}/resend`, of a request or
 * of an operation in a Bulk.
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

/** The canonical path of the caller's own User, or the address with a query (RFC 7644 section 3.11). */
export const ME = /^\/Me(?=$|\?)/;

/** @throws ScimError 400 */
export function decoded(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    throw new ScimError(400, undefined, `The id '${id}' in the URL is not percent-encoded correctly`);
  }
}
