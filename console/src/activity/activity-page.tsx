import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import type { InfiniteData } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useRealm } from "../frame/realm.ts";
import { ExportMenu } from "../lists/export-menu.tsx";
import type { ListFilter } from "../lists/filter-chip.tsx";
import { ListPage } from "../lists/list-page.tsx";
import { useListState } from "../lists/list-state.ts";
import type { List } from "../scim/resources.ts";
import { queries } from "../server.ts";
import { Button } from "../ui/button.tsx";
import { Status } from "../ui/status.tsx";
import { ACTIVITY_COLUMNS } from "./activity-columns.tsx";
import {
  ACTIVITY_FILTER_NAMES,
  ACTIVITY_FILTERS,
  activityFilter,
  activityQuery,
  beginningOf,
} from "./activity-list.ts";
import styles from "./activity.module.css";
import { actorNameQuery, actorsQuery } from "./actors.ts";
import type { NamedEvent } from "./actors.ts";
import { MOST_COUNTED, useNewEvents } from "./use-new-events.ts";

/** The audit log of the realm, as it grows. */
export function ActivityPage() {
  const { id } = useRealm();
  const [state, changes] = useListState(ACTIVITY_FILTER_NAMES);
  const { time } = state.filters;
  // Seen from when it was chosen, so that the list stays the same.
  const since = useMemo(() => beginningOf(time), [time]);
  const filter = activityFilter(state, since);
  const query = activityQuery(id, filter, state, state.filters.person);
  const { data, isPlaceholderData } = useInfiniteQuery(query);
  const ids = useMemo(
    () => data?.pages.flatMap(({ Resources }) => Resources.map((event) => event.id)),
    [data],
  );
  const refresh = () => void queries.invalidateQueries({ queryKey: query.queryKey, exact: true });
  const isNewestFirst = state.sorting?.isDescending !== false;
  const { count, isLive, clear } = useNewEvents(
    id,
    filter,
    isPlaceholderData ? undefined : ids,
    isNewestFirst ? ids?.[0] : undefined,
    refresh,
  );
  const [edition, setEdition] = useState(0);
  const filters = useFilters(state.filters, data?.pages);

  const show = () => {
    // Only the first rows are loaded again.
    queries.setQueryData<InfiniteData<List<NamedEvent>>>(query.queryKey, (before) => {
      return before && { pages: before.pages.slice(0, 1), pageParams: before.pageParams.slice(0, 1) };
    });
    refresh();
    clear();
    setEdition(edition + 1);
  };

  return (
    <ListPage
      title="Activity"
      query={query}
      state={state}
      changes={changes}
      searchLabel="Search by name, text or id"
      filters={filters}
      columns={ACTIVITY_COLUMNS}
      edition={edition}
      buttons={
        <>
          <span className={styles.live} title="New events are announced as they come">
            <Status kind={isLive ? "positive" : "off"}>{isLive ? "Live" : "Not live"}</Status>
          </span>
          <ExportMenu realm={id} path="AuditEvents" filter={filter} name="activity" />
        </>
      }
      notice={
        <div className={styles.new} role="status">
          {count > 0 && (
            <Button onPress={show}>
              {count === 1
                ? "1 new event"
                : `${count.toLocaleString()}${count < MOST_COUNTED ? "" : "+"} new events`}
            </Button>
          )}
        </div>
      }
      emptyText="What people, tokens and the server do here appears as it happens."
    />
  );
}

/** The filters, with the actors of the realm, and what an event led to. @param pages of the list, which name the target */
function useFilters(
  set: Readonly<Record<string, string>>,
  pages: readonly List<NamedEvent>[] = [],
): readonly ListFilter[] {
  const { id, realm } = useRealm();
  const { data: actors = [] } = useQuery(actorsQuery(id, realm));
  const { actor, target, person } = set;
  const isKnown = actor === undefined || actors.some(({ value }) => value === actor);
  const { data: name, isPending } = useQuery({ ...actorNameQuery(id, actor), enabled: !isKnown });
  const others = isKnown ? [] : [{ value: actor, label: name ?? (isPending ? "…" : "one that is gone") }];
  const { data: personName } = useQuery({
    ...actorNameQuery(id, `user.${person ?? ""}`),
    enabled: person !== undefined,
  });
  const targets = pages.flatMap(({ Resources }) => Resources.map((event) => event.target));
  const targetName = targets.find(({ value, display }) => value === target && display)?.display;
  return [
    { name: "actor", label: "Actor", values: [...actors, ...others], isNamed: true },
    ...ACTIVITY_FILTERS,
    ...(target === undefined
      ? []
      : [
          {
            ...{ name: "target", label: "Target", isNamed: true },
            values: [{ value: target, label: targetName ?? target }],
          },
        ]),
    ...(person === undefined
      ? []
      : [
          {
            ...{ name: "person", label: "Person", isNamed: true },
            values: [{ value: person, label: personName ?? person }],
          },
        ]),
  ];
}
