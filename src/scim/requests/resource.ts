import { isJsonObject } from "../../domain/values/json.js";
import type { JsonObject, JsonValue } from "../../domain/values/json.js";
import type { AskedRequest } from "../../domain/audit/asked-request.js";
import { coerceValue, isNoElement, isUnassigned } from "./coercion.js";
import { invalidSyntax, invalidValue } from "../errors.js";
import { outOfText } from "./json-text.js";
import { member } from "./message.js";
import { findAttribute, isComputed, isReference } from "../schema/attribute.js";
import type { Attribute, AttributeReference, ResourceSchema } from "../schema/attribute.js";

/** The schema of the drafts of SCIM 2.0, which had one for all resource types. */
const DRAFT_SCHEMA = /^urn:scim:schemas:core:2\.0$/i;

/** How many schemas a resource can name. */
const MAX_SCHEMAS = 100;

/**
 * Reads a whole resource from POST or PUT into canonical form: names in the schema's case, values in its types, without
 * read-only and unassigned attributes (RFC 7643 section 2). Unknown attributes and schemas are left out, since identity
 * providers send many.
 *
 * @param request where it notes what was asked for and how it was understood, for the audit log
 * @throws ScimError 400 `invalidSyntax` for what is no such resource or does not say so, `invalidValue` for a value of the
 *   wrong type and for a required attribute that is missing
 */
export function readResource(schema: ResourceSchema, body: unknown, request?: AskedRequest): JsonObject {
  if (!isJsonObject(body)) throw invalidSyntax(`A ${schema.resourceType} must be a JSON object`);
  const resource: JsonObject = {};
  const entries = Object.entries(body).map(([name, value]) => ({
    name,
    value,
    isSchemas: name.toLowerCase() === "schemas",
  }));
  requireSchema(schema, entries.find(({ isSchemas }) => isSchemas)?.value);
  for (const { name, value, isSchemas } of entries) {
    if (!isSchemas) readAttribute(schema, resource, name, value, request);
  }
  requireAttributes(schema, resource);
  return resource;
}

/**
 * @throws ScimError 400 `invalidValue` naming a required attribute that a resource in canonical form lacks
 */
export function requireAttributes(schema: ResourceSchema, resource: JsonObject): void {
  for (const { name, required, mutability } of schema.core.attributes.values()) {
    // Immutable attributes are checked when the resource is created.
    if (!required || mutability === "readOnly" || mutability === "immutable") continue;
    const value = resource[name];
    if (value === undefined || (typeof value === "string" && value.trim() === "")) {
      throw invalidValue(`The attribute '${name}' is required and must not be empty`);
    }
  }
}

/**
 * Requires that each element of a list of references, such as `members`, has a `value`, and that not all of the values are
 * empty. Otherwise they would be left out, and replacing the list could empty it by mistake.
 *
 * @throws ScimError 400 `invalidValue`
 */
export function requireIdentified(attribute: Attribute, value: JsonValue, name: string): void {
  if (!attribute.multiValued || !isReference(attribute)) return;
  const elements = Array.isArray(value) ? value : [value].filter(isJsonObject);
  const isNameless = (element: JsonValue) => isJsonObject(element) && member(element, "value") === undefined;
  if (elements.some(isNameless) || (elements.length > 0 && elements.every(isNoElement))) {
    throw invalidValue(`Each element of '${name}' needs a 'value'`);
  }
}

/**
 * `schemas` names the resource type (RFC 7643 section 3). Clients leave it out, and then it is the one of the endpoint;
 * they add schemas of their own, or name the one that SCIM had before it became an RFC.
 */
function requireSchema({ core, resourceType }: ResourceSchema, schemas: JsonValue = null): void {
  if (isUnassigned(schemas)) return;
  const isCore = (urn: string) => urn.toLowerCase() === core.id.toLowerCase() || DRAFT_SCHEMA.test(urn);
  if (!Array.isArray(schemas) || !schemas.every((urn) => typeof urn === "string")) {
    throw invalidSyntax(`The 'schemas' of a ${resourceType} must be a list of schema URNs: ["${core.id}"]`);
  }
  if (schemas.length > MAX_SCHEMAS) throw invalidSyntax(`'schemas' can name at most ${MAX_SCHEMAS}`);
  if (!schemas.some(isCore)) {
    throw invalidSyntax(
      `'schemas' names ${schemas.map((urn) => `'${urn}'`).join(", ")}, but this is where a ${resourceType} belongs: '${core.id}'`,
    );
  }
}

/**
 * Whether the body of a POST or PUT contains an attribute, even with a null value.
 *
 * @param name of the attribute; in an extension, after its URN and a colon
 */
export function namesAttribute(schema: ResourceSchema, body: unknown, name: string): boolean {
  const sought = findAttribute(schema, name)?.attribute;
  const names = (object: JsonObject, prefix = ""): boolean =>
    Object.entries(object).some(([key, value]) => {
      if (key.toLowerCase() === schema.core.id.toLowerCase()) return isJsonObject(value) && names(value);
      const found = findAttribute(schema, `${prefix}${key}`);
      if (found?.attribute) return found.attribute === sought;
      return found?.extension !== undefined && isJsonObject(value) && names(value, `${found.extension.id}:`);
    });
  return isJsonObject(body) && names(body);
}

function readAttribute(
  schema: ResourceSchema,
  resource: JsonObject,
  name: string,
  value: JsonValue,
  request: AskedRequest | undefined,
): void {
  if (name.toLowerCase() === schema.core.id.toLowerCase() && isJsonObject(value)) {
    // Attributes can be in an object under their schema's URN, although clients rarely do that for the core schema.
    for (const [inner, innerValue] of Object.entries(value)) {
      readAttribute(schema, resource, `${schema.core.id}:${inner}`, innerValue, request);
    }
    return;
  }
  const reference = findAttribute(schema, name);
  if (!reference) {
    request?.understood.add(name, "ignored");
    return;
  }
  if (reference.attribute) {
    put(resource, reference, value, name, request);
    return;
  }
  const { extension } = reference;
  if (!extension || value === null || value === "") return;
  if (!isJsonObject(value))
    throw invalidValue(
      `The value of '${extension.id}' must be an object with the attributes of the extension`,
    );
  for (const [inner, innerValue] of Object.entries(value)) {
    readAttribute(schema, resource, `${extension.id}:${inner}`, innerValue, request);
  }
}

function put(
  resource: JsonObject,
  reference: AttributeReference,
  value: JsonValue,
  name: string,
  request: AskedRequest | undefined,
): void {
  const { attribute, subAttribute, extension } = reference;
  if (!attribute || attribute.name === "schemas") return;
  if (isComputed(attribute) || (subAttribute && isComputed(subAttribute))) {
    request?.understood.add(name, "read-only, ignored");
    return;
  }
  request?.asked.add(name, "set");
  const read = outOfText(subAttribute ?? attribute, value, name);
  if (read !== value) request?.understood.add(name, "JSON text read");
  const coerced = coerceValue(subAttribute ?? attribute, read, name, request?.understood);
  if (!subAttribute) requireIdentified(attribute, read, name);
  if (coerced === undefined) return;
  const parent = extension ? objectAt(resource, extension.id) : resource;
  if (!subAttribute) parent[attribute.name] = withParts(parent[attribute.name], coerced);
  // `name.givenName` as a key; one for each element of a list would have no meaning.
  else if (!attribute.multiValued) objectAt(parent, attribute.name)[subAttribute.name] = coerced;
}

/** A complex value, merged with sub-attributes from separate keys such as `name.givenName`. */
const withParts = (known: JsonValue | undefined, value: JsonValue): JsonValue =>
  isJsonObject(known) && isJsonObject(value) ? { ...known, ...value } : value;

function objectAt(parent: JsonObject, name: string): JsonObject {
  const known = parent[name];
  if (isJsonObject(known)) return known;
  const made: JsonObject = {};
  parent[name] = made;
  return made;
}
