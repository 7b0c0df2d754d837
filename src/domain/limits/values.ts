import { InvalidValueError } from "../errors.js";
import { isJsonObject } from "../values/json.js";
import type { JsonObject, JsonValue } from "../values/json.js";

/**
 * How many characters an indexed value can have. PostgreSQL's limit for an index entry (2,704 bytes) is enough for this
 * many characters of any script, folded.
 */
export const MAX_KEY_LENGTH = 400;

/**
 * Refuses values that are too long to be looked up.
 *
 * @param values the values by attribute name
 * @throws InvalidValueError naming the attribute
 */
export function requireKeyLength(values: Readonly<Record<string, string | undefined>>): void {
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined && value.length > MAX_KEY_LENGTH) {
      throw new InvalidValueError(
        `'${name}' has ${value.length} characters; at most ${MAX_KEY_LENGTH} are allowed`,
      );
    }
  }
}

/** How many elements a multi-valued attribute can have. */
const MAX_ELEMENTS = 1000;

/** @throws InvalidValueError naming an attribute that has too many elements */
export function requireFewElements(attributes: JsonObject): void {
  for (const [name, value] of Object.entries(attributes)) requireFew(name, value);
}

/** @throws InvalidValueError for a list of too many elements */
export function requireFew(name: string, value: JsonValue): void {
  if (Array.isArray(value) && value.length > MAX_ELEMENTS) {
    throw new InvalidValueError(
      `'${name}' has ${value.length} elements; at most ${MAX_ELEMENTS} are allowed`,
    );
  }
}

/** `requireKeyLength` for the sub-attributes of each element of an attribute. */
export function requireKeyLengths(name: string, elements: JsonValue | undefined): void {
  for (const element of Array.isArray(elements) ? elements : []) {
    if (!isJsonObject(element)) continue;
    for (const [key, value] of Object.entries(element)) {
      if (typeof value === "string") requireKeyLength({ [`${name}.${key}`]: value });
    }
  }
}

/** How many bytes a value has as it is stored. */
const bytesOf = (value: JsonValue) => Buffer.byteLength(JSON.stringify(value));

/** A value whose size in bytes is limited. */
export interface Sized {
  readonly bytes: number;
  /** The attributes, to say which is the largest. */
  readonly attributes: () => JsonObject;
}

/**
 * Refuses a value that is too large. A value that was stored before there was a limit may stay, but not grow.
 *
 * @param current what is there
 * @throws InvalidValueError naming the largest attribute and the limit
 */
export function requireSize(next: Sized, maxBytes: number, current: Sized | undefined): void {
  if (next.bytes <= Math.max(maxBytes, current?.bytes ?? 0)) return;
  const [largest] = Object.entries(next.attributes())
    .map(([name, value]) => ({ name, bytes: bytesOf(value) }))
    .sort((one, other) => other.bytes - one.bytes);
  throw new InvalidValueError(
    `The User would have ${next.bytes} bytes as JSON, of which '${largest?.name ?? ""}' has ${largest?.bytes ?? 0}; ` +
      `at most ${maxBytes} are allowed here (PROFILE_MAX_BYTES)`,
  );
}
