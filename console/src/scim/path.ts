import { ScimError } from "./errors.ts";

const ID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** Whether a text looks like the id of a resource. */
export const isId = (text: string) => ID.test(text);

/** What needs no escape in an address, and cannot lead out of its place, as `..`, `%2F` or `#` would. */
const SEGMENT = /^[\w-]+$/;

/**
 * The address of what a path names, below the base and nowhere else.
 *
 * @param path segments with slashes between them, without a query: `Users/<id>`
 * @throws ScimError 404 for any other path: ids in it may come from a link that somebody sent
 */
export function addressOf(path: string, base: URL): URL {
  if (!path.split("/").every((segment) => SEGMENT.test(segment)))
    throw new ScimError(404, undefined, "There is nothing at this address.", undefined);
  return new URL(path, base);
}
