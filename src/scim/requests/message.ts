import { isJsonObject } from "../../domain/values/json.js";
import type { JsonObject, JsonValue } from "../../domain/values/json.js";
import { invalidSyntax } from "../errors.js";

/**
 * Reads the body of a message, such as a PatchOp, a BulkRequest or a SearchRequest, and checks that it is one. Clients
 * leave `schemas` out, write one URN without a list, and names in any case.
 *
 * @param name what the message is called, in an error
 * @throws ScimError 400 `invalidSyntax`
 */
export function readMessage(body: unknown, urn: string, name: string): JsonObject {
  if (!isJsonObject(body)) throw invalidSyntax(`The body of a ${name} must be a JSON object`);
  const schemas = member(body, "schemas") ?? null;
  if (schemas !== null && !names(schemas, urn)) {
    throw invalidSyntax(`The 'schemas' of a ${name} must be ["${urn}"]`);
  }
  return body;
}

/** A key of a message, in any case. */
export function member(message: JsonObject, name: string): JsonValue | undefined {
  const key = Object.keys(message).find((each) => each.toLowerCase() === name.toLowerCase());
  return key === undefined ? undefined : message[key];
}

const names = (schemas: JsonValue, wanted: string) =>
  (Array.isArray(schemas) ? schemas : [schemas]).some(
    (urn) => typeof urn === "string" && urn.toLowerCase() === wanted.toLowerCase(),
  );
