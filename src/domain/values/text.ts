/**
 * Folds a string for comparison without case, beyond ASCII too: two strings are the same without case
 * exactly if their folds are equal. Done here and stored, because SQLite and PostgreSQL do not agree on
 * what lower case is.
 *
 * Upper case is the last step, since lower case depends on the place in the word (a final sigma); lower
 * case comes first, since only the small sharp s has a plain upper case; NFC makes composed and combining
 * accents equal. Letters that only look like others, or stand for them, stay apart from them: one name must not pass for
 * the other.
 */
export function foldCase(text: string): string {
  const parts = text.split(LOOKALIKE);
  return parts.map((part, place) => (place % 2 === 1 ? part : fold(part))).join("");
}

/**
 * Letters whose upper case, lower case or NFC is that of another letter, or of two: the dotless i, the long s, the signs
 * for micro, ohm, kelvin and angstrom, variants of Greek and Cyrillic letters, ligatures.
 */
const LOOKALIKE =
  /([\u00B5\u0131\u017F\u03D0\u03D1\u03D5\u03D6\u03F0\u03F1\u03F4\u03F5\u1C80-\u1C88\u1E9B\u1FBE\u2126\u212A\u212B\uFB00-\uFB06\uFB13-\uFB17])/;

const fold = (text: string) => text.toLowerCase().toUpperCase().normalize("NFC");

/** What no database keeps: PostgreSQL has no U+0000, and neither engine has half of a surrogate pair. */
export const UNSTORABLE = /\0|\p{Surrogate}/u;

/** Whether a text can be stored. A search for any other text finds nothing. */
export const isStorable = (text: string) => !UNSTORABLE.test(text);
