import { isJsonObject } from "../../domain/values/json.js";
import type { JsonObject, JsonValue } from "../../domain/values/json.js";
import type { AskedRequest } from "../../domain/audit/asked-request.js";
import { coerceElement, coerceValue, isNoElement, isUnassigned } from "./coercion.js";
import { invalidSyntax, invalidValue, mutability, noTarget, ScimError } from "../errors.js";
import { outOfText } from "./json-text.js";
import { member, readMessage } from "./message.js";
import type { PatchPath } from "../filter/path.js";
import { requireIdentified } from "./resource.js";
import { findAttribute, isComputed } from "../schema/attribute.js";
import type { Attribute, ResourceSchema, Schema } from "../schema/attribute.js";

import { Paths } from "./patch-paths.js";

const PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/** How many operations go into one request. Identity providers send some hundreds, many members in one value. */
const MAX_OPERATIONS = 1000;

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
 * section 3.5.2): a bare list of operations, keys and names in any case, no path but an object whose keys are paths, values of
 * other types, members to remove in the value, null for unassigned.
 *
 * @param request where it notes what was asked for and how it was understood, for the audit log
 * @throws ScimError 400 `invalidSyntax`, `invalidPath`, `invalidFilter`, `invalidValue`, `noTarget` or
 *   `mutability`; 413 for too many operations
 */
export function readPatchRequest(
  schema: ResourceSchema,
  body: unknown,
  request?: AskedRequest,
): PatchOperation[] {
  const operations = operationsOf(body);
  if (!Array.isArray(operations) || operations.length === 0) {
    throw invalidSyntax("A PATCH needs 'Operations': a list of at least one operation");
  }
  if (operations.length > MAX_OPERATIONS) {
    throw new ScimError(413, undefined, `A PATCH can have at most ${MAX_OPERATIONS} operations`);
  }
  const paths = new Paths(schema, request);
  if (Array.isArray(body)) paths.note("Operations", "a bare list");
  return operations.flatMap((operation: JsonValue, index) => readOperation(paths, operation, index + 1));
}

/** RFC 7644 section 3.7.3 prints the data of a PATCH in a Bulk as the bare list of operations, and some clients send it. */
const operationsOf = (body: unknown): unknown =>
  Array.isArray(body) && body.length > 0 ? body : member(readMessage(body, PATCH_OP, "PATCH"), "operations");

function readOperation(paths: Paths, operation: JsonValue, number: number): PatchOperation[] {
  if (!isJsonObject(operation)) throw invalidSyntax(`Operation ${number} must be an object`);
  const sent = member(operation, "op");
  const raw = { op: readOp(sent, number), value: member(operation, "value") };
  if (raw.op !== sent) paths.note("op", "not in lower case");
  const path = member(operation, "path") ?? "";
  if (typeof path !== "string") throw invalidSyntax(`The path of operation ${number} must be a string`);
  if (path !== "") return onPath(paths, raw, paths.parse(path));
  if (raw.op === "remove") throw noTarget(`Operation ${number} is a remove operation and needs a path`);
  if (raw.value === undefined) throw invalidSyntax(`Operation ${number} has neither a path nor a value`);
  if (!isJsonObject(raw.value)) {
    throw invalidValue(
      `Operation ${number} has no path, so its value must be an object with attribute names as keys`,
    );
  }
  return Object.entries(raw.value).flatMap(([key, value]) => onKey(paths, { op: raw.op, value }, key));
}

function readOp(op: JsonValue | undefined, number: number): PatchOperation["op"] {
  const name = typeof op === "string" ? op.trim().toLowerCase() : "";
  if (name === "add" || name === "replace" || name === "remove") return name;
  throw invalidSyntax(`The 'op' of operation ${number} must be add, replace or remove`);
}

/**
 * A key in the value of an operation without a path is itself a path. Unknown and read-only attributes are skipped, since
 * clients send whole resources this way, with their ids and more.
 */
function onKey(paths: Paths, raw: RawOperation, key: string): PatchOperation[] {
  const { schema } = paths;
  if (key.toLowerCase() === schema.core.id.toLowerCase() && isJsonObject(raw.value)) {
    return Object.entries(raw.value).flatMap(([inner, value]) =>
      onKey(paths, { op: raw.op, value }, `${schema.core.id}:${inner}`),
    );
  }
  const [name = ""] = key.split("[", 1);
  if (!findAttribute(schema, name)) {
    paths.note(key, "ignored");
    return [];
  }
  const path = paths.parse(key);
  const { attribute, subAttribute } = path.reference;
  if (isFixed(attribute) || isFixed(subAttribute)) {
    paths.note(key, "read-only, ignored");
    return [];
  }
  if (subAttribute || path.filter) paths.note(key, "a path as the name of a value");
  return onPath(paths, raw, path);
}

function onPath(paths: Paths, raw: RawOperation, path: PatchPath): PatchOperation[] {
  const { attribute, subAttribute, extension } = path.reference;
  if (!attribute) return extension ? onExtension(paths, raw, extension) : [];
  // Which schemas a resource has follows from its attributes.
  if (attribute.name === "schemas") return [];
  if (isFixed(attribute) || isFixed(subAttribute)) {
    throw mutability(`The attribute '${path.text}' is read-only`);
  }
  const value =
    raw.value === undefined ? undefined : outOfText(subAttribute ?? attribute, raw.value, path.text);
  if (value !== raw.value) paths.note(path.text, "JSON text read");
  const { op } = raw;
  paths.request?.asked.add(path.text, op);
  return op === "remove"
    ? [removal(paths, { op, value }, path, attribute)]
    : assignment(paths, { op, value }, path, attribute);
}

function onExtension(paths: Paths, { op, value }: RawOperation, extension: Schema): PatchOperation[] {
  if (op === "add" && isUnassigned(value)) return [];
  if (op === "remove" || isUnassigned(value)) {
    const names = [...extension.attributes.values()]
      .filter((each) => !isComputed(each))
      .map(({ name }) => name);
    return names.map((name) => ({ op: "remove", path: paths.parse(`${extension.id}:${name}`) }));
  }
  if (value === undefined) throw missingValue(extension.id);
  if (!isJsonObject(value)) throw invalidValue(`The value of '${extension.id}' must be an object`);
  return Object.entries(value).flatMap(([key, inner]) =>
    onKey(paths, { op, value: inner }, `${extension.id}:${key}`),
  );
}

/** The elements named in the value of a `remove` are those to remove; RFC 7644 would have them in the path. */
function removal(
  paths: Paths,
  { value }: RawOperation,
  path: PatchPath,
  attribute: Attribute,
): PatchOperation {
  const namesElements = attribute.multiValued && !path.filter && !path.reference.subAttribute;
  if (!namesElements || value === undefined || value === null) return { op: "remove", path };
  paths.note(path.text, "removed by value");
  const coerced = coerceValue(attribute, value, path.text, paths.request?.understood);
  requireIdentified(attribute, value, path.text);
  if (coerced === undefined) requireEmpty(value, path);
  return { op: "remove", path, value: coerced ?? [] };
}

function assignment(
  paths: Paths,
  { op, value }: RawOperation,
  path: PatchPath,
  attribute: Attribute,
): PatchOperation[] {
  const { subAttribute } = path.reference;
  if (value === undefined) {
    // `members[value eq "..."]` needs no value.
    if (path.filter && !subAttribute) return [{ op, path }];
    throw missingValue(path.text);
  }
  const parts = onlyOne(value);
  if (isSingleComplex(path, attribute) && isJsonObject(parts))
    return onParts(paths, op, path, attribute, parts);
  const coerced = coerceFor(paths, path, attribute, value);
  if (!path.filter && !subAttribute) requireIdentified(attribute, value, path.text);
  if (coerced !== undefined) return [{ op, path, value: coerced }];
  if (attribute.multiValued && !subAttribute) requireEmpty(value, path);
  if ((subAttribute ?? attribute).required) throw invalidValue(`The attribute '${path.text}' is required`);
  paths.note(
    path.text,
    op === "replace" ? "removed, since its value is empty" : "ignored, since its value is empty",
  );
  return op === "replace" ? [{ op: "remove", path }] : [];
}

const isSingleComplex = ({ reference }: PatchPath, { type, multiValued }: Attribute) =>
  type === "complex" && !multiValued && !reference.subAttribute;

/** An object for a single-valued attribute changes only the sub-attributes in it. */
function onParts(
  paths: Paths,
  op: PatchOperation["op"],
  { reference, text }: PatchPath,
  attribute: Attribute,
  parts: JsonObject,
): PatchOperation[] {
  return Object.entries(parts).flatMap(([key, value]) => {
    const subAttribute = attribute.subAttributes.get(key.toLowerCase());
    if (!subAttribute || isComputed(subAttribute)) {
      paths.note(`${text}.${key}`, "ignored");
      return [];
    }
    const path = { reference: { ...reference, subAttribute }, text: `${text}.${subAttribute.name}` };
    return assignment(paths, { op, value }, path, attribute);
  });
}

function coerceFor(
  paths: Paths,
  path: PatchPath,
  attribute: Attribute,
  value: JsonValue,
): JsonValue | undefined {
  const notes = paths.request?.understood;
  const target = path.reference.subAttribute ?? attribute;
  if (target.multiValued && !path.filter) return coerceValue(target, value, path.text, notes);
  const one = onlyOne(value);
  // Microsoft's libraries write a simple value as `[{"value": ...}]`, too.
  const wrapped = target.type !== "complex" && isJsonObject(one) ? member(one, "value") : undefined;
  if (one !== value) notes?.add(path.text, "a list for one value");
  if (wrapped !== undefined) notes?.add(path.text, "an object for a simple value");
  return coerceElement(target, wrapped === undefined ? one : wrapped, path.text, notes);
}

/**
 * Refuses elements with only read-only or unknown sub-attributes: they are empty once they are read, but the client does
 * not mean to empty the list.
 *
 * @throws ScimError 400 `invalidValue`
 */
function requireEmpty(value: JsonValue, { text }: PatchPath): void {
  const elements = Array.isArray(value) ? value : [value];
  const saysSomething = (element: JsonValue) =>
    isJsonObject(element) && !isNoElement(element) && !Object.values(element).every(isUnassigned);
  if (elements.some(saysSomething)) {
    throw invalidValue(`The value for '${text}' has no sub-attribute that this attribute supports`);
  }
}

const missingValue = (path: string) => invalidSyntax(`The operation on '${path}' needs a value`);

/** The value in a list of one or none, since some clients send single values as lists. */
const onlyOne = (value: JsonValue): JsonValue =>
  Array.isArray(value) && value.length <= 1 ? (value[0] ?? null) : value;

const isFixed = (attribute: Attribute | undefined) => attribute !== undefined && isComputed(attribute);
