import type { ListFilter } from "../lists/filter-chip.tsx";
import { listQuery } from "../lists/list-query.ts";
import type { ListState } from "../lists/list-state.ts";
import { all, compare, search } from "../scim/filter.ts";
import type { Filter } from "../scim/filter.ts";
import { isId } from "../scim/path.ts";
import { isBy, withActors } from "./actors.ts";
import type { NamedEvent } from "./actors.ts";
import { ACTION_NAMES, TYPE_NAMES } from "./event-names.ts";
import { isOfPerson, withWays } from "./ways.ts";

const HOUR = 3_600_000;

/** How far back each choice of time reaches, in milliseconds. */
const PERIODS: Readonly<Record<string, number>> = {
  hour: HOUR,
  day: 24 * HOUR,
  week: 7 * 24 * HOUR,
  month: 30 * 24 * HOUR,
};

export const ACTIVITY_FILTER_NAMES = ["actor", "action", "type", "target", "person", "result", "time"];

export const ACTIVITY_FILTERS: readonly ListFilter[] = [
  { name: "action", label: "Action", values: ACTION_NAMES },
  { name: "type", label: "Type", values: TYPE_NAMES },
  {
    name: "result",
    label: "Result",
    values: [
      { value: "success", label: "Done" },
      { value: "warning", label: "Done, with a warning" },
      { value: "refused", label: "Refused" },
    ],
  },
  {
    name: "time",
    label: "Time",
    values: [
      { value: "hour", label: "The last hour" },
      { value: "day", label: "The last 24 hours" },
      { value: "week", label: "The last 7 days" },
      { value: "month", label: "The last 30 days" },
    ],
  },
];

/** When the chosen time begins, seen from now; ISO 8601. */
export function beginningOf(time: string | undefined, now = Date.now()): string | undefined {
  const period = time === undefined ? undefined : PERIODS[time];
  return period === undefined ? undefined : new Date(now - period).toISOString();
}

/** An id finds what it is the id of, in any place; other text is looked for in names and details. */
function searched(text: string): Filter {
  const id = text.trim();
  if (!isId(id)) return search(text, ["target.display", "detail"]);
  const places = ["id", "target.value", "user.value", "token.value", "organization.value", "requestId"];
  return places.map((place) => compare(place, "eq", id)).join(" or ");
}

const is = (attribute: string, value: string | undefined) =>
  value === undefined ? undefined : compare(attribute, "eq", value);

/** The events that a list shows. @param since when the chosen time begins */
export const activityFilter = ({ search: text, filters }: ListState, since: string | undefined): Filter =>
  all(
    searched(text),
    isBy(filters.actor),
    is("action", filters.action),
    is("target.type", filters.type),
    is("target.value", filters.target),
    filters.person === undefined ? undefined : isOfPerson(filters.person),
    is("result", filters.result),
    since === undefined ? undefined : `timestamp ge "${since}"`,
  );

/** Ids grow with time, and every index of events ends with them. */
export const BY_TIME = "id";

/**
 * The query for the events that match, the newest first.
 *
 * @param person whom all of them happened to, if it is one
 */
export const activityQuery = (
  realm: string,
  filter: Filter,
  { sorting }: Pick<ListState, "sorting">,
  person?: string,
) =>
  listQuery<NamedEvent>(
    realm,
    "AuditEvents",
    { filter, sortBy: BY_TIME, sortOrder: sorting?.isDescending === false ? "ascending" : "descending" },
    async (events, signal) => {
      const named = await withActors(realm, events, signal);
      return person === undefined ? named : withWays(realm, person, named, signal);
    },
  );
