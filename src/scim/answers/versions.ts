import { ScimAnswer } from "./answer.js";
import type { ScimContext } from "../context.js";

/** What the header of an answer says of the one resource that it holds. */
export interface Identity {
  /** Its entity tag, as in `meta.version`. */
  readonly tag: string;
  /** Its address, as in `meta.location`. */
  readonly location: string;
}

/**
 * A resource's version as an entity tag (RFC 7644 section 3.14); weak, since a projection is no byte-for-byte copy.
 *
 * @param digest of what the resource shows and others change, if there is any
 */
export const entityTag = (version: number, digest?: string) =>
  `W/"${version}${digest === undefined ? "" : `-${digest}`}"`;

/** An entity tag without its digest: what the database has of it. */
export const storedTag = (tag: string) => tag.replace(/-[0-9a-f]+"$/, '"');

/**
 * The versions that a request's `If-Match` names. What a resource shows of others, and others change, is no
 * reason to refuse a write.
 *
 * @returns undefined when any version will do
 */
export function expectedVersions({ ifMatch }: ScimContext): number[] | undefined {
  if (ifMatch === undefined || ifMatch.trim() === "*") return undefined;
  return readTags(ifMatch).flatMap((tag) => {
    const version = /^(\d{1,15})(-[0-9a-f]+)?$/.exec(tag)?.[1];
    return version === undefined ? [] : [Number(version)];
  });
}

/** Whether the client already has this version, going by the request's `If-None-Match`; tags compare weakly. */
function isKnown({ ifNoneMatch }: ScimContext, tag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch.trim() === "*" || readTags(ifNoneMatch).includes(readTags(tag)[0] ?? "");
}

/** What stands between the quotes of each tag. */
function readTags(header: string): string[] {
  return header.split(",").flatMap((tag) => /^\s*(?:W\/)?"([^"]*)"\s*$/.exec(tag)?.slice(1) ?? []);
}

/** An answer with one resource: its version goes out as entity tag, its address as location (section 3.1). */
export function resourceAnswer(
  status: number,
  { tag, location }: Identity,
  body: ScimAnswer["body"],
): ScimAnswer {
  const place = { Location: location, ...(body !== undefined && { "Content-Location": location }) };
  return new ScimAnswer(status, body, { ETag: tag, ...place });
}

/** The answer to a client that has this version already; undefined when it has not. */
export function notModified(context: ScimContext, identity: Identity): ScimAnswer | undefined {
  return isKnown(context, identity.tag) ? resourceAnswer(304, identity, undefined) : undefined;
}
