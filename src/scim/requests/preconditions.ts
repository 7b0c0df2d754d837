import type { ScimContext } from "../context.js";

/**
 * The versions that a request's `If-Match`, or the `version` of an operation in a Bulk, names (RFC 7644 section 3.14).
 * Changes of other resources that the resource shows are no reason to refuse a write.
 *
 * @returns undefined when any version is accepted
 */
export function expectedVersions({ ifMatch }: Pick<ScimContext, "ifMatch">): number[] | undefined {
  if (ifMatch === undefined || ifMatch.trim() === "*") return undefined;
  return readTags(ifMatch).flatMap((tag) => {
    const version = /^(\d{1,15})(-[0-9a-f]+)?$/.exec(tag)?.[1];
    return version === undefined ? [] : [Number(version)];
  });
}

/** Whether the client already has this version, going by the request's `If-None-Match`; tags compare weakly. */
export function hasVersion({ ifNoneMatch }: Pick<ScimContext, "ifNoneMatch">, tag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch.trim() === "*" || readTags(ifNoneMatch).includes(readTags(tag)[0] ?? "");
}

/** The text between the quotes of each tag. */
function readTags(header: string): string[] {
  return header.split(",").flatMap((tag) => /^\s*(?:W\/)?"([^"]*)"\s*$/.exec(tag)?.slice(1) ?? []);
}
