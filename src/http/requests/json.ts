import { isUtf8 } from "node:buffer";
import type { JsonValue } from "../../domain/values/json.js";
import { invalidSyntax } from "../../scim/errors.js";
import { endOfValue } from "./json-scan.js";

/**
 * Parses JSON, after a look at how much it is.
 *
 * @throws ScimError 400 `invalidSyntax` for what is no JSON in UTF-8 or is nested too deeply, 413 for too many values or
 *   names
 */
export function parseJson(bytes: Buffer): JsonValue {
  requireUtf8(bytes);
  endOfValue(bytes, 0);
  return parsePart(bytes, 0, bytes.length);
}

/** @throws ScimError 400 `invalidSyntax`: decoding would put other characters where it cannot read any */
export function requireUtf8(bytes: Buffer): void {
  if (!isUtf8(bytes)) throw invalidSyntax("The body is not valid UTF-8");
}

/** Parses a part of a JSON text that is a value by itself. @throws ScimError 400 `invalidSyntax` */
export function parsePart(bytes: Buffer, start: number, end: number): JsonValue {
  try {
    return JSON.parse(bytes.toString("utf8", start, end)) as JsonValue;
  } catch (error) {
    throw invalidSyntax(`The body is not valid JSON: ${(error as Error).message}`);
  }
}
