import type { Locations, Page, Range } from "../../domain/listing.js";
import { ScimAnswer } from "./answer.js";
import type { ScimContext } from "../context.js";
import { readPaging } from "../requests/pagination.js";
import type { ListHeader } from "../requests/pagination.js";
import type { Query } from "../requests/query.js";

export const LIST_RESPONSE = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

/** Renders one resource as JSON, in pieces where it may be long. */
export type Render<T> = (item: T) => string | AsyncIterable<string>;

/** How one list is read and rendered. */
export interface ListOf<T> {
  /** Identifies the list; a cursor is valid for one list only. */
  readonly endpoint: string;
  /** How many resources a page can have, if not as many as usual. */
  readonly maxCount?: number;
  readonly read: (part: Range & { readonly locations: Locations }) => Promise<Page<T>>;
  /** Makes a renderer for some of the resources, for example by reading what belongs to them. */
  readonly renderer: (items: readonly T[]) => Render<T> | Promise<Render<T>>;
}

/**
 * Answers with one page of a list, as soon as there is room for it in memory.
 *
 * @throws ScimError as `readPaging` does, UnavailableError when there is no room, and what `read` throws
 */
export async function answerWithList<T>(
  context: ScimContext,
  query: Query,
  { endpoint, maxCount, read, renderer }: ListOf<T>,
): Promise<ScimAnswer> {
  const { range, header } = readPaging(context, endpoint, query, maxCount);
  const reservation = await context.pageMemory.reserve(context.principal.realm);
  context.holdWhileSending(reservation);
  const page = await read({ ...range, locations: context.locations });
  reservation.shrink(page.bytes);
  return new ScimAnswer(200, listResponse(header(page), page.items, renderer));
}

/** How many resources one renderer is made for. */
const RENDERED_TOGETHER = 50;

/** A ListResponse as JSON in pieces. */
async function* listResponse<T>(
  header: ListHeader,
  items: readonly T[],
  renderer: ListOf<T>["renderer"],
): AsyncGenerator<string, void, undefined> {
  let separator = `${JSON.stringify({ schemas: [LIST_RESPONSE], ...header }).slice(0, -1)},"Resources":[`;
  for (let begin = 0; begin < items.length; begin += RENDERED_TOGETHER) {
    const batch = items.slice(begin, begin + RENDERED_TOGETHER);
    const render = await renderer(batch);
    for (const item of batch) {
      yield separator;
      const text = render(item);
      if (typeof text === "string") yield text;
      else yield* text;
      separator = ",";
    }
  }
  yield items.length === 0 ? `${separator}]}` : "]}";
}
