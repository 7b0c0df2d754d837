import { MAX_IDS_PAGE_SIZE } from "../../domain/limits/page-size.js";
import type { Listing, Page } from "../../domain/listing.js";
import type { ScimAnswer } from "../answers/answer.js";
import { answerWithExport } from "../answers/export.js";
import { answerWithEvents } from "../answers/follow.js";
import { EVENT_STREAM } from "../answers/formats.js";
import { answerWithList } from "../answers/list-response.js";
import type { ListOf } from "../answers/list-response.js";
import { Projection } from "../answers/projection.js";
import type { ScimContext } from "../context.js";
import { toCriteria } from "../requests/query.js";
import type { Query } from "../requests/query.js";
import type { ResourceSchema } from "../schema/attribute.js";

/** How resources of a type are listed. */
export interface Lists<Item> {
  readonly list?: (context: ScimContext, listing: Listing, query: Query) => Promise<Page<Item>>;
  /** Lists ids alone, in larger pages. */
  readonly listIds?: (context: ScimContext, listing: Listing) => Promise<Page<{ readonly id: string }>>;
  /** Whether a list of them can be exported. */
  readonly isExported?: boolean;
  /** Whether the caller may still read them, while it follows what is new; absent: they cannot be followed. */
  readonly mayFollow?: (context: ScimContext) => Promise<boolean>;
}

/** The lists of a type, and what they are made with. */
interface ListsOf<Item extends { readonly id: string }> extends Lists<Item> {
  readonly schema: ResourceSchema;
  readonly endpoint: string;
  readonly list: NonNullable<Lists<Item>["list"]>;
  readonly renderer: (query: Query) => ListOf<Item>["renderer"];
}

/**
 * Answers with a list as the client wants it: a page, a page of ids, all that match, or what is new.
 *
 * @throws what the answers throw
 */
export function answerList<Item extends { readonly id: string }>(
  context: ScimContext,
  query: Query,
  lists: ListsOf<Item>,
): Promise<ScimAnswer> {
  const { schema, endpoint, list, listIds, isExported = false, mayFollow, renderer } = lists;
  const { format } = context;
  if (format === EVENT_STREAM) {
    if (mayFollow) {
      return answerWithEvents(context, query, {
        ...{ schema, read: (listing) => list(context, listing, query), renderer: renderer(query) },
        mayRead: () => mayFollow(context),
      });
    }
  } else if (format !== undefined && isExported) {
    const read = (listing: Listing, asked: Query) => list(context, listing, asked);
    return answerWithExport(context, query, format, { schema, name: endpoint.slice(1), read, renderer });
  }
  const criteria = toCriteria(schema, query);
  if (listIds && Projection.of(schema, query).isOfIds) {
    const schemas = [schema.core.id];
    const render = ({ id }: { readonly id: string }) => JSON.stringify({ schemas, id });
    return answerWithList(context, query, {
      ...{ endpoint, maxCount: MAX_IDS_PAGE_SIZE, renderer: () => render },
      read: (part) => listIds(context, { ...criteria, ...part }),
    });
  }
  return answerWithList(context, query, {
    endpoint,
    read: (part) => list(context, { ...criteria, ...part }, query),
    renderer: renderer(query),
  });
}
