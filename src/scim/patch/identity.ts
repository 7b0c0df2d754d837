import { isJsonObject } from "../../domain/json.js";
import type { JsonObject, JsonValue } from "../../domain/json.js";
import { foldCase } from "../../domain/text.js";
import type { Attribute } from "../schema/attribute.js";

/**
 * Which elements of a multi-valued attribute are the same one (RFC 7643 section 2.4, RFC 7644 section
 * 3.5.2.1). A list may be as long as the body of a request allows, so elements are looked up by key and
 * never compared in pairs.
 */

/** Two values of an attribute compare as equal exactly if their keys are equal. */
export function keyOf(attribute: Attribute, value: JsonValue | undefined): string {
  if (typeof value === "string") return JSON.stringify(attribute.caseExact ? value : foldCase(value));
  if (!isJsonObject(value)) return JSON.stringify(value ?? null);
  return keyBy(attribute, value, Object.keys(value).sort());
}

function keyBy({ subAttributes }: Attribute, element: JsonObject, names: readonly string[]): string {
  const parts = names.map((name) => {
    const subAttribute = subAttributes.get(name.toLowerCase());
    return subAttribute ? `${name}:${keyOf(subAttribute, element[name])}` : "";
  });
  return parts.join();
}

/** What tells apart elements of the same `value`: one address may be for work and for home. */
const QUALIFIERS = ["type", "organization"];

/** What an element is named by: its `value` with its qualifiers; without a `value`, all it has. */
function identifiers(element: JsonObject): readonly string[] {
  if (!("value" in element)) return Object.keys(element).sort();
  return ["value", ...QUALIFIERS.filter((name) => name in element)];
}

/** The elements of a list, found by others that are the same. */
export class ElementIndex {
  readonly #positions = new Map<string, number>();

  constructor(private readonly attribute: Attribute) {}

  /** Enters an element; of several that are the same, the first is found. */
  add(element: JsonValue, position: number): void {
    this.#enter(this.#key(element), position);
    // Without qualifiers, the value alone tells which element is meant.
    if (isJsonObject(element) && "value" in element)
      this.#enter(keyBy(this.attribute, element, ["value"]), position);
  }

  find(element: JsonValue): number | undefined {
    return this.#positions.get(this.#key(element));
  }

  #key(element: JsonValue): string {
    return isJsonObject(element)
      ? keyBy(this.attribute, element, identifiers(element))
      : keyOf(this.attribute, element);
  }

  #enter(key: string, position: number): void {
    if (!this.#positions.has(key)) this.#positions.set(key, position);
  }
}

/**
 * Tells whether an element is named by one of a list: by what the named one has of `value` and `type`, or,
 * without a `value`, by all that it has.
 */
export function namedBy(attribute: Attribute, named: readonly JsonValue[]): (element: JsonValue) => boolean {
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
  return (element) => {
    if (!isJsonObject(element)) return simple.has(keyOf(attribute, element));
    return [...complex.values()].some(({ names, keys }) => keys.has(keyBy(attribute, element, names)));
  };
}
