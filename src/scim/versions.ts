import { ScimAnswer } from "./answer.js";
import type { ScimContext } from "./context.js";

/** A resource's version as an entity tag (RFC 7644 section 3.14); weak, since a projection is no byte-for-byte copy. */
export const entityTag = (version: number) => `W/"${version}"`;

/**
 * The versions that a request's `If-Match` names.
 *
 * @returns undefined when any version will do
 */
export function expectedVersions(context: ScimContext): number[] | undefined {
  const { ifMatch } = context;
  return ifMatch === undefined || ifMatch.trim() === "*" ? undefined : readEntityTags(ifMatch);
}

/** Whether the client already has this version, going by the request's `If-None-Match`. */
function isKnown(context: ScimContext, version: number): boolean {
  const { ifNoneMatch } = context;
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch.trim() === "*" || readEntityTags(ifNoneMatch).includes(version);
}

/** Tags that Muster never gives match nothing. */
function readEntityTags(header: string): number[] {
  return header.split(",").flatMap((tag) => {
    const version = /^\s*(?:W\/)?"(\d{1,15})"\s*$/.exec(tag)?.[1];
    return version === undefined ? [] : [Number(version)];
  });
}

/** An answer with one resource, whose version goes out as its entity tag. */
export function versioned(
  status: number,
  version: number,
  body: ScimAnswer["body"],
  headers: ScimAnswer["headers"] = {},
): ScimAnswer {
  return new ScimAnswer(status, body, { ETag: entityTag(version), ...headers });
}

/** The answer to a client that has this version already; undefined when it has not. */
export function notModified(context: ScimContext, version: number): ScimAnswer | undefined {
  return isKnown(context, version) ? versioned(304, version, undefined) : undefined;
}
