import type { JsonObject, JsonValue } from "../../domain/values/json.js";
import { mutability } from "../errors.js";
import type { Attribute } from "../schema/attribute.js";
import { keyOf } from "./identity.js";

/**
 * Sets some sub-attributes of a complex value; the others stay as they are (RFC 7644 section 3.5.2.3).
 *
 * @throws ScimError 400 `mutability` when an immutable one would change
 */
export function withParts(attribute: Attribute, complex: JsonObject, parts: JsonObject): JsonObject {
  for (const [name, value] of Object.entries(parts)) {
    const subAttribute = attribute.subAttributes.get(name.toLowerCase());
    if (subAttribute) requireChangeable(subAttribute, complex[name], value);
  }
  return { ...complex, ...parts };
}

/**
 * Removes a sub-attribute of a complex value.
 *
 * @throws ScimError 400 `mutability` when it has to stay
 */
export function withoutPart(complex: JsonObject, part: Attribute): JsonObject {
  requireRemovable(part, complex[part.name]);
  return Object.fromEntries(Object.entries(complex).filter(([name]) => name !== part.name));
}

/** @throws ScimError 400 `mutability` when an immutable value would become another one */
export function requireChangeable(
  attribute: Attribute,
  current: JsonValue | undefined,
  next: JsonValue | undefined,
): void {
  if (attribute.mutability !== "immutable" || current === undefined) return;
  if (keyOf(attribute, current) === keyOf(attribute, next)) return;
  throw mutability(`The attribute '${attribute.name}' is immutable: it has a value, which cannot be changed`);
}

/** @throws ScimError 400 `mutability` for what is required, and for what is immutable and has a value */
export function requireRemovable(attribute: Attribute, current: JsonValue | undefined): void {
  if (attribute.required) {
    throw mutability(`The attribute '${attribute.name}' is required and cannot be removed`);
  }
  requireChangeable(attribute, current, undefined);
}
