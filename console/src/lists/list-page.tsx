import { useInfiniteQuery } from "@tanstack/react-query";
import { useCallback, useMemo, useRef } from "react";
import type { ReactNode } from "react";
import { Outlet, useParams } from "react-router";
import type { Resource } from "../scim/resources.ts";
import { Button } from "../ui/button.tsx";
import { Failure, Message } from "../ui/message.tsx";
import { useIsNarrow } from "../ui/media.ts";
import { Table } from "../ui/table.tsx";
import type { Column } from "../ui/table.tsx";
import { useTitle } from "../ui/title.ts";
import { FilterChip } from "./filter-chip.tsx";
import type { ListFilter } from "./filter-chip.tsx";
import styles from "./list-page.module.css";
import type { listQuery } from "./list-query.ts";
import { Everything } from "./everything.tsx";
import type { EverythingProps } from "./everything.tsx";
import { ListSearch } from "./list-search.tsx";
import type { ListChanges, ListState } from "./list-state.ts";
import type { ListContext } from "./panel.tsx";
import { useFocusInList } from "./use-focus-in-list.ts";
import type { Selection } from "./selection.ts";
import { totalText } from "./total.ts";

interface ListPageProps<T extends Resource> {
  /** What the list is of, in the plural. */
  readonly title: string;
  readonly query: ReturnType<typeof listQuery<T>>;
  readonly state: ListState;
  readonly changes: ListChanges;
  readonly searchLabel: string;
  readonly filters: readonly ListFilter[];
  readonly columns: readonly Column<T>[];
  /** What a row is called, where rows can be ticked. */
  readonly nameOf?: (row: T) => string;
  /** Which rows are ticked; without it, rows cannot be ticked. */
  readonly selection?: Selection<T>;
  /** Offers to tick all that match, those too that are not loaded. */
  readonly everything?: EverythingProps<T>["request"];
  /** Stands in the place of search and filters while rows are ticked. */
  readonly actions?: (ticked: readonly T[]) => ReactNode;
  /** Beside the title. */
  readonly buttons?: ReactNode;
  /** Above the rows: something to say about them. */
  readonly notice?: ReactNode;
  /** Changes when the list is to begin at its first rows again. */
  readonly edition?: number;
  /** Said when there is nothing at all. */
  readonly emptyText: string;
}

const count = new Intl.NumberFormat();

/** One list: title with the count, search, filters, rows, and what is open beside them. */
export function ListPage<T extends Resource>(props: ListPageProps<T>) {
  const { title, query, state, changes, searchLabel, filters, columns, nameOf, buttons, emptyText } = props;
  const { selection, actions, everything } = props;
  const { data, error, isPlaceholderData, isFetching, refetch, ...next } = useInfiniteQuery(query);
  const { hasNextPage, isFetchNextPageError, fetchNextPage } = next;
  const { id: openId } = useParams();
  useTitle("page", title);
  const pages = data?.pages;
  const rows = useMemo(() => pages?.flatMap(({ Resources }) => Resources) ?? [], [pages]);
  const total = pages?.[0]?.totalResults;
  const onEnd = useCallback(() => {
    // Once it has failed, the person says when to try again. What comes anew is not broken off.
    if (hasNextPage && !isFetching && !isFetchNextPageError) void fetchNextPage();
  }, [hasNextPage, isFetching, isFetchNextPageError, fetchNextPage]);
  const tickedRows = useMemo(
    () =>
      [...new Map([...(selection?.others ?? []), ...rows].map((row) => [row.id, row])).values()].filter(
        ({ id }) => selection?.ticked[id],
      ),
    [rows, selection?.others, selection?.ticked],
  );
  const list = useRef<HTMLElement>(null);
  // What is open covers a phone's screen.
  const isCovered = useIsNarrow() && openId !== undefined;
  useFocusInList(list, openId, rows.length);
  const isNarrowed = state.search !== "" || Object.keys(state.filters).length > 0;

  return (
    <div className={styles.page}>
      <section className={styles.list} aria-labelledby="title" ref={list} inert={isCovered}>
        <header className={styles.header}>
          <h1 id="title" tabIndex={-1}>
            {title}
          </h1>
          {pages && <span className={styles.count}>{totalText(total)}</span>}
          <div className={styles.buttons}>{buttons}</div>
        </header>
        <div className={styles.bar}>
          {actions && tickedRows.length > 0 ? (
            <>
              {actions(tickedRows)}
              {selection && everything && rows.every(({ id }) => selection.ticked[id]) && (
                <Everything
                  request={everything}
                  tickedCount={tickedRows.length}
                  total={total}
                  onLoad={selection.tickAll}
                />
              )}
            </>
          ) : (
            <>
              <ListSearch label={searchLabel} value={state.search} onChange={changes.search} />
              {filters.map((filter) => (
                <FilterChip
                  key={filter.name}
                  filter={filter}
                  value={state.filters[filter.name]}
                  onChange={(value) => changes.filter(filter.name, value)}
                />
              ))}
            </>
          )}
        </div>
        {props.notice}
        {selection !== undefined && selection.clearedCount > 0 && (
          <p className={styles.cleared} role="status">
            The list changed, so the selection of {count.format(selection.clearedCount)} was cleared.
          </p>
        )}
        <div
          className={styles.rows}
          aria-busy={isPlaceholderData}
          data-waiting={isPlaceholderData || undefined}
        >
          {error && !pages ? (
            <Failure
              title={`The list of ${title.toLowerCase()} was not loaded`}
              error={error}
              onRetry={() => void refetch()}
            />
          ) : !pages ? (
            <Placeholders />
          ) : rows.length === 0 ? (
            <Nothing
              title={title}
              state={state}
              isNarrowed={isNarrowed}
              onClear={changes.clear}
              text={emptyText}
            />
          ) : (
            <Table
              label={title}
              list={JSON.stringify([state, props.edition])}
              columns={columns}
              rows={rows}
              total={total}
              sorting={state.sorting}
              onSort={changes.sort}
              openId={openId}
              onEnd={onEnd}
              nameOf={selection ? nameOf : undefined}
              ticked={selection?.ticked}
              onTick={selection?.tick}
            >
              {error && (
                <Failure
                  title={
                    isFetchNextPageError ? "The next rows were not loaded" : "The rows were not loaded anew"
                  }
                  error={error}
                  onRetry={() => void (isFetchNextPageError ? fetchNextPage() : refetch())}
                />
              )}
            </Table>
          )}
        </div>
        <p className={styles.spoken} role="status">
          {pages && !isPlaceholderData && `${totalText(total)} ${title.toLowerCase()}`}
        </p>
      </section>
      <Outlet context={{ ids: rows.map(({ id }) => id) } satisfies ListContext} />
    </div>
  );
}

/** Quiet rows while the first ones come; only after a moment, so that nothing flickers. */
const Placeholders = () => (
  <div className={styles.placeholders} aria-hidden>
    {Array.from({ length: 12 }, (_, index) => (
      <div key={index} />
    ))}
  </div>
);

interface NothingProps {
  readonly title: string;
  readonly state: ListState;
  readonly isNarrowed: boolean;
  readonly onClear: () => void;
  readonly text: string;
}

function Nothing({ title, state, isNarrowed, onClear, text }: NothingProps) {
  if (!isNarrowed)
    return (
      <Message title={`No ${title.toLowerCase()} yet`}>
        <p>{text}</p>
      </Message>
    );
  return (
    <Message title={`No ${title.toLowerCase()} match`}>
      <p>
        {state.search === "" ? "Nothing fulfils these filters." : `Nothing was found for “${state.search}”.`}
      </p>
      <Button onPress={onClear}>Clear search and filters</Button>
    </Message>
  );
}
