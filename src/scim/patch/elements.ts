import { isDeepStrictEqual } from "node:util";
import { isJsonObject } from "../../domain/json.js";
import type { JsonObject, JsonValue } from "../../domain/json.js";
import type { Filter } from "../../domain/listing.js";
import { foldCase } from "../../domain/text.js";
import { isPrimary } from "../coercion.js";
import type { PatchOperation } from "../dialects/patch-request.js";
import { noTarget } from "../errors.js";
import { equalityTerms, matches } from "../filter/evaluate.js";
import type { Attribute } from "../schema/attribute.js";

/**
 * Applies one operation to the elements of a multi-valued attribute.
 *
 * @param current the elements; they are not changed
 * @returns the elements afterwards
 * @throws ScimError 400 `noTarget` when a value path matches nothing and does not say what to create
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

function remove(attribute: Attribute, current: readonly JsonValue[], operation: PatchOperation): JsonValue[] {
  const { path, value } = operation;
  const { subAttribute } = path.reference;
  const isMeant = (element: JsonValue) => !path.filter || matches(element, path.filter);
  if (subAttribute) {
    return current
      .map((element) => (isMeant(element) ? without(element, subAttribute.name) : element))
      .filter((element) => !isJsonObject(element) || Object.keys(element).length > 0);
  }
  if (value === undefined) return current.filter((element) => !isMeant(element));
  const named = Array.isArray(value) ? value : [value];
  return current.filter((element) => !named.some((one) => isSameElement(attribute, element, one)));
}

function assign(attribute: Attribute, current: readonly JsonValue[], operation: PatchOperation): JsonValue[] {
  const { op, path, value } = operation;
  const { subAttribute } = path.reference;
  const given = subAttribute && value !== undefined ? { [subAttribute.name]: value } : value;
  if (path.filter)
    return assignWhere(path.filter, path.text, current, given, op === "replace" && !subAttribute);
  if (subAttribute) return assignToAll(current, given);
  const elements = Array.isArray(given) ? given : [];
  return op === "replace" ? mergeInto(attribute, [], elements) : mergeInto(attribute, current, elements);
}

/** A sub-attribute without a value path: every element gets it, and there is one if there was none. */
function assignToAll(current: readonly JsonValue[], given: JsonValue | undefined): JsonValue[] {
  const elements = current.length > 0 ? current : [{}];
  return elements.map((element) => merged(element, given));
}

/**
 * Elements that match are given the value. When none does, one is made of what the filter says and the
 * value: RFC 7644 would have `noTarget`, but Entra ID sends a first value so.
 */
function assignWhere(
  filter: Filter,
  path: string,
  current: readonly JsonValue[],
  given: JsonValue | undefined,
  isWhole: boolean,
): JsonValue[] {
  const terms = equalityTerms(filter);
  if (current.some((element) => matches(element, filter))) {
    return current.map((element) => {
      if (!matches(element, filter)) return element;
      return isWhole ? merged(terms ?? {}, given) : merged(element, given);
    });
  }
  if (!terms) throw noTarget(`Nothing matches '${path}', and it does not say by 'eq' alone what to create`);
  return [...current, merged(terms, given)];
}

/** Adds elements; one that is there already takes up what is new about it. */
function mergeInto(
  attribute: Attribute,
  current: readonly JsonValue[],
  added: readonly JsonValue[],
): JsonValue[] {
  const elements = [...current];
  for (const one of added) {
    const at = elements.findIndex((element) => isSameElement(attribute, element, one));
    const known = elements[at];
    if (known === undefined) elements.push(one);
    else elements[at] = merged(known, one);
  }
  return elements;
}

/** Whether two elements are the same one: by `value` and `type` where there is a value, else altogether. */
function isSameElement(attribute: Attribute, element: JsonValue, other: JsonValue): boolean {
  if (!isJsonObject(element) || !isJsonObject(other)) return sameText(attribute, element, other);
  if (other.value === undefined) return isDeepStrictEqual(element, other);
  const isSame = (name: string) => {
    const subAttribute = attribute.subAttributes.get(name);
    return subAttribute ? sameText(subAttribute, element[name], other[name]) : true;
  };
  return isSame("value") && (other.type === undefined || isSame("type"));
}

function sameText(attribute: Attribute, one: JsonValue | undefined, other: JsonValue | undefined): boolean {
  if (typeof one !== "string" || typeof other !== "string" || attribute.caseExact)
    return isDeepStrictEqual(one, other);
  return foldCase(one) === foldCase(other);
}

function merged(element: JsonValue, given: JsonValue | undefined): JsonValue {
  if (given === undefined) return element;
  return isJsonObject(element) && isJsonObject(given) ? { ...element, ...given } : given;
}

function without(element: JsonValue, name: string): JsonValue {
  if (!isJsonObject(element)) return element;
  return Object.fromEntries(Object.entries(element).filter(([key]) => key !== name));
}

/** Whoever became primary last is the only one (RFC 7644 section 3.5.2: the others lose it). */
function settlePrimary(before: readonly JsonValue[], after: JsonValue[]): JsonValue[] {
  const primary = after.filter(isPrimary);
  if (primary.length <= 1) return after;
  const became = primary.filter((element) => !before.includes(element));
  const chosen = (became.length > 0 ? became : primary).at(-1);
  return after.map((element) =>
    isPrimary(element) && element !== chosen ? { ...(element as JsonObject), primary: false } : element,
  );
}
