import { useEffect, useSyncExternalStore } from "react";
import { session } from "../server.ts";
import { isSignedOut } from "../scim/session.ts";
import type { SessionRealm, SessionState } from "../scim/session.ts";

/** The session, as it is now. */
export const useSession = (): SessionState =>
  useSyncExternalStore(
    (listener) => session.subscribe(listener),
    () => session.state,
  );

/** Whether the person has to sign in again. */
export const useHasEnded = (): boolean =>
  useSyncExternalStore(
    (listener) => session.subscribe(listener),
    () => session.hasEnded,
  );

/** Whether the person signs in again though the session goes on. */
export const useIsRenewed = (): boolean =>
  useSyncExternalStore(
    (listener) => session.subscribe(listener),
    () => session.isRenewed,
  );

/** Asks how the session is when the person comes back to the page: in another tab, it may have ended or act elsewhere. */
export function useSessionOnReturn(): void {
  useEffect(() => {
    const ask = () => {
      if (document.visibilityState !== "visible") return;
      session.load().catch((error: unknown) => (isSignedOut(error) ? session.restored() : undefined));
    };
    document.addEventListener("visibilitychange", ask);
    return () => document.removeEventListener("visibilitychange", ask);
  }, []);
}

export const realmOf = (state: SessionState, realm: string | undefined): SessionRealm | undefined =>
  state.realms.find(({ value }) => value === realm);
