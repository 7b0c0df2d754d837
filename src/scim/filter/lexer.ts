import { invalidFilter } from "../errors.js";
import type { ScimError } from "../errors.js";

/** A piece of a filter: a bracket, a name or operator or literal word, or a quoted string. */
export interface Token {
  readonly kind: "(" | ")" | "[" | "]" | "word" | "string" | "end";
  /** The text in the filter; for a string, its value without quotes and escapes. */
  readonly text: string;
  /** Where it begins, from 1. */
  readonly position: number;
}

/** The longest filter, in characters. */
const MAX_LENGTH = 8192;

const SPACE = /\s+/y;
const BRACKET = /[()[\]]/y;
const STRING = /"(?:[^"\\]|\\.)*"/sy;
const WORD = /[^\s()[\]"]+/y;

/**
 * Splits a filter or a path into tokens, in one pass.
 *
 * @throws ScimError 400 `invalidFilter` for a string that does not end or is not a JSON string
 */
export function tokenize(text: string): Token[] {
  if (text.length > MAX_LENGTH) {
    throw invalidFilter(`The filter has ${text.length} characters; at most ${MAX_LENGTH} are allowed`);
  }
  const tokens: Token[] = [];
  let at = 0;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) at += found.length;
    return found;
  };
  while (at < text.length) {
    if (take(SPACE) !== undefined) continue;
    const position = at + 1;
    const bracket = take(BRACKET);
    if (bracket !== undefined) {
      tokens.push({ kind: bracket as "(" | ")" | "[" | "]", text: bracket, position });
      continue;
    }
    const quoted = take(STRING);
    if (quoted !== undefined) {
      tokens.push({ kind: "string", text: unquote(quoted, position), position });
      continue;
    }
    const word = take(WORD);
    if (word === undefined) throw filterError(position, "the string that starts here has no closing quote");
    tokens.push({ kind: "word", text: word, position });
  }
  tokens.push({ kind: "end", text: "", position: text.length + 1 });
  return tokens;
}

/** An error in the text of a filter, with its position. */
export function filterError(position: number, problem: string): ScimError {
  return invalidFilter(`The filter is not valid at character ${position}: ${problem}`);
}

function unquote(quoted: string, position: number): string {
  try {
    return JSON.parse(quoted) as string;
  } catch {
    throw filterError(position, `${quoted} is not a valid JSON string`);
  }
}
