import { useEffect } from "react";

/** What a title is made of, from what is open to where it is. */
const LEVELS = ["dialog", "detail", "page", "realm", "product"] as const;

type Level = (typeof LEVELS)[number];

const parts = new Map<Level, string>();

function write(): void {
  document.title = LEVELS.flatMap((level) => parts.get(level) ?? []).join(" · ");
}

/**
 * The title of the tab, for as long as a component is there: 'Ann Lee · Users · Acme · Product', and what a dialog is for before that.
 *
 * @param text undefined: nothing on this level yet
 */
export function useTitle(level: Level, text: string | undefined): void {
  useEffect(() => {
    if (text === undefined || text === "") return undefined;
    parts.set(level, text);
    write();
    return () => {
      // Another page may have come meanwhile, and said its own.
      if (parts.get(level) !== text) return;
      parts.delete(level);
      write();
    };
  }, [level, text]);
}
