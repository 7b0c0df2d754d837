import { useCallback, useState } from "react";
import type { Resource } from "../scim/resources.ts";
import type { Ticked } from "../ui/table.tsx";

/** The ticked rows of a list. */
export interface Selection<T extends Resource> {
  readonly ticked: Ticked;
  /** Rows that are ticked though they were not loaded into the list: all that match. */
  readonly others: readonly T[];
  /** How many were ticked when the list changed, until the next tick. */
  readonly clearedCount: number;
  readonly tick: (ticked: Ticked) => void;
  readonly tickAll: (rows: readonly T[]) => void;
  /** Of these rows alone, in this list alone, however much later it is called. */
  readonly untick: (ids: readonly string[]) => void;
}

const NONE: Ticked = {};

interface SelectionState<T> {
  readonly list: string;
  readonly ticked: Ticked;
  readonly others: readonly T[];
  readonly clearedCount: number;
}

const tickedOf = (ids: readonly string[]): Ticked => Object.fromEntries(ids.map((id) => [id, true]));

/**
 * The selection of a list. Another list has none, and neither has this one when the person comes back to it: nobody acts on
 * people who were ticked before something else was in sight.
 *
 * @param list which it is: its realm, search and filters
 */
export function useSelection<T extends Resource>(list: string): Selection<T> {
  const [state, setState] = useState<SelectionState<T>>({ list, ticked: NONE, others: [], clearedCount: 0 });
  const current =
    state.list === list
      ? state
      : { list, ticked: NONE, others: [], clearedCount: Object.values(state.ticked).filter(Boolean).length };
  if (current !== state) setState(current);
  // What comes too late is of a list that is no longer there.
  const change = useCallback(
    (changes: (before: SelectionState<T>) => Partial<SelectionState<T>>) =>
      setState((before) => (before.list === list ? { ...before, ...changes(before) } : before)),
    [list],
  );
  const untick = useCallback(
    (ids: readonly string[]) => {
      const gone = new Set(ids);
      change(({ ticked }) => ({
        ticked: Object.fromEntries(Object.entries(ticked).filter(([id]) => !gone.has(id))),
      }));
    },
    [change],
  );
  return {
    ...current,
    tick: (ticked) => change(() => ({ ticked, clearedCount: 0 })),
    tickAll: (rows) =>
      change(() => ({ ticked: tickedOf(rows.map(({ id }) => id)), others: rows, clearedCount: 0 })),
    untick,
  };
}
