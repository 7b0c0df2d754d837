import { isJsonObject } from "../../domain/values/json.js";
import type { JsonObject, JsonValue } from "../../domain/values/json.js";
import { isDeepStrictEqual } from "node:util";
import { mutability } from "../errors.js";
import { isComputed } from "../schema/attribute.js";
import type { Attribute, ResourceSchema } from "../schema/attribute.js";

/**
 * Keeps the immutable attributes of a resource (RFC 7643 section 7, RFC 7644 section 3.5.1): what says nothing
 * of them leaves them as they are, and what says something else is refused.
 *
 * @param next as PUT or PATCH would have it, in canonical form
 * @throws ScimError 400 `mutability` naming the attribute
 */
export function keepImmutable({ core }: ResourceSchema, current: JsonObject, next: JsonObject): JsonObject {
  const result: JsonObject = { ...next };
  for (const attribute of core.attributes.values()) {
    if (attribute.mutability !== "immutable") continue;
    const [before, after] = [current[attribute.name], next[attribute.name]];
    if (after !== undefined && !isDeepStrictEqual(writable(attribute, before), writable(attribute, after))) {
      throw mutability(`The attribute '${attribute.name}' cannot be changed once it is set`);
    }
    if (before !== undefined) result[attribute.name] = before;
  }
  return result;
}

/** A value without its computed sub-attributes. */
function writable({ subAttributes }: Attribute, value: JsonValue | undefined): JsonValue | undefined {
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).filter(([name]) => {
      const subAttribute = subAttributes.get(name.toLowerCase());
      return subAttribute !== undefined && !isComputed(subAttribute);
    }),
  );
}
