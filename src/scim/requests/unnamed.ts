import { isJsonObject } from "../../domain/values/json.js";
import type { JsonObject } from "../../domain/values/json.js";
import { findAttribute } from "../schema/attribute.js";
import type { ResourceSchema } from "../schema/attribute.js";
import { namesAttribute } from "./resource.js";

/**
 * Keeps attributes that the body of a PUT does not name: an identity provider that knows nothing of them does not mean to
 * take them away (RFC 7644 section 3.5.1 lets a server keep them).
 *
 * @param names of the attributes; in an extension, after its URN and a colon
 * @param next the resource that the body stands for, in canonical form
 */
export function keepUnnamed(
  schema: ResourceSchema,
  body: unknown,
  names: readonly string[],
  current: JsonObject,
  next: JsonObject,
): JsonObject {
  const result: JsonObject = { ...next };
  for (const name of names) {
    const { extension, attribute } = findAttribute(schema, name) ?? {};
    if (!attribute || namesAttribute(schema, body, name)) continue;
    const source = extension ? current[extension.id] : current;
    const value = isJsonObject(source) ? source[attribute.name] : undefined;
    if (value === undefined) continue;
    if (!extension) result[attribute.name] = value;
    else {
      const part = result[extension.id];
      result[extension.id] = { ...(isJsonObject(part) ? part : {}), [attribute.name]: value };
    }
  }
  return result;
}
