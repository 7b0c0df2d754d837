import { useEffect, useEffectEvent, useMemo, useState, useSyncExternalStore } from "react";
import { useSession } from "../frame/use-session.ts";
import type { Filter } from "../scim/filter.ts";
import { ConnectionError, ScimError } from "../scim/errors.ts";
import { scimIn } from "../server.ts";

/** How long to wait before following again, in milliseconds: longer each time that it does not work. */
const [FIRST_PAUSE, LONGEST_PAUSE] = [1000, 30_000];

const NONE: ReadonlySet<string> = new Set();

/** Whether a person can see the page. Pages that nobody sees hold no connection, of which browsers have few. */
const useIsVisible = () =>
  useSyncExternalStore(
    (listener) => {
      document.addEventListener("visibilitychange", listener);
      return () => document.removeEventListener("visibilitychange", listener);
    },
    () => document.visibilityState === "visible",
  );

/** Whether it may work again: not what was refused, nor what was given up. */
const isLost = (error: unknown) =>
  error instanceof ConnectionError || (error instanceof ScimError && error.status >= 500);

/** How many new events are counted; there may be more by then. */
export const MOST_COUNTED = 1000;

interface NewEvents {
  /** How many there are that the list does not show. */
  readonly count: number;
  /** Whether they come by themselves at the moment. */
  readonly isLive: boolean;
  readonly clear: () => void;
}

/**
 * Follows what is new on the audit log.
 *
 * @param ids of the events that the list shows; undefined until they are there
 * @param newest from which one on; undefined: from now on
 * @param onGap called when something may have come between the list and what is followed
 */
export function useNewEvents(
  realm: string,
  filter: Filter,
  ids: readonly string[] | undefined,
  newest: string | undefined,
  onGap: () => void,
): NewEvents {
  const [isLive, setIsLive] = useState(false);
  const key = `${realm} ${filter ?? ""}`;
  const [came, setCame] = useState<{ key: string; ids: ReadonlySet<string> }>({ key, ids: NONE });
  const isVisible = useIsVisible();
  const isHere = useSession().realm === realm;
  const isReady = ids !== undefined && isVisible && isHere;
  // After that, it goes on from the last one that came.
  const beginning = useEffectEvent(() => newest);
  const refresh = useEffectEvent(onGap);

  useEffect(() => {
    if (!isReady) return undefined;
    const controller = new AbortController();
    const { signal } = controller;
    let last = beginning();
    const add = (id: string) => {
      last = id;
      setCame((before) => {
        const next = new Set(before.key === key ? before.ids : NONE).add(id);
        const [oldest] = next;
        if (next.size > MOST_COUNTED && oldest !== undefined) next.delete(oldest);
        return { key, ids: next };
      });
    };
    void (async () => {
      for (let pause = FIRST_PAUSE; !signal.aborted; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
        try {
          const query = { filter, attributes: "id" };
          const events = await scimIn(realm).follow<{ id: string }>("AuditEvents", query, last, signal);
          pause = FIRST_PAUSE;
          setIsLive(true);
          if (last === undefined) refresh();
          for await (const { id } of events) add(id);
        } catch (error) {
          if (!isLost(error)) return;
        } finally {
          setIsLive(false);
        }
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    })();
    return () => controller.abort();
  }, [key, realm, filter, isReady]);

  const count = useMemo(() => {
    const shown = new Set(ids);
    return Array.from(came.key === key ? came.ids : NONE).filter((id) => !shown.has(id)).length;
  }, [came, ids, key]);
  return { count, isLive, clear: () => setCame({ key, ids: NONE }) };
}
