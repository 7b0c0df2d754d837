import { isStorable } from "./text.js";

/** How many characters a text can have that nothing else bounds. */
const MAX_TEXT_LENGTH = 8192;

/**
 * What a name or an address cannot have. Marks that some scripts need stay possible: U+200C to U+200F join, part and
 * give a direction to the letters beside them, while these here change how whatever follows is shown.
 */
const NOT_IN_NAMES: readonly (readonly [kind: string, characters: RegExp])[] = [
  ["a line break", /[\n\v\f\r\u0085\u2028\u2029]/u],
  ["a control character", /\p{Cc}/u],
  ["a character that changes the direction of text", /[\u202A-\u202E\u2066-\u2069]/u],
];

/** What is wrong with a text that cannot be kept, as the rest of a sentence; undefined: nothing. */
export function textProblem(text: string): string | undefined {
  return isStorable(text) ? undefined : "contains characters that are no text (U+0000 or half a character)";
}

/** The same for a text that is too long. */
export function lengthProblem({ length }: string): string | undefined {
  return length > MAX_TEXT_LENGTH
    ? `has ${length} characters; at most ${MAX_TEXT_LENGTH} are allowed`
    : undefined;
}

/**
 * The same for what makes a name or an address look like another one, or like more than one; the character itself
 * is not repeated.
 */
export function nameProblem(text: string): string | undefined {
  for (const [kind, characters] of NOT_IN_NAMES) {
    const found = characters.exec(text)?.[0].codePointAt(0);
    if (found === undefined) continue;
    const code = found.toString(16).toUpperCase().padStart(4, "0");
    return `contains ${kind} (U+${code}), which names and addresses cannot have`;
  }
  return undefined;
}

/** Whether a text can be a name. */
export const isName = (text: string) => (textProblem(text) ?? nameProblem(text)) === undefined;
