import { useEffect, useRef, useState } from "react";
import type { Resource } from "../scim/resources.ts";
import { Button } from "../ui/button.tsx";
import { loadAll, MOST_AT_ONCE } from "./load-all.ts";
import type { ListRequest } from "./load-all.ts";

const count = new Intl.NumberFormat();

export interface EverythingProps<T extends Resource> {
  /** What the list is of, with the attributes of each that acts need. */
  readonly request: ListRequest & { readonly attributes: string };
  readonly tickedCount: number;
  /** Undefined: more than the server counts. */
  readonly total: number | undefined;
  readonly onLoad: (rows: readonly T[]) => void;
}

/** Offers to tick all that match, beyond the rows that are loaded. */
export function Everything<T extends Resource>({ request, tickedCount, total, onLoad }: EverythingProps<T>) {
  const [loaded, setLoaded] = useState<number>();
  const [problem, setProblem] = useState<string>();
  const loading = useRef<AbortController>(undefined);
  // It goes when the selection is cleared, when a row is no longer ticked, and with the list: nobody is ticked after that.
  useEffect(() => () => loading.current?.abort(), []);
  if (total === undefined || total > MOST_AT_ONCE)
    return <span>To select all, narrow the search to at most {count.format(MOST_AT_ONCE)}.</span>;
  if (total <= tickedCount) return null;
  const select = async () => {
    const { signal } = (loading.current = new AbortController());
    setProblem(undefined);
    setLoaded(0);
    try {
      onLoad(await loadAll<T>(request, request.attributes, setLoaded, signal));
    } catch (error) {
      if (!signal.aborted) setProblem((error as Error).message);
    } finally {
      setLoaded(undefined);
    }
  };
  return (
    <>
      <Button kind="quiet" isPending={loaded !== undefined} onPress={() => void select()}>
        {loaded === undefined
          ? `Select all ${count.format(total)} that match`
          : `Selecting ${count.format(loaded)} of ${count.format(total)}`}
      </Button>
      {problem !== undefined && <span role="alert">They were not selected: {problem}</span>}
    </>
  );
}
