import { useSyncExternalStore } from "react";

const narrow = matchMedia("(max-width: 640px)");

/** Whether the screen is a phone's; as in the style sheets. */
export const useIsNarrow = (): boolean =>
  useSyncExternalStore(
    (listener) => {
      narrow.addEventListener("change", listener);
      return () => narrow.removeEventListener("change", listener);
    },
    () => narrow.matches,
  );
