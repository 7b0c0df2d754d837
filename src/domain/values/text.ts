/**
 * Folds a string for comparison without case, beyond ASCII too: two strings are the same without case
 * exactly if their folds are equal. Done here and stored, because SQLite and PostgreSQL do not agree on
 * what lower case is.
 *
 * Upper case is the last step, since lower case depends on the place in the word (a final sigma); lower
 * case comes first, since only the small sharp s has a plain upper case; NFC makes composed and combining
 * accents equal. The dotless i of Turkish stays apart from i, as Unicode has it, although its upper case is
 * the same letter: one name must not pass for the other.
 */
export function foldCase(text: string): string {
  return text.split(DOTLESS_I).map(fold).join(DOTLESS_I).normalize("NFC");
}

const DOTLESS_I = "\u0131";

const fold = (text: string) => text.toLowerCase().toUpperCase();

/** What no database keeps: PostgreSQL has no U+0000, and neither engine has half of a surrogate pair. */
export const UNSTORABLE = /\0|\p{Surrogate}/u;

/** Whether a text can be stored. A search for any other text finds nothing. */
export const isStorable = (text: string) => !UNSTORABLE.test(text);
