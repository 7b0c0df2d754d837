import { useLayoutEffect, useState, useSyncExternalStore } from "react";
import type { RefObject } from "react";

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

/** Whether an element has less room than so many pixels, beside whatever is open. */
export function useIsTight(element: RefObject<HTMLElement | null>, pixels: number): boolean {
  const [isTight, setIsTight] = useState(false);
  useLayoutEffect(() => {
    const { current } = element;
    if (!current) return undefined;
    const measure = () => setIsTight(current.clientWidth < pixels);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(current);
    return () => observer.disconnect();
  }, [element, pixels]);
  return isTight;
}
