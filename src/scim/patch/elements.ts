import { isJsonObject } from "../../domain/values/json.js";
import type { JsonObject, JsonValue } from "../../domain/values/json.js";
import type { Notes } from "../../domain/audit/asked-request.js";
import type { Filter } from "../../domain/listing.js";
import { coerceElement, isLabel, isPrimary } from "../requests/coercion.js";
import type { PatchOperation } from "../requests/patch-request.js";
import { noTarget } from "../errors.js";
import { equalityTerms, matcher } from "../filter/evaluate.js";
import type { Matcher } from "../filter/evaluate.js";
import type { PatchPath } from "../filter/path.js";
import type { Attribute } from "../schema/attribute.js";
import { withoutPart, withParts } from "./complex.js";
import { ElementIndex, namedBy } from "./identity.js";
import type { Work } from "./work-limit.js";

/**
 * Applies one operation to the elements of a multi-valued attribute.
 *
 * @param current the elements; they are not changed
 * @returns the elements afterwards, at most one of them primary
 * @throws ScimError 400 `noTarget` when a value path matches nothing and does not describe an element to create,
 *   `mutability` when a sub-attribute cannot be changed, 413 when it is too much work
 */
export function changeElements(
  attribute: Attribute,
  current: readonly JsonValue[],
  operation: PatchOperation,
  work: Work,
  notes?: Notes,
): JsonValue[] {
  work.spend(1 + current.length);
  const change = operation.op === "remove" ? remove : assign;
  return settlePrimary(current, change(attribute, current, operation, work, notes));
}

function remove(
  attribute: Attribute,
  current: readonly JsonValue[],
  { path, value }: PatchOperation,
  work: Work,
): JsonValue[] {
  const isSelected = selector(path, work);
  const { subAttribute } = path.reference;
  if (subAttribute) {
    return current.flatMap((element) => {
      if (!isJsonObject(element) || !isSelected(element)) return [element];
      const rest = withoutPart(element, subAttribute);
      // An element without its value is removed: this is how Entra ID clears a telephone number, or part by part an address.
      const isLast = subAttribute.name in element && Object.keys(rest).every(isLabel);
      return subAttribute.name === "value" || isLast ? [] : [rest];
    });
  }
  if (value === undefined) return current.filter((element) => !isSelected(element));
  const isNamed = namedBy(attribute, Array.isArray(value) ? value : [value], work);
  return current.filter((element) => !isNamed(element));
}

function assign(
  attribute: Attribute,
  current: readonly JsonValue[],
  { op, path, value }: PatchOperation,
  work: Work,
  notes: Notes | undefined,
): JsonValue[] {
  const { subAttribute } = path.reference;
  if (!path.filter && !subAttribute) {
    const elements = Array.isArray(value) ? value : [];
    return addElements(attribute, op === "replace" ? [] : current, elements, work);
  }
  const parts = subAttribute && value !== undefined ? { [subAttribute.name]: value } : value;
  return assignParts(attribute, current, path, isJsonObject(parts) ? parts : {}, work, notes);
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
  work: Work,
  notes: Notes | undefined,
): JsonValue[] {
  const selected = new Set(current.filter(selector(path, work)));
  if (selected.size === 0) {
    notes?.add(path.text, "selects nothing, an element was made");
    const made = { ...elementFor(attribute, path), ...parts };
    return addElements(attribute, current, [made], work);
  }
  const characters = JSON.stringify(parts).length;
  return current.map((element) => {
    if (!isJsonObject(element) || !selected.has(element)) return element;
    // The parts are stored once for each element.
    work.read(COPIED * characters);
    return withParts(attribute, element, parts);
  });
}

/** How much more work it is to store a character than to read it. */
const COPIED = 4;

/** How much more work a new element is than a comparison with one. */
const ADDED = 5;

const selector = ({ filter }: PatchPath, work: Work): Matcher =>
  filter ? matcher(filter, (characters) => work.read(characters)) : () => true;

/** The smallest element that the path selects. */
function elementFor(attribute: Attribute, { filter, text }: PatchPath): JsonObject {
  if (!filter) return {};
  const element = fromTerms(attribute, filter, text);
  if (isJsonObject(element) && matcher(filter)(element)) return element;
  throw noTarget(`No element matches '${text}', and a new element can only be created from terms with 'eq'`);
}

/** The terms come from a path that a client wrote, so they are read like any value. */
function fromTerms(attribute: Attribute, filter: Filter, path: string): JsonValue | undefined {
  const terms = equalityTerms(filter);
  return terms && coerceElement(attribute, terms, path);
}

/** Adds elements; one that already exists gets the new parts. */
function addElements(
  attribute: Attribute,
  current: readonly JsonValue[],
  added: readonly JsonValue[],
  work: Work,
): JsonValue[] {
  work.spend(ADDED * added.length);
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

/** Only the element that became primary last stays primary (RFC 7644 section 3.5.2). */
function settlePrimary(before: readonly JsonValue[], after: JsonValue[]): JsonValue[] {
  const primary = after.filter(isPrimary);
  if (primary.length <= 1) return after;
  const known = new Set(before);
  const chosen = primary.filter((element) => !known.has(element)).at(-1) ?? primary.at(-1);
  return after.map((element) =>
    isPrimary(element) && element !== chosen ? { ...(element as JsonObject), primary: false } : element,
  );
}
