import { stoppingError } from "../../domain/errors.js";
import { turnOf } from "../../domain/access/principal.js";
import type { Listing, Page, Position } from "../../domain/listing.js";
import type { JsonObject } from "../../domain/values/json.js";
import type { ScimContext } from "../context.js";
import { invalidValue } from "../errors.js";
import { toCriteria } from "../requests/query.js";
import type { Query } from "../requests/query.js";
import type { ResourceSchema } from "../schema/attribute.js";
import { ScimAnswer } from "./answer.js";
import { CSV } from "./formats.js";
import type { ExportFormat } from "./formats.js";
import { cellsOf, columnsOf, csvLine } from "./csv.js";
import type { Render } from "./list-response.js";

/** How much is read at a time: what is in memory of an export, however long it is. */
const PORTION = { limit: 200, maxBytes: 256 * 1024 };

/** Which resources are exported. */
export interface ExportOf<T> {
  readonly schema: ResourceSchema;
  /** The end of the endpoint, for the name of the file. */
  readonly name: string;
  readonly read: (listing: Listing, query: Query) => Promise<Page<T>>;
  /** Makes a renderer of resources for a query. */
  readonly renderer: (query: Query) => (items: readonly T[]) => Render<T> | Promise<Render<T>>;
}

/**
 * Answers with all resources that match, portion by portion, as the client takes them. The portions take turns with the lists
 * of others. The answer ends when the client hangs up, and is broken off, so that it does not look complete, when the server
 * stops or something fails.
 *
 * @throws ScimError 400 for paging, TooManyRequestsError and UnavailableError when there are too many exports, and what
 *   `read` throws for the first portion
 */
export async function answerWithExport<T>(
  context: ScimContext,
  sent: Query,
  format: ExportFormat,
  { schema, name, read, renderer }: ExportOf<T>,
): Promise<ScimAnswer> {
  if (sent.cursor !== undefined || sent.count !== undefined || (sent.startIndex ?? 1) > 1) {
    throw invalidValue("An export has all that match; leave out 'count', 'startIndex' and 'cursor'");
  }
  const columns = format === CSV ? columnsOf(schema, sent) : undefined;
  const query = columns ? { ...sent, attributes: columns.map((each) => each.name) } : sent;
  // By a time that a filter compares, who changes before their turn would be left out.
  const criteria = toCriteria(schema, { ...query, sortBy: query.sortBy ?? "id" });
  await enter(context);
  const portion = (after: Position | undefined) =>
    read({ ...criteria, ...PORTION, locations: context.locations, start: startAt(after) }, query);
  const first = await portion(undefined);
  await context.services.audit.exported(context.principal, schema.resourceType, format);
  const render = renderer(query);

  async function* lines(): AsyncGenerator<string, void, undefined> {
    if (columns) yield csvLine(columns.map((each) => each.name));
    for (let page = first; ; page = await portion(page.next)) {
      const one = await render(page.items);
      for (const item of page.items) {
        const text = one(item);
        if (columns) yield csvLine(cellsOf(JSON.parse(await whole(text)) as JsonObject, columns));
        else if (typeof text === "string") yield `${text}\n`;
        else {
          yield* text;
          yield "\n";
        }
      }
      if (!page.next) return;
      if (context.ending.aborted) throw stoppingError();
    }
  }
  const extension = columns ? "csv" : "ndjson";
  const headers = {
    "Content-Type": columns
      ? "text/csv; charset=utf-8; header=present"
      : "application/x-ndjson; charset=utf-8",
    "Content-Disposition": `attachment; filename="${name}.${extension}"`,
  };
  return new ScimAnswer(200, lines(), headers, "long");
}

/** Without a total, which nobody is told. */
const startAt = (after: Position | undefined) =>
  ({ type: "position", total: 0, ...(after && { after }) }) as const;

/** Takes a place among the exports, and the memory of a portion, until the answer has been sent. */
async function enter({ exports, principal, pageMemory, holdWhileSending }: ScimContext): Promise<void> {
  const turn = turnOf(principal);
  await exports.enter(turn, () => principal.signal);
  holdWhileSending({
    bytes: 0,
    shrink: () => undefined,
    release: () => {
      exports.leave(turn);
    },
  });
  const memory = await pageMemory.reserve(principal.realm);
  memory.shrink(PORTION.maxBytes);
  holdWhileSending(memory);
}

async function whole(text: string | AsyncIterable<string>): Promise<string> {
  if (typeof text === "string") return text;
  let all = "";
  for await (const piece of text) all += piece;
  return all;
}
