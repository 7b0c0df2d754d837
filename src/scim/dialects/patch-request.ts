import { isJsonObject } from "../../domain/json.js";
import type { JsonObject, JsonValue } from "../../domain/json.js";
import { coerceElement, coerceValue } from "../coercion.js";
import { invalidSyntax, invalidValue, mutability, noTarget, ScimError } from "../errors.js";
import { parsePath } from "../filter/path.js";
import type { PatchPath } from "../filter/path.js";
import { findAttribute } from "../schema/attribute.js";
import type { Attribute, ResourceSchema } from "../schema/attribute.js";

const PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/** More operations than this do not go into one request. */
const MAX_OPERATIONS = 10_000;

/** One operation in canonical form: it has a path, and its value is in the type of what the path names. */
export interface PatchOperation {
  readonly op: "add" | "replace" | "remove";
  readonly path: PatchPath;
  /** For `remove`, the elements to remove; without them, all that the path names. */
  readonly value?: JsonValue;
}

interface RawOperation {
  readonly op: PatchOperation["op"];
  readonly value: JsonValue | undefined;
}

/**
 * Reads the body of a PATCH and turns what identity providers send into canonical operations (RFC 7644
 * section 3.5.2): keys and names in any case, no path but an object whose keys are paths, values of
 * other types, members to remove in the value, null for unassigned.
 *
 * @throws ScimError 400 `invalidSyntax`, `invalidPath`, `invalidFilter`, `invalidValue`, `noTarget` or
 *   `mutability`; 413 for too many operations
 */
export function readPatchRequest(schema: ResourceSchema, body: unknown): PatchOperation[] {
  if (!isJsonObject(body)) throw invalidSyntax("The body of a PATCH must be a JSON object");
  const schemas = member(body, "schemas");
  if (schemas !== undefined && !isPatchOp(schemas)) {
    throw invalidSyntax(`The 'schemas' of a PATCH must be ["${PATCH_OP}"]`);
  }
  const operations = member(body, "operations");
  if (!Array.isArray(operations) || operations.length === 0) {
    throw invalidSyntax("A PATCH needs 'Operations': a list of at least one operation");
  }
  if (operations.length > MAX_OPERATIONS) {
    throw new ScimError(413, undefined, `A PATCH can have at most ${MAX_OPERATIONS} operations`);
  }
  return operations.flatMap((operation, index) => readOperation(schema, operation, index + 1));
}

function readOperation(schema: ResourceSchema, operation: JsonValue, number: number): PatchOperation[] {
  if (!isJsonObject(operation)) throw invalidSyntax(`Operation ${number} must be an object`);
  const raw = { op: readOp(member(operation, "op"), number), value: member(operation, "value") };
  const path = member(operation, "path") ?? "";
  if (typeof path !== "string") throw invalidSyntax(`The path of operation ${number} must be a string`);
  if (path.trim() !== "") return onPath(schema, raw, parsePath(schema, path.trim()));
  if (raw.op === "remove") throw noTarget(`Operation ${number} removes, but has no path that says what`);
  if (!isJsonObject(raw.value)) {
    throw invalidValue(`Operation ${number} has no path, so its value must be an object with attributes`);
  }
  return Object.entries(raw.value).flatMap(([key, value]) => onKey(schema, { op: raw.op, value }, key));
}

function readOp(op: JsonValue | undefined, number: number): PatchOperation["op"] {
  const name = typeof op === "string" ? op.trim().toLowerCase() : "";
  if (name === "add" || name === "replace" || name === "remove") return name;
  throw invalidSyntax(`The 'op' of operation ${number} must be add, replace or remove`);
}

/**
 * A key of a value without a path: itself a path. What is unknown or read-only is passed over, since
 * clients send whole resources so, with their ids and more.
 */
function onKey(schema: ResourceSchema, raw: RawOperation, key: string): PatchOperation[] {
  if (!key.includes("[")) {
    const reference = findAttribute(schema, key);
    if (!reference || isReadOnly(reference.attribute) || isReadOnly(reference.subAttribute)) return [];
  }
  return onPath(schema, raw, parsePath(schema, key));
}

function onPath(schema: ResourceSchema, raw: RawOperation, path: PatchPath): PatchOperation[] {
  const { attribute, subAttribute, extension } = path.reference;
  if (!attribute) return extension ? onExtension(schema, raw, extension) : [];
  // Which schemas a resource has follows from its attributes.
  if (attribute.name === "schemas") return [];
  if (isReadOnly(attribute) || isReadOnly(subAttribute)) {
    throw mutability(`The attribute '${path.text}' is read-only`);
  }
  return raw.op === "remove" ? [removal(raw, path, attribute)] : assignment(raw, path, attribute);
}

function onExtension(
  schema: ResourceSchema,
  { op, value }: RawOperation,
  extension: { readonly id: string; readonly attributes: ReadonlyMap<string, Attribute> },
): PatchOperation[] {
  if (op === "remove" || value === null) {
    const names = [...extension.attributes.values()]
      .filter((each) => !isReadOnly(each))
      .map(({ name }) => name);
    return names.map((name) => ({ op: "remove", path: parsePath(schema, `${extension.id}:${name}`) }));
  }
  if (!isJsonObject(value)) throw invalidValue(`The value of '${extension.id}' must be an object`);
  return Object.entries(value).flatMap(([key, inner]) =>
    onKey(schema, { op, value: inner }, `${extension.id}:${key}`),
  );
}

/** The elements named in the value of a `remove` are those to remove; RFC 7644 would have them in the path. */
function removal({ value }: RawOperation, path: PatchPath, attribute: Attribute): PatchOperation {
  const namesElements = attribute.multiValued && !path.filter && !path.reference.subAttribute;
  if (!namesElements || value === undefined || value === null) return { op: "remove", path };
  return { op: "remove", path, value: coerceValue(attribute, value, path.text) ?? [] };
}

function assignment({ op, value }: RawOperation, path: PatchPath, attribute: Attribute): PatchOperation[] {
  const { subAttribute } = path.reference;
  if (value === undefined) {
    // `members[value eq "..."]` says it all.
    if (path.filter && !subAttribute) return [{ op, path }];
    throw invalidValue(`The operation on '${path.text}' needs a value`);
  }
  const coerced = coerceFor(path, attribute, value);
  if (coerced !== undefined) return [{ op, path, value: coerced }];
  if ((subAttribute ?? attribute).required) throw invalidValue(`The attribute '${path.text}' is required`);
  return op === "replace" ? [{ op: "remove", path }] : [];
}

function coerceFor(path: PatchPath, attribute: Attribute, value: JsonValue): JsonValue | undefined {
  const { subAttribute } = path.reference;
  if (subAttribute) return coerceValue(subAttribute, value, path.text);
  if (!path.filter) return coerceValue(attribute, value, path.text);
  const element = Array.isArray(value) && value.length === 1 ? (value[0] ?? null) : value;
  return coerceElement(attribute, element, path.text);
}

const isReadOnly = (attribute: Attribute | undefined) => attribute?.mutability === "readOnly";

const isPatchOp = (schemas: JsonValue) =>
  (Array.isArray(schemas) ? schemas : [schemas]).some(
    (urn) => typeof urn === "string" && urn.toLowerCase() === PATCH_OP.toLowerCase(),
  );

/** A key of a message, in any case. */
function member(object: JsonObject, name: string): JsonValue | undefined {
  const key = Object.keys(object).find((each) => each.toLowerCase() === name);
  return key === undefined ? undefined : object[key];
}
