/** How much of a name stands in mail, and of a description. */
export const NAME_LENGTH = 100;
export const DESCRIPTION_LENGTH = 500;

/** How many names of a list stand in mail. */
const LISTED = 10;

/** What breaks lines, or turns the direction of what follows. */
const LINE_BREAKS = /[\s\p{Cc}\p{Zl}\p{Zp}]+/gu;
const BIDI_CONTROLS = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/g;

/** Signs inside of addresses; the dots are those that browsers take for one. */
const IN_ADDRESSES = /(?<=\S)[.:@\u3002\uFF0E\uFF61](?=\S)/g;

const WORD_JOINER = "\u2060";

/**
 * Text that an organization has written, for mail that comes from our address to people who may not know it: one line
 * of bounded length, and nothing in it that a mail program makes a link of.
 */
export function quoted(text: string, length = NAME_LENGTH): string {
  // Cut first: what follows takes as long as the text is.
  const cut = text.slice(0, 2 * length);
  const line = Array.from(cut.replaceAll(BIDI_CONTROLS, "").replaceAll(LINE_BREAKS, " ").trim());
  const shown = line.slice(0, length).join("");
  const isWhole = line.length <= length && cut.length === text.length;
  return `${shown}${isWhole ? "" : "…"}`.replaceAll(IN_ADDRESSES, `$&${WORD_JOINER}`);
}

/** Names that an organization has given, as `quoted`. */
export const quotedList = (names: readonly string[]): string[] => [
  ...names.slice(0, LISTED).map((name) => quoted(name)),
  ...(names.length > LISTED ? [`and ${names.length - LISTED} more`] : []),
];
