import { useSyncExternalStore } from "react";
import type { IssuedToken } from "./access-token.ts";

let issued: IssuedToken | undefined;
const listeners = new Set<() => void>();

function set(token: IssuedToken | undefined): void {
  issued = token;
  for (const listener of listeners) listener();
}

/** Shows the secret of a token, which nothing can show again. */
export const showSecret = (token: IssuedToken) => set(token);

/** To be called when the person has it. */
export const forgetSecret = () => set(undefined);

/** The token whose secret is to be shown. */
export const useIssued = (): IssuedToken | undefined =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => issued,
  );
