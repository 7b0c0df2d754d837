import { useEffect, useState } from "react";

/** How long a person pauses who waits for what was typed, in milliseconds. */
export const PAUSE = 200;

/** A text that is typed, as it was when the person last paused. */
export function usePaused(text: string): string {
  const [paused, setPaused] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setPaused(text), PAUSE);
    return () => clearTimeout(timer);
  }, [text]);
  return paused;
}
