import { ScimAnswer } from "./answer.js";
import type { ScimContext } from "../context.js";
import { hasVersion } from "../requests/preconditions.js";

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
  return hasVersion(context, identity.tag) ? resourceAnswer(304, identity, undefined) : undefined;
}
