import type { JsonObject } from "../../domain/values/json.js";
import { foldCase } from "../../domain/values/text.js";

const known = new WeakMap<JsonObject, Map<string, string>>();

/**
 * A case-folded text of an element. Elements do not change, so each of their texts is folded only once.
 */
export function foldedPart(element: JsonObject, name: string, text: string): string {
  const parts = known.get(element) ?? new Map<string, string>();
  known.set(element, parts);
  const folded = parts.get(name) ?? foldCase(text);
  parts.set(name, folded);
  return folded;
}
