import type { JsonObject, JsonValue } from "../../domain/values/json.js";

/** A key of a message, in any case. */
export function member(message: JsonObject, name: string): JsonValue | undefined {
  const key = Object.keys(message).find((each) => each.toLowerCase() === name.toLowerCase());
  return key === undefined ? undefined : message[key];
}

/** Whether the `schemas` of a message name a schema, alone or in a list. */
export const names = (schemas: JsonValue, wanted: string) =>
  (Array.isArray(schemas) ? schemas : [schemas]).some(
    (urn) => typeof urn === "string" && urn.toLowerCase() === wanted.toLowerCase(),
  );
