import { hash } from "node:crypto";
import { isJsonObject } from "../../domain/values/json.js";
import type { JsonObject, JsonValue } from "../../domain/values/json.js";
import { foldCase } from "../../domain/values/text.js";
import { foldedPart } from "../filter/folded.js";
import type { Attribute } from "../schema/attribute.js";
import type { Work } from "./work-limit.js";

/**
 * Which elements of a multi-valued attribute are the same one (RFC 7643 section 2.4, RFC 7644 section
 * 3.5.2.1). A list may be as long as the body of a request allows, so elements are looked up by key and
 * never compared in pairs.
 */

/** Two values of an attribute compare as equal exactly if their keys are equal. */
export function keyOf(attribute: Attribute, value: JsonValue | undefined): string {
  if (typeof value === "string") return keyOfText(attribute.caseExact ? value : foldCase(value));
  if (!isJsonObject(value)) return JSON.stringify(value ?? null);
  return keyBy(attribute, value, Object.keys(value).sort());
}

/** Longer texts are replaced by a digest in keys, since keys are compared often. */
const MAX_KEY_LENGTH = 100;

const keyOfText = (text: string) =>
  text.length <= MAX_KEY_LENGTH ? JSON.stringify(text) : hash("sha256", text, "base64");

function keyBy({ subAttributes }: Attribute, element: JsonObject, names: readonly string[]): string {
  const parts = names.map((name) => {
    const subAttribute = subAttributes.get(name.toLowerCase());
    return subAttribute ? `${name}:${keyOfPart(subAttribute, element, name)}` : "";
  });
  return parts.join();
}

/** The keys of texts in elements. Elements do not change, so each is found once. */
const known = new WeakMap<JsonObject, Map<string, string>>();

function keyOfPart(attribute: Attribute, element: JsonObject, name: string): string {
  const value = element[name];
  if (typeof value !== "string") return keyOf(attribute, value);
  const keys = known.get(element) ?? new Map<string, string>();
  known.set(element, keys);
  const key = keys.get(name) ?? keyOfText(attribute.caseExact ? value : foldedPart(element, name, value));
  keys.set(name, key);
  return key;
}

/** The sub-attributes that distinguish elements with the same `value`: one address may be for work and for home. */
const QUALIFIERS = ["type", "organization"];

/** The identity of an element: its `value` with its qualifiers, or everything in it when it has no `value`. */
function identifiers(element: JsonObject): readonly string[] {
  if (!("value" in element)) return Object.keys(element).sort();
  return ["value", ...QUALIFIERS.filter((name) => name in element)];
}

/** The keys by which an element is found. */
interface Keys {
  readonly full: string;
  /** Its `value` alone. */
  readonly value?: string;
}

const knownKeys = new WeakMap<JsonObject, Keys>();

/** The elements of a list, found by others that are the same. */
export class ElementIndex {
  readonly #positions = new Map<string, number>();

  constructor(private readonly attribute: Attribute) {}

  /** Enters an element; of several that are the same, the first is found. */
  add(element: JsonValue, position: number): void {
    const { full, value } = this.#keys(element);
    this.#enter(full, position);
    // Without qualifiers, the value alone tells which element is meant.
    if (value !== undefined) this.#enter(value, position);
  }

  find(element: JsonValue): number | undefined {
    return this.#positions.get(this.#keys(element).full);
  }

  #keys(element: JsonValue): Keys {
    if (!isJsonObject(element)) return { full: keyOf(this.attribute, element) };
    const keys = knownKeys.get(element) ?? {
      full: keyBy(this.attribute, element, identifiers(element)),
      ...("value" in element && { value: keyBy(this.attribute, element, ["value"]) }),
    };
    knownKeys.set(element, keys);
    return keys;
  }

  #enter(key: string, position: number): void {
    if (!this.#positions.has(key)) this.#positions.set(key, position);
  }
}

/**
 * Tells whether an element is named by one of a list: by what the named one has of `value` and `type`, or,
 * without a `value`, by all that it has.
 */
export function namedBy(
  attribute: Attribute,
  named: readonly JsonValue[],
  work: Work,
): (element: JsonValue) => boolean {
  work.spend(5 * named.length);
  const simple = new Set<string>();
  const complex = new Map<string, { names: readonly string[]; keys: Set<string> }>();
  for (const one of named) {
    if (!isJsonObject(one)) {
      simple.add(keyOf(attribute, one));
      continue;
    }
    const names = identifiers(one);
    const group = complex.get(names.join()) ?? { names, keys: new Set() };
    complex.set(names.join(), group);
    group.keys.add(keyBy(attribute, one, names));
  }
  const groups = [...complex.values()];
  return (element) => {
    if (!isJsonObject(element)) return simple.has(keyOf(attribute, element));
    work.spend(complex.size);
    return groups.some(({ names, keys }) => keys.has(keyBy(attribute, element, names)));
  };
}
