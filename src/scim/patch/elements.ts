import { isJsonObject } from "../../domain/json.js";
import type { JsonObject, JsonValue } from "../../domain/json.js";
import type { Filter } from "../../domain/listing.js";
import { coerceElement, isPrimary } from "../coercion.js";
import type { PatchOperation } from "../dialects/patch-request.js";
import { noTarget } from "../errors.js";
import { equalityTerms, matches } from "../filter/evaluate.js";
import type { PatchPath } from "../filter/path.js";
import type { Attribute } from "../schema/attribute.js";
import { withoutPart, withParts } from "./complex.js";
import { ElementIndex, namedBy } from "./identity.js";

/**
 * Applies one operation to the elements of a multi-valued attribute.
 *
 * @param current the elements; they are not changed
 * @returns the elements afterwards, at most one of them primary
 * @throws ScimError 400 `noTarget` when a value path matches nothing and does not say what to create,
 *   `mutability` when a sub-attribute cannot be changed
 */
export function changeElements(
  attribute: Attribute,
  current: readonly JsonValue[],
  operation: PatchOperation,
): JsonValue[] {
  const next =
    operation.op === "remove" ? remove(attribute, current, operation) : assign(attribute, current, operation);
  return settlePrimary(current, next);
}

function remove(
  attribute: Attribute,
  current: readonly JsonValue[],
  { path, value }: PatchOperation,
): JsonValue[] {
  const { subAttribute } = path.reference;
  if (subAttribute) {
    return current.flatMap((element) => {
      if (!isJsonObject(element) || !isSelected(element, path)) return [element];
      const rest = withoutPart(element, subAttribute);
      // Without its value an element is none: Entra ID clears a telephone number so.
      return subAttribute.name === "value" || Object.keys(rest).length === 0 ? [] : [rest];
    });
  }
  if (value === undefined) return current.filter((element) => !isSelected(element, path));
  const isNamed = namedBy(attribute, Array.isArray(value) ? value : [value]);
  return current.filter((element) => !isNamed(element));
}

function assign(
  attribute: Attribute,
  current: readonly JsonValue[],
  { op, path, value }: PatchOperation,
): JsonValue[] {
  const { subAttribute } = path.reference;
  if (!path.filter && !subAttribute) {
    const elements = Array.isArray(value) ? value : [];
    return addElements(attribute, op === "replace" ? [] : current, elements);
  }
  const parts = subAttribute && value !== undefined ? { [subAttribute.name]: value } : value;
  return assignParts(attribute, current, path, isJsonObject(parts) ? parts : {});
}

/**
 * The elements that the path selects get the parts; without a value path (`emails.type`) that is all of
 * them. When there is none, one is made of what the path says and the parts: RFC 7644 would have
 * `noTarget`, but Entra ID sends a first value so.
 */
function assignParts(
  attribute: Attribute,
  current: readonly JsonValue[],
  path: PatchPath,
  parts: JsonObject,
): JsonValue[] {
  if (!current.some((element) => isSelected(element, path))) {
    const made = { ...elementFor(attribute, path), ...parts };
    return addElements(attribute, current, [made]);
  }
  return current.map((element) =>
    isJsonObject(element) && isSelected(element, path) ? withParts(attribute, element, parts) : element,
  );
}

const isSelected = (element: JsonValue, { filter }: PatchPath) => !filter || matches(element, filter);

/** The least element that the path selects. */
function elementFor(attribute: Attribute, { filter, text }: PatchPath): JsonObject {
  if (!filter) return {};
  const element = fromTerms(attribute, filter, text);
  if (isJsonObject(element) && matches(element, filter)) return element;
  throw noTarget(`Nothing matches '${text}', and it does not say by 'eq' alone what to create`);
}

/** The terms come from a path that a client wrote, so they are read like any value. */
function fromTerms(attribute: Attribute, filter: Filter, path: string): JsonValue | undefined {
  const terms = equalityTerms(filter);
  return terms && coerceElement(attribute, terms, path);
}

/** Adds elements; one that is there already takes up what is new about it. */
function addElements(
  attribute: Attribute,
  current: readonly JsonValue[],
  added: readonly JsonValue[],
): JsonValue[] {
  const elements = [...current];
  const index = new ElementIndex(attribute);
  elements.forEach((element, position) => index.add(element, position));
  for (const one of added) {
    const position = index.find(one);
    const known = position === undefined ? undefined : elements[position];
    if (position === undefined) index.add(one, elements.push(one) - 1);
    else if (isJsonObject(known) && isJsonObject(one)) elements[position] = withParts(attribute, known, one);
  }
  return elements;
}

/** Whoever became primary last is the only one (RFC 7644 section 3.5.2: the others lose it). */
function settlePrimary(before: readonly JsonValue[], after: JsonValue[]): JsonValue[] {
  const primary = after.filter(isPrimary);
  if (primary.length <= 1) return after;
  const known = new Set(before);
  const chosen = primary.filter((element) => !known.has(element)).at(-1) ?? primary.at(-1);
  return after.map((element) =>
    isPrimary(element) && element !== chosen ? { ...(element as JsonObject), primary: false } : element,
  );
}
