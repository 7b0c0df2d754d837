import { useSearchParams } from "react-router";
import type { Sorting } from "../ui/table.tsx";

/** What a list shows, all of which is in the address, so that it can be shared. */
export interface ListState {
  readonly search: string;
  /** The value of each filter that is set, by its name. */
  readonly filters: Readonly<Record<string, string>>;
  /** Undefined: in the order of the list itself. */
  readonly sorting: Sorting | undefined;
}

const SEARCH = "q";
const SORT = "sort";

/** @param filterNames those that the list knows; others in the address are left alone */
export function readListState(parameters: URLSearchParams, filterNames: readonly string[]): ListState {
  const sort = parameters.get(SORT);
  return {
    search: parameters.get(SEARCH) ?? "",
    filters: Object.fromEntries(
      filterNames.flatMap((name) => {
        const value = parameters.get(name);
        return value === null ? [] : [[name, value]];
      }),
    ),
    sorting: sort === null ? undefined : { by: sort.replace(/^-/, ""), isDescending: sort.startsWith("-") },
  };
}

/** Changes of a list's state. */
export interface ListChanges {
  readonly search: (text: string) => void;
  /** @param value undefined: without the filter */
  readonly filter: (name: string, value: string | undefined) => void;
  readonly sort: (sorting: Sorting) => void;
  readonly clear: () => void;
}

/** The state of the list on a page, and how it is changed. Each change leads to the first rows. */
export function useListState(filterNames: readonly string[]): [ListState, ListChanges] {
  const [parameters, setParameters] = useSearchParams();
  const change = (name: string, value: string | undefined, isTyped = false) => {
    // What is on the screen can be behind the address: a change before this one would be undone.
    const next = new URLSearchParams(window.location.search);
    if (value === undefined || value === "") next.delete(name);
    else next.set(name, value);
    setParameters(
      next,
      // Going back leads to the list before the search, not through each letter of it.
      { replace: isTyped },
    );
  };
  return [
    readListState(parameters, filterNames),
    {
      search: (text) => change(SEARCH, text, true),
      filter: change,
      sort: ({ by, isDescending }) => change(SORT, `${isDescending ? "-" : ""}${by}`),
      clear: () => setParameters({}),
    },
  ];
}
