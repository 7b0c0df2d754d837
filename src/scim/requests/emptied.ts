import { isJsonObject } from "../../domain/values/json.js";
import { isUnassigned } from "./coercion.js";
import { member } from "./message.js";

/**
 * Distinguishes a list that a client empties on purpose from one whose elements all have no value, which clients send that
 * send every field of a form. Both are empty once they are read.
 */

/** Whether the body of a POST or PUT has elements in an attribute. */
export function hasElements(body: unknown, attribute: string): boolean {
  const value = isJsonObject(body) ? member(body, attribute) : undefined;
  return value !== undefined && !isUnassigned(value);
}

/** Whether a PATCH removes something, instead of writing something empty. */
export function takesAway(body: unknown): boolean {
  return operationsOf(body).some((operation) => {
    const { op, value } = operation as { op?: unknown; value?: unknown };
    const isEmptyList = Array.isArray(value) && value.length === 0;
    return String(op).toLowerCase() === "remove" || value === null || isEmptyList;
  });
}

function operationsOf(body: unknown): readonly unknown[] {
  if (Array.isArray(body)) return body;
  const operations = isJsonObject(body) ? member(body, "operations") : undefined;
  return Array.isArray(operations) ? operations : [];
}
