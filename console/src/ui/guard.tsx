import { useEffect } from "react";
import { useBlocker } from "react-router";
import type { Location } from "react-router";
import { confirm } from "./confirm.tsx";

/** What leads away because all is done. */
export const DONE = { isDone: true };

interface Guard {
  /** Whether a way from one address to another loses it; by default, whether the path is another. */
  readonly isLost?: (from: Location, to: Location) => boolean;
  /** Called before it is lost. */
  readonly onDiscard?: () => void;
}

const isElsewhere = (from: Location, to: Location) => from.pathname !== to.pathname;

/** Asks before what was typed or ticked is lost, whichever way leads away. One guard at a time is asked. */
export function useGuard(isDirty: boolean, { isLost = isElsewhere, onDiscard }: Guard = {}): void {
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) =>
      isDirty &&
      isLost(currentLocation, nextLocation) &&
      (nextLocation.state as typeof DONE | null)?.isDone !== true,
  );
  useEffect(() => {
    if (blocker.state !== "blocked") return;
    confirm({
      title: "Discard what you entered?",
      text: <p>It was not sent yet, and cannot be brought back.</p>,
      action: "Discard it",
      cancel: "Keep editing",
      run: () => {
        onDiscard?.();
        blocker.proceed();
        return Promise.resolve();
      },
      onCancel: () => blocker.reset(),
    });
  }, [blocker, onDiscard]);
  useEffect(() => {
    if (!isDirty) return undefined;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener("beforeunload", ask);
    return () => removeEventListener("beforeunload", ask);
  }, [isDirty]);
}
