import { isJsonObject } from "../../domain/values/json.js";
import { requireFew } from "../../domain/limits/values.js";
import type { JsonObject, JsonValue } from "../../domain/values/json.js";
import { readInstant } from "../../domain/values/instant.js";
import { lengthProblem, nameProblem, textProblem } from "../../domain/values/plain-text.js";
import type { Notes } from "../../domain/audit/asked-request.js";
import { invalidValue } from "../errors.js";
import { isLikeJson } from "./json-text.js";
import { isComputed, isReference } from "../schema/attribute.js";
import type { Attribute } from "../schema/attribute.js";

/**
 * Converts a value that a client sent to the type of its attribute (RFC 7643 section 2.3). Accepts the forms that identity
 * providers use: booleans and numbers as strings and the reverse, one element without a list, one value as a list, a
 * reference as its bare id.
 *
 * @param name the attribute as the client wrote it
 * @param notes where it says what it converted or left out, for the audit log
 * @returns undefined for values that leave the attribute unassigned: null, the empty string, an empty list or object;
 *   sub-attributes that are read-only or unknown are left out
 * @throws ScimError 400 `invalidValue` naming the attribute, its type and what came instead
 */
export function coerceValue(
  attribute: Attribute,
  value: JsonValue,
  name: string,
  notes?: Notes,
): JsonValue | undefined {
  if (attribute.multiValued) return coerceElements(attribute, value, name, notes);
  if (!Array.isArray(value)) return coerceElement(attribute, value, name, notes);
  if (value.length > 1)
    throw invalidValue(`The attribute '${name}' is single-valued; send one value instead of a list`);
  notes?.add(name, "a list for one value");
  return coerceElement(attribute, value[0] ?? null, name, notes);
}

/** Coerces one element of a multi-valued attribute, or the value of a single-valued one. */
export function coerceElement(
  attribute: Attribute,
  value: JsonValue,
  name: string,
  notes?: Notes,
): JsonValue | undefined {
  if (value === null || value === "") return undefined;
  if (attribute.multiValued && isNoElement(value)) return undefined;
  const coerced =
    attribute.type === "complex" ? toComplex(attribute, value, name, notes) : toSimple(attribute.type, value);
  if (coerced === WRONG) throw wrongType(attribute, value, name);
  if (attribute.type !== "complex" && typeof coerced !== typeof value)
    notes?.add(name, `${attribute.type} as ${typeof value}`);
  if (typeof coerced === "string") requireKeepable(attribute, coerced, name);
  return coerced;
}

/**
 * Attributes without a limit of their own length: addresses and certificates are limited only by the size of the whole
 * resource, and passwords, which are stored as hashes, by the password rules.
 */
function requireKeepable({ type, returned, ...attribute }: Attribute, text: string, name: string): void {
  const problem =
    (type === "string" && returned !== "never" ? lengthProblem(text) : undefined) ??
    textProblem(text) ??
    (attribute.isName ? nameProblem(text) : undefined) ??
    (attribute.isAddress && isLikeJson(text) ? "must be an address, not JSON text in a string" : undefined);
  if (problem !== undefined) throw invalidValue(`The attribute '${name}' ${problem}`);
}

function coerceElements(
  attribute: Attribute,
  value: JsonValue,
  name: string,
  notes: Notes | undefined,
): JsonValue[] | undefined {
  if (!Array.isArray(value) && !isUnassigned(value)) notes?.add(name, "one value for a list");
  // Members are stored as rows. Any other list that is too long to store is refused before it is read.
  if (!isReference(attribute)) requireFew(name, value);
  const elements = (Array.isArray(value) ? value : [value])
    .map((element) => coerceElement(attribute, element, name, notes))
    .filter((element) => element !== undefined);
  if (elements.filter(isPrimary).length > 1) {
    throw invalidValue(`Only one element of the attribute '${name}' can have 'primary' set to true`);
  }
  return elements.length > 0 ? elements : undefined;
}

/**
 * Whether an element is none: its `value` is explicitly empty, or all that it has besides a type is. Clients that send
 * every field send absent elements this way.
 */
export function isNoElement(element: JsonValue): boolean {
  if (!isJsonObject(element)) return isBlank(element);
  const entries = Object.entries(element);
  const saysNoValue = entries.some(([name, value]) => name.toLowerCase() === "value" && isBlank(value));
  const isEmptied = entries.some(([, value]) => isUnassigned(value));
  return saysNoValue || (isEmptied && entries.every(([name, value]) => isLabel(name) || isUnassigned(value)));
}

/** What says which of several elements one is, and nothing without the rest of it. */
export const isLabel = (name: string) => /^(type|primary)$/i.test(name);

const isBlank = (value: JsonValue) =>
  isUnassigned(value) || (typeof value === "string" && value.trim() === "");

/** RFC 7643 section 2.5, and the empty string, by which Entra ID unassigns. */
export const isUnassigned = (value: JsonValue | undefined) =>
  value === null || value === "" || (Array.isArray(value) && value.length === 0);

export const isPrimary = (element: JsonValue) => isJsonObject(element) && element.primary === true;

/** Marks a value that cannot be converted to the type. */
const WRONG = Symbol("wrong type");

function toComplex(
  attribute: Attribute,
  value: JsonValue,
  name: string,
  notes: Notes | undefined,
): JsonObject | undefined | typeof WRONG {
  const simple = attribute.subAttributes.get("value");
  if (simple && (typeof value === "string" || typeof value === "number")) {
    notes?.add(name, "a bare value for an object");
    return toComplex(attribute, { value }, name, notes);
  }
  if (!isJsonObject(value)) return WRONG;
  const complex: JsonObject = {};
  for (const [key, inner] of Object.entries(value)) {
    const subAttribute = attribute.subAttributes.get(key.toLowerCase());
    if (!subAttribute) notes?.add(`${name}.${key}`, "ignored");
    if (!subAttribute || isComputed(subAttribute)) continue;
    const coerced = coerceValue(subAttribute, inner, `${name}.${subAttribute.name}`, notes);
    if (coerced !== undefined) complex[subAttribute.name] = coerced;
  }
  return Object.keys(complex).length > 0 ? complex : undefined;
}

function toSimple(type: Attribute["type"], value: JsonValue): JsonValue | typeof WRONG {
  switch (type) {
    case "boolean":
      return readBoolean(value) ?? WRONG;
    case "integer":
      return readNumber(value, Number.isSafeInteger) ?? WRONG;
    case "decimal":
      return readNumber(value) ?? WRONG;
    case "dateTime":
      return (typeof value === "string" ? readInstant(value) : undefined) ?? WRONG;
    case "binary":
      return typeof value === "string" && /^[A-Za-z0-9+/_-]*={0,2}$/.test(value) ? value : WRONG;
    default:
      if (typeof value === "number") return Number.isFinite(value) ? String(value) : WRONG;
      return typeof value === "string" || typeof value === "boolean" ? String(value) : WRONG;
  }
}

/** Identity providers also write booleans as strings: `"True"`. @returns undefined for anything else */
export function readBoolean(value: JsonValue): boolean | undefined {
  if (typeof value === "boolean") return value;
  const text = typeof value === "string" ? value.trim().toLowerCase() : "";
  return text === "true" || text === "false" ? text === "true" : undefined;
}

/** A number, also as a string. @returns undefined for anything else */
export function readNumber(
  value: JsonValue,
  isValid: (number: unknown) => boolean = Number.isFinite,
): number | undefined {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof number === "number" && isValid(number) ? number : undefined;
}

function wrongType({ type, multiValued }: Attribute, value: JsonValue, name: string) {
  const expected = `${multiValued ? "each value of " : ""}'${name}'`;
  const found = Array.isArray(value)
    ? "a list"
    : isJsonObject(value)
      ? "an object"
      : typeof value === "number"
        ? String(value)
        : JSON.stringify(value).slice(0, 100);
  return invalidValue(`The attribute ${expected} must be of type ${type}, and ${found} is not`);
}
