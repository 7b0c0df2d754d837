import { useSyncExternalStore } from "react";
import type { ReactNode } from "react";
import { queries, scimIn } from "../server.ts";
import type { ServiceProviderConfig } from "../scim/resources.ts";
import type { ScimClient } from "../scim/client.ts";
import { run } from "./act.ts";
import type { ActItem, ActResult } from "./act.ts";

/** What is done to many, in words. */
export interface ActWords {
  /** While it runs: 'Removing 40 people from Acme'. */
  readonly doing: string;
  /** Of so many, afterwards: '40 people were removed.' */
  readonly done: (count: number) => string;
  /** Of one: 'Ann Lee was removed.' */
  readonly doneOne: (name: ReactNode) => ReactNode;
  /** Of one that it failed for, before the reason: 'Ann Lee was not removed'. */
  readonly failed: (name: ReactNode) => ReactNode;
}

/** An act on many, as it stands. */
export interface Act {
  readonly realm: string;
  readonly words: ActWords;
  readonly total: number;
  readonly results: readonly ActResult[];
  /** Undefined: it is over. */
  readonly stop: (() => void) | undefined;
  /** When it goes on, while it waits because the server asked for it. */
  readonly waitsUntil?: number;
}

/** What shows in the frame, each until it is dismissed. */
interface Acts {
  /** The act that runs, or the last one. */
  readonly act?: Act | undefined;
  /** The last results of something that was done otherwise. */
  readonly other?: Act | undefined;
}

let current: Acts = {};
const listeners = new Set<() => void>();

function set(changes: Acts): void {
  current = { ...current, ...changes };
  for (const listener of listeners) listener();
}

export const useActs = () =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => current,
  );

/** Whether an act runs; there is one at a time. */
export const isActing = () => current.act?.stop !== undefined;

/** Shows what came of something that was done already, beside the act that runs. */
export const showResults = (realm: string, words: ActWords, results: readonly ActResult[]) =>
  set({ other: { realm, words, total: results.length, results, stop: undefined } });

/** Takes from the frame what is over. */
export const dismiss = (act: Act) =>
  set({
    act: current.act === act ? undefined : current.act,
    other: current.other === act ? undefined : current.other,
  });

const configOf = (scim: ScimClient, realm: string) =>
  queries.query({
    queryKey: [realm, "ServiceProviderConfig"],
    queryFn: () => scim.get<ServiceProviderConfig>("ServiceProviderConfig"),
    staleTime: "static",
  });

/**
 * Does something to many. It goes on while the person does something else, and shows in the frame.
 *
 * @returns what came of each, when it is over
 */
export async function act(
  realm: string,
  items: readonly ActItem[],
  words: ActWords,
): Promise<readonly ActResult[]> {
  const scim = scimIn(realm);
  const stopper = new AbortController();
  let state: Act = { realm, words, total: items.length, results: [], stop: () => stopper.abort() };
  const change = (changes: Partial<Act>) => {
    state = { ...state, ...changes };
    set({ act: state });
  };
  set({ act: state, other: undefined });
  addEventListener("beforeunload", askToStay);
  try {
    const { bulk } = await configOf(scim, realm);
    await run(scim, items, bulk, {
      signal: stopper.signal,
      onResults: (results) => change({ results: [...state.results, ...results] }),
      onWait: (waitsUntil) => change({ waitsUntil }),
    });
  } catch (error) {
    // The server does not say how much it takes at once, so nothing was sent.
    const reason = (error as Error).message;
    change({ results: items.map((item) => ({ item, outcome: "not tried", reason })) });
  } finally {
    removeEventListener("beforeunload", askToStay);
    change({ stop: undefined });
  }
  // The lists come anew meanwhile.
  void queries.invalidateQueries({ queryKey: [realm] });
  return state.results;
}

/** Leaving the page would stop it in the middle. */
const askToStay = (event: BeforeUnloadEvent) => event.preventDefault();
