import { isJsonObject } from "../../domain/values/json.js";
import type { JsonObject, JsonValue } from "../../domain/values/json.js";
import type { Notes } from "../../domain/audit/asked-request.js";
import type { PatchOperation } from "../requests/patch-request.js";
import { requireAttributes } from "../requests/resource.js";
import type { Attribute, ResourceSchema } from "../schema/attribute.js";
import { requireChangeable, requireRemovable, withoutPart, withParts } from "./complex.js";
import { changeElements } from "./elements.js";
import { Work } from "./work-limit.js";

/**
 * Applies operations in order, all or none (RFC 7644 section 3.5.2).
 *
 * @param resource in canonical form, extensions under their URNs; it is not changed
 * @param notes where it says what it made of paths that select nothing, for the audit log
 * @returns the changed resource; equal to the original if nothing changed
 * @throws ScimError 400 `noTarget`, `mutability` or `invalidValue`; 413 for operations that are too much
 *   work
 */
export function applyPatch(
  schema: ResourceSchema,
  resource: JsonObject,
  operations: readonly PatchOperation[],
  notes?: Notes,
): JsonObject {
  // A shallow copy is enough, since values in it are replaced and never changed.
  const result = { ...resource };
  const work = new Work();
  for (const operation of operations) applyOperation(result, operation, work, notes);
  requireAttributes(schema, result);
  return result;
}

function applyOperation(
  resource: JsonObject,
  operation: PatchOperation,
  work: Work,
  notes: Notes | undefined,
): void {
  const { attribute, extension } = operation.path.reference;
  if (!attribute) return;
  const parent = extension ? { ...asObject(resource[extension.id]) } : resource;
  const current = parent[attribute.name];
  const changed = attribute.multiValued
    ? changeElements(attribute, Array.isArray(current) ? current : [], operation, work, notes)
    : changeSingle(attribute, current, operation);
  requireChangeable(attribute, current, changed);
  assign(parent, attribute.name, changed);
  if (extension) assign(resource, extension.id, parent);
}

function changeSingle(
  attribute: Attribute,
  current: JsonValue | undefined,
  { op, value, path }: PatchOperation,
): JsonValue | undefined {
  const { subAttribute } = path.reference;
  if (subAttribute) {
    const complex = asObject(current);
    if (op === "remove") return withoutPart(complex, subAttribute);
    return value === undefined ? complex : withParts(attribute, complex, { [subAttribute.name]: value });
  }
  if (op === "remove") {
    requireRemovable(attribute, current);
    return undefined;
  }
  return isJsonObject(value) ? withParts(attribute, asObject(current), value) : value;
}

const asObject = (value: JsonValue | undefined): JsonObject => (isJsonObject(value) ? value : {});

/** Sets a value, or unassigns it when nothing is left of it. */
function assign(parent: JsonObject, name: string, value: JsonValue | undefined): void {
  if (value === undefined || isEmpty(value)) Reflect.deleteProperty(parent, name);
  else parent[name] = value;
}

const isEmpty = (value: JsonValue) =>
  Array.isArray(value) ? value.length === 0 : isJsonObject(value) && Object.keys(value).length === 0;
