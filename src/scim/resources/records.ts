import type { JsonObject } from "../../domain/values/json.js";
import type { Listing, Page } from "../../domain/listing.js";
import type { ScimAnswer } from "../answers/answer.js";
import type { ScimContext } from "../context.js";
import { answerWithList } from "../answers/list-response.js";
import { Projection } from "../answers/projection.js";
import { toCriteria } from "../requests/query.js";
import type { Query } from "../requests/query.js";
import type { ResourceSchema } from "../schema/attribute.js";
import { notModified, resourceAnswer } from "../answers/versions.js";

/** A resource type whose resources are short, and rendered from what they are in the domain. */
export interface RecordType<T> {
  readonly endpoint: string;
  readonly schema: ResourceSchema;
  /** The whole resource, with its `meta`. */
  readonly toResource: (item: T, baseUrl: string) => JsonObject & { readonly meta: Meta };
}

interface Meta {
  readonly [name: string]: string;
  readonly location: string;
  readonly version: string;
}

/** Answers with one resource, or with 304 to a GET of what the client has already. */
export function recordAnswer<T>(
  status: number,
  context: ScimContext,
  { schema, toResource }: RecordType<T>,
  item: T,
  query: Query,
): ScimAnswer {
  const resource = toResource(item, context.baseUrl);
  const { location, version } = resource.meta;
  const identity = { tag: version, location };
  const body = JSON.stringify(Projection.of(schema, query).apply(resource));
  const known = status === 200 ? notModified(context, identity) : undefined;
  return known ?? resourceAnswer(status, identity, body);
}

/** Answers with a list. @param list reads the page */
export function listRecords<T>(
  context: ScimContext,
  { endpoint, schema, toResource }: RecordType<T>,
  query: Query,
  list: (listing: Listing) => Promise<Page<T>>,
): Promise<ScimAnswer> {
  const criteria = toCriteria(schema, query);
  const projection = Projection.of(schema, query);
  const render = (item: T) => JSON.stringify(projection.apply(toResource(item, context.baseUrl)));
  return answerWithList(context, query, {
    endpoint,
    read: (part) => list({ ...criteria, ...part }),
    renderer: () => render,
  });
}
