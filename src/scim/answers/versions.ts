import { ScimAnswer } from "./answer.js";
import type { ScimContext } from "../context.js";
import { hasVersion } from "../requests/preconditions.js";

/** The resource of an answer as its headers name it. */
export interface Identity {
  /** Its entity tag, as in `meta.version`. */
  readonly tag: string;
  /** Its address, as in `meta.location`. */
  readonly location: string;
}

/**
 * A resource's version as an entity tag (RFC 7644 section 3.14); weak, since a projection is no byte-for-byte copy.
 *
 * @param digest of attributes that change with other resources, without a new version, if there are any
 */
export const entityTag = (version: number, digest?: string) =>
  `W/"${version}${digest === undefined ? "" : `-${digest}`}"`;

/** An entity tag without its digest, as filters compare it with the database. */
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

/** The answer 304 when the client already has this version; otherwise undefined. */
export function notModified(context: ScimContext, identity: Identity): ScimAnswer | undefined {
  return hasVersion(context, identity.tag) ? resourceAnswer(304, identity, undefined) : undefined;
}
