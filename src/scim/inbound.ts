import { isJsonObject } from "../domain/json.js";
import type { JsonObject, JsonValue } from "../domain/json.js";
import { coerceValue } from "./coercion.js";
import { invalidSyntax, invalidValue } from "./errors.js";
import { findAttribute } from "./schema/attribute.js";
import type { Attribute, AttributeReference, ResourceSchema } from "./schema/attribute.js";

/** The schema of a resource type, SCIM's or Muster's own. */
const CORE_SCHEMA = /^urn:[^:]+:params:scim:schemas:core:2\.0:./i;

/**
 * Reads a whole resource, as POST and PUT send it, into canonical form: names in the schema's case, values
 * in its types, nothing that is read-only or unassigned (RFC 7643 section 2). Attributes and schemas that
 * are not known are left out, since identity providers send many.
 *
 * @throws ScimError 400 `invalidSyntax` for what is no such resource, `invalidValue` for a value of the
 *   wrong type and for a required attribute that is missing
 */
export function readResource(schema: ResourceSchema, body: unknown): JsonObject {
  if (!isJsonObject(body)) throw invalidSyntax(`A ${schema.resourceType} must be a JSON object`);
  const resource: JsonObject = {};
  for (const [name, value] of Object.entries(body)) {
    if (name.toLowerCase() === "schemas") requireSchema(schema, value);
    else readAttribute(schema, resource, name, value);
  }
  requireAttributes(schema, resource);
  return resource;
}

/**
 * @throws ScimError 400 `invalidValue` naming a required attribute that a resource in canonical form lacks
 */
export function requireAttributes(schema: ResourceSchema, resource: JsonObject): void {
  for (const { name, required, mutability } of schema.core.attributes.values()) {
    if (!required || mutability === "readOnly") continue;
    const value = resource[name];
    if (value === undefined || (typeof value === "string" && value.trim() === "")) {
      throw invalidValue(`The attribute '${name}' is required and must not be empty`);
    }
  }
}

/**
 * Sees to it that each element of a list of references, such as `members`, names something: one that does
 * not would be left out, and a list that is to be replaced be emptied by mistake.
 *
 * @throws ScimError 400 `invalidValue`
 */
export function requireIdentified(attribute: Attribute, value: JsonValue, name: string): void {
  if (!attribute.multiValued || !isReference(attribute)) return;
  for (const element of Array.isArray(value) ? value : [value]) {
    const entries = isJsonObject(element) ? Object.entries(element) : [];
    const id = entries.find(([key]) => key.toLowerCase() === "value")?.[1] ?? "";
    if (isJsonObject(element) && id === "") throw invalidValue(`Each of '${name}' needs a 'value'`);
  }
}

/** A complex attribute of which clients give the `value` alone. */
function isReference({ subAttributes }: Attribute): boolean {
  const given = [...subAttributes.values()].filter(({ mutability }) => mutability !== "readOnly");
  return given.length === 1 && given[0]?.name === "value";
}

/** Clients leave `schemas` out or add schemas of their own; only another resource type's is a mistake. */
function requireSchema({ core, resourceType }: ResourceSchema, schemas: JsonValue): void {
  if (schemas === null) return;
  if (!Array.isArray(schemas) || !schemas.every((urn) => typeof urn === "string"))
    throw invalidSyntax("'schemas' must be a list of schema URNs");
  const isCore = (urn: string) => urn.toLowerCase() === core.id.toLowerCase();
  const other = schemas.find((urn) => CORE_SCHEMA.test(urn) && !isCore(urn));
  if (other !== undefined && !schemas.some(isCore)) {
    throw invalidSyntax(
      `'schemas' names '${other}', but this is where a ${resourceType} belongs: '${core.id}'`,
    );
  }
}

function readAttribute(schema: ResourceSchema, resource: JsonObject, name: string, value: JsonValue): void {
  const reference = findAttribute(schema, name);
  if (!reference) return;
  if (reference.attribute) {
    put(resource, reference, value, name);
    return;
  }
  const { extension } = reference;
  if (!extension || value === null || value === "") return;
  if (!isJsonObject(value))
    throw invalidValue(`'${extension.id}' must be an object with the extension's attributes`);
  for (const [inner, innerValue] of Object.entries(value)) {
    readAttribute(schema, resource, `${extension.id}:${inner}`, innerValue);
  }
}

function put(resource: JsonObject, reference: AttributeReference, value: JsonValue, name: string): void {
  const { attribute, subAttribute, extension } = reference;
  if (!attribute || attribute.mutability === "readOnly" || subAttribute?.mutability === "readOnly") return;
  const coerced = coerceValue(subAttribute ?? attribute, value, name);
  if (!subAttribute) requireIdentified(attribute, value, name);
  if (coerced === undefined) return;
  const parent = extension ? objectAt(resource, extension.id) : resource;
  if (!subAttribute) parent[attribute.name] = withParts(parent[attribute.name], coerced);
  // `name.givenName` as a key; one for each element of a list would have no meaning.
  else if (!attribute.multiValued) objectAt(parent, attribute.name)[subAttribute.name] = coerced;
}

/** A complex value with what `name.givenName` beside it has said before. */
const withParts = (known: JsonValue | undefined, value: JsonValue): JsonValue =>
  isJsonObject(known) && isJsonObject(value) ? { ...known, ...value } : value;

function objectAt(parent: JsonObject, name: string): JsonObject {
  const known = parent[name];
  if (isJsonObject(known)) return known;
  const made: JsonObject = {};
  parent[name] = made;
  return made;
}
