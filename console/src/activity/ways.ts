import { all, compare } from "../scim/filter.ts";
import type { Filter } from "../scim/filter.ts";
import { scimIn } from "../server.ts";
import type { AuditEvent } from "./audit-event.ts";

/** How an event of an organization or a team happened to a person: they joined it, or left it. */
export type Way = "added" | "removed";

const WAYS: readonly Way[] = ["added", "removed"];

/** The events that happened to a person. */
export const isOfPerson = (person: string): Filter => compare("affectedUsers.value", "eq", person);

/** Adds to a person's events, in the order of their ids, how they happened to the person. */
export async function withWays<T extends AuditEvent>(
  realm: string,
  person: string,
  events: readonly T[],
  signal: AbortSignal,
): Promise<readonly (T & { readonly way?: Way | undefined })[]> {
  const ids = events.flatMap(({ id, target }) => (target.value === person ? [] : [id])).sort();
  const [first, last] = [ids[0], ids.at(-1)];
  if (first === undefined || last === undefined) return events;
  const found = await Promise.all(
    WAYS.map(async (way) => {
      const filter = all(
        `id ge "${first}" and id le "${last}"`,
        `affectedUsers[${compare("value", "eq", person)} and ${compare("type", "eq", way)}]`,
      );
      const query = { filter, attributes: "id", count: events.length };
      const { Resources } = await scimIn(realm).list<AuditEvent>("AuditEvents", query, signal);
      return Resources.map(({ id }) => [id, way] as const);
    }),
  );
  const ways = new Map(found.flat());
  return events.map((event) => ({ ...event, way: ways.get(event.id) }));
}
