import type { Criteria } from "../domain/listing.js";
import type { DirectoryEntry } from "../services/directory.js";
import type { ScimAnswer } from "./answers/answer.js";
import type { ScimContext } from "./context.js";
import { answerWithList } from "./answers/list-response.js";
import type { Render } from "./answers/list-response.js";
import { readQuery, toCriteria } from "./requests/query.js";
import type { ResourceType } from "./resources/resource-type.js";

/**
 * Lists the resources of all types in the directory together (RFC 7644 section 3.4.2.1). An attribute that a type does not
 * have counts as absent.
 *
 * @param source a parsed query string, or the body of a SearchRequest
 * @throws ScimError 400 as for a list of one type
 */
export function listAll(
  context: ScimContext,
  types: readonly ResourceType[],
  source: Readonly<Record<string, unknown>>,
): Promise<ScimAnswer> {
  const query = readQuery(source);
  const listed = types.filter(({ inDirectory }) => inDirectory !== undefined);
  const criteria = listed.map(({ inDirectory = "", schema }) => {
    const others = listed.map((type) => type.schema).filter((other) => other !== schema);
    return [inDirectory, toCriteria(schema, query, others)] as const;
  });
  const kinds = listed.map((type) => ({ kind: type.inDirectory, renderer: type.renderer(context, query) }));
  return answerWithList(context, query, {
    endpoint: "/",
    read: (part) =>
      context.services.directory.list(context.principal, {
        ...Object.fromEntries<Criteria>(criteria),
        ...part,
      }),
    renderer: async (entries) => {
      const renders = new Map<string, Render<never>>();
      for (const { kind = "", renderer } of kinds) {
        const items = entries.filter((entry) => entry.kind === kind).map(({ item }) => item);
        renders.set(kind, await renderer(items as never[]));
      }
      return ({ kind, item }: DirectoryEntry) => renders.get(kind)?.(item as never) ?? "";
    },
  });
}
