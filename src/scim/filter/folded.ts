import type { JsonObject } from "../../domain/values/json.js";
import { foldCase } from "../../domain/values/text.js";

const known = new WeakMap<JsonObject, Map<string, string>>();

/**
 * A text of an element, folded for comparison without case. Elements do not change, so each of their texts is folded
 * once.
 */
export function foldedPart(element: JsonObject, name: string, text: string): string {
  const parts = known.get(element) ?? new Map<string, string>();
  known.set(element, parts);
  const folded = parts.get(name) ?? foldCase(text);
  parts.set(name, folded);
  return folded;
}
