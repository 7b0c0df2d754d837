import { isJsonObject } from "../../domain/values/json.js";
import type { JsonObject, JsonValue } from "../../domain/values/json.js";
import { foldCase } from "../../domain/values/text.js";
import type { Attribute, ResourceSchema, Schema } from "./attribute.js";

/**
 * A copy of a resource in which strings that compare without case are folded, for filters and sorting.
 *
 * @param resource in canonical form
 */
export function foldStrings(schema: ResourceSchema, resource: JsonObject): JsonObject {
  return mapValues(resource, (name, value) => {
    const extension = schema.extensions.get(name.toLowerCase());
    return extension && isJsonObject(value) ? foldIn(extension, value) : foldNamed(schema.core, name, value);
  });
}

const foldIn = (schema: Schema, value: JsonObject) =>
  mapValues(value, (name, inner) => foldNamed(schema, name, inner));

function foldNamed(schema: Schema, name: string, value: JsonValue): JsonValue {
  const attribute = schema.attributes.get(name.toLowerCase());
  return attribute ? foldValue(attribute, value) : value;
}

function foldValue(attribute: Attribute, value: JsonValue): JsonValue {
  if (typeof value === "string") return attribute.caseExact ? value : foldCase(value);
  if (Array.isArray(value)) return value.map((element) => foldValue(attribute, element));
  if (!isJsonObject(value)) return value;
  return mapValues(value, (name, inner) => {
    const subAttribute = attribute.subAttributes.get(name.toLowerCase());
    return subAttribute ? foldValue(subAttribute, inner) : inner;
  });
}

function mapValues(object: JsonObject, change: (name: string, value: JsonValue) => JsonValue): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(name, value)]));
}
