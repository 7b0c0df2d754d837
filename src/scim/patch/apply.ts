import { isDeepStrictEqual } from "node:util";
import { isJsonObject } from "../../domain/json.js";
import type { JsonObject, JsonValue } from "../../domain/json.js";
import type { PatchOperation } from "../dialects/patch-request.js";
import { invalidValue, mutability } from "../errors.js";
import { requireAttributes } from "../inbound.js";
import type { Attribute, AttributeReference, ResourceSchema } from "../schema/attribute.js";
import { changeElements } from "./elements.js";

/**
 * Applies operations in order, all or none (RFC 7644 section 3.5.2).
 *
 * @param resource in canonical form, extensions under their URNs; it is not changed
 * @returns the resource as it is afterwards; equal to what it was if nothing changed
 * @throws ScimError 400 `noTarget`, `mutability` or `invalidValue`
 */
export function applyPatch(
  schema: ResourceSchema,
  resource: JsonObject,
  operations: readonly PatchOperation[],
): JsonObject {
  const result = structuredClone(resource);
  for (const operation of operations) applyOperation(result, operation);
  requireAttributes(schema, result);
  return result;
}

function applyOperation(resource: JsonObject, operation: PatchOperation): void {
  const { reference } = operation.path;
  const { attribute, extension } = reference;
  if (!attribute) return;
  const parent = extension ? asObject(resource[extension.id]) : resource;
  const current = parent[attribute.name];
  const changed = attribute.multiValued
    ? changeElements(attribute, Array.isArray(current) ? current : [], operation)
    : changeSingle(reference, attribute, current, operation);
  requireMutable(attribute, current, changed);
  assign(parent, attribute.name, changed);
  if (extension) assign(resource, extension.id, parent);
}

function changeSingle(
  { subAttribute }: AttributeReference,
  attribute: Attribute,
  current: JsonValue | undefined,
  { op, value, path }: PatchOperation,
): JsonValue | undefined {
  if (op === "remove" && !subAttribute) {
    if (attribute.required)
      throw mutability(`The attribute '${path.text}' is required and cannot be removed`);
    return undefined;
  }
  if (attribute.type !== "complex") return value;
  const complex = { ...asObject(current) };
  if (!subAttribute) return isJsonObject(value) ? { ...complex, ...value } : complex;
  if (subAttribute.required && op === "remove") {
    throw mutability(`The attribute '${path.text}' is required and cannot be removed`);
  }
  requireMutable(subAttribute, complex[subAttribute.name], op === "remove" ? undefined : value);
  assign(complex, subAttribute.name, op === "remove" ? undefined : value);
  return complex;
}

/** @throws ScimError 400 `mutability` when an immutable value would change */
function requireMutable(
  attribute: Attribute,
  current: JsonValue | undefined,
  next: JsonValue | undefined,
): void {
  if (attribute.mutability !== "immutable" || current === undefined || isDeepStrictEqual(current, next))
    return;
  throw mutability(`The attribute '${attribute.name}' is immutable: it has a value, which cannot be changed`);
}

const asObject = (value: JsonValue | undefined): JsonObject => (isJsonObject(value) ? value : {});

/** Sets a value, or unassigns it when nothing is left of it. */
function assign(parent: JsonObject, name: string, value: JsonValue | undefined): void {
  if (value === undefined || isEmpty(value)) Reflect.deleteProperty(parent, name);
  else parent[name] = value;
}

function isEmpty(value: JsonValue): boolean {
  if (value === null) throw invalidValue("null is no value");
  return Array.isArray(value) ? value.length === 0 : isJsonObject(value) && Object.keys(value).length === 0;
}
