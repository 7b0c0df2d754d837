import { invalidSyntax, ScimError } from "../../scim/errors.js";

/**
 * A linear look at the bytes of JSON, before `JSON.parse` gets them: parsing is slow where a text is nested deeply, has
 * very many values, or has very many different names. None of the limits is near to what a client sends.
 */

const MAX_DEPTH = 40;

/** A Group of 60,000 members has 120,000. */
const MAX_VALUES = 200_000;

/** A User with everything has about 150. */
const MAX_NAMES = 1000;

export const QUOTE = 0x22;
export const BACKSLASH = 0x5c;
export const COMMA = 0x2c;
export const COLON = 0x3a;
export const OPEN_OBJECT = 0x7b;
export const CLOSE_OBJECT = 0x7d;
export const OPEN_LIST = 0x5b;
export const CLOSE_LIST = 0x5d;

/**
 * Finds where a JSON value ends. Whether it is valid JSON, the parser tells.
 *
 * @param start where the value begins
 * @returns the place behind its last byte
 * @throws ScimError 400 `invalidSyntax` for a value that is nested too deeply, 413 for one with too many values or
 *   names
 */
export function endOfValue(bytes: Uint8Array, start: number): number {
  const names = new DifferentNames();
  let depth = 0;
  let values = 0;
  let at = start;
  while (at < bytes.length) {
    const byte = bytes[at] ?? 0;
    if (byte === QUOTE) {
      const end = endOfString(bytes, at);
      if (depth === 0) return end;
      if (bytes[skipSpace(bytes, end)] === COLON) names.add(bytes, at, end);
      at = end;
      continue;
    }
    if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
      depth += 1;
      values += 1;
      if (depth > MAX_DEPTH) throw invalidSyntax(`The JSON has more than ${MAX_DEPTH} levels of nesting`);
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
      depth -= 1;
      if (depth <= 0) return depth < 0 ? at : at + 1;
    } else if (byte === COMMA) {
      if (depth === 0) return at;
      values += 1;
    } else if (depth === 0 && isSpace(byte)) return at;
    if (values > MAX_VALUES)
      throw tooLarge(`The JSON has more than ${MAX_VALUES} values; send less at a time`);
    at += 1;
  }
  return bytes.length;
}

/** @param start where its opening quote is @returns the place behind its closing quote */
export function endOfString(bytes: Uint8Array, start: number): number {
  let at = start + 1;
  while (at < bytes.length) {
    const byte = bytes[at];
    if (byte === QUOTE) return at + 1;
    at += byte === BACKSLASH ? 2 : 1;
  }
  return bytes.length;
}

/** @returns the place of the next byte that is no white space */
export function skipSpace(bytes: Uint8Array, start: number): number {
  let at = start;
  while (at < bytes.length && isSpace(bytes[at] ?? 0)) at += 1;
  return at;
}

const isSpace = (byte: number) => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

const SEED = Math.trunc(Math.random() * 2 ** 32);
const HASH_BITS = 16;

/** For each hash, the last count that it was seen in. */
const seenIn = new Uint32Array(2 ** HASH_BITS);
let counts = 0;

/** Counts different names by a hash of each: two of the same hash count once, which does no harm. One at a time. */
class DifferentNames {
  readonly #number = (counts = (counts + 1) >>> 0);
  #count = 0;

  /** @throws ScimError 413 when there are too many */
  add(bytes: Uint8Array, start: number, end: number): void {
    let hash = SEED;
    for (let at = start; at < end; at += 1) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
    const place = (hash ^ (hash >>> HASH_BITS)) & (2 ** HASH_BITS - 1);
    if (seenIn[place] === this.#number) return;
    seenIn[place] = this.#number;
    this.#count += 1;
    if (this.#count > MAX_NAMES)
      throw tooLarge(`The JSON has more than ${MAX_NAMES} different names of attributes`);
  }
}

const tooLarge = (detail: string) => new ScimError(413, undefined, detail);
