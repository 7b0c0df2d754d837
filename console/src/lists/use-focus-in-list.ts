import { useEffect, useRef } from "react";
import type { RefObject } from "react";

/**
 * Keeps the focus in a list: it goes to the row of what was open when that is closed, and to the title when the row that
 * had it is gone.
 *
 * @param list the element of the list, with a title that can have the focus
 * @param openId of what is open beside it
 * @param rowCount how many rows are loaded
 */
export function useFocusInList(
  list: RefObject<HTMLElement | null>,
  openId: string | undefined,
  rowCount: number,
): void {
  const before = useRef({ openId, rowCount });
  useEffect(() => {
    const { openId: closedId, rowCount: countBefore } = before.current;
    before.current = { openId, rowCount };
    const isClosed = closedId !== undefined && openId === undefined;
    if (!isClosed && rowCount >= countBefore) return;
    if (!isClosed && document.activeElement !== document.body) return;
    const row = isClosed ? `tr[data-row="${CSS.escape(closedId)}"] a` : undefined;
    const target =
      (row === undefined ? null : list.current?.querySelector<HTMLElement>(row)) ??
      list.current?.querySelector<HTMLElement>("h1");
    target?.focus();
  }, [list, openId, rowCount]);
}
