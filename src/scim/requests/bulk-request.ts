import { isJsonObject } from "../../domain/values/json.js";
import type { JsonObject, JsonValue } from "../../domain/values/json.js";
import { invalidSyntax, invalidValue, ScimError } from "../errors.js";
import { Turns } from "../../domain/limits/turns.js";
import { member, readMessage } from "./message.js";
import { isShort, referencesOf, requireShort } from "../bulk/references.js";

const BULK_REQUEST = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";

const METHODS = ["POST", "PUT", "PATCH", "DELETE"] as const;
export type BulkMethod = (typeof METHODS)[number];

/** One operation of a Bulk request. */
export interface BulkOperation {
  readonly method: BulkMethod;
  /** Below the SCIM base: `/Users` or `/Users/{id}`. */
  readonly path: string;
  readonly bulkId: string | undefined;
  /** The entity tag that the resource must have. */
  readonly version: string | undefined;
  readonly data: JsonValue | undefined;
  /** The bulkIds that it refers to. */
  readonly references: ReadonlySet<string>;
  /** Whether it contains a password, which takes long to hash. */
  readonly hasPassword: boolean;
}

/** A malformed operation: the parts that its answer repeats, and the error. */
export interface MalformedOperation {
  readonly method: string | undefined;
  readonly bulkId: string | undefined;
  readonly error: ScimError;
}

export interface BulkRequest {
  /** In the order in which they were sent. */
  readonly operations: readonly (BulkOperation | MalformedOperation)[];
  /** After how many errors to stop. */
  readonly failOnErrors: number;
}

/** How many references there can be in one request, over all operations. */
const MAX_REFERENCES = 50_000;

/**
 * Reads the body of a Bulk request (RFC 7644 section 3.7), and lets other requests run in between.
 *
 * @throws ScimError 400 `invalidSyntax` or `invalidValue`, 413 for too many operations or references
 */
export async function readBulkRequest(body: unknown, maxOperations: number): Promise<BulkRequest> {
  const message = readMessage(body, BULK_REQUEST, "Bulk request");
  const operations = member(message, "operations");
  if (!Array.isArray(operations) || operations.length === 0) {
    throw invalidSyntax("A Bulk request needs 'Operations': a list of at least one operation");
  }
  if (operations.length > maxOperations) {
    const detail = `A Bulk request can have at most ${maxOperations} operations, not ${operations.length}`;
    throw new ScimError(413, undefined, detail);
  }
  const failOnErrors = readFailOnErrors(member(message, "failOnErrors") ?? 0);
  const read: (BulkOperation | MalformedOperation)[] = [];
  const turns = new Turns();
  let references = 0;
  for (const operation of operations) {
    const one = readOperation(operation);
    read.push(one);
    references += "references" in one ? one.references.size : 0;
    if (references > MAX_REFERENCES) {
      throw new ScimError(
        413,
        undefined,
        `The operations have more than ${MAX_REFERENCES} references to other operations; send fewer operations`,
      );
    }
    await turns.next();
  }
  requireUniqueIds(read);
  return { operations: read, failOnErrors };
}

/** Some clients send 0 for no limit. @throws ScimError 400 `invalidValue` */
function readFailOnErrors(value: JsonValue): number {
  if (!Number.isSafeInteger(value) || Number(value) < 0) {
    throw invalidValue("'failOnErrors' must be a whole number, not below 0");
  }
  return Number(value) === 0 ? Infinity : Number(value);
}

function readOperation(operation: JsonValue): BulkOperation | MalformedOperation {
  if (!isJsonObject(operation)) {
    return { method: undefined, bulkId: undefined, error: invalidSyntax("An operation must be an object") };
  }
  const [sent, bulkId] = [member(operation, "method"), member(operation, "bulkId")].map(asText);
  try {
    textIn(operation, "bulkId");
    const method = METHODS.find((each) => each === sent?.trim().toUpperCase());
    if (!method) throw invalidSyntax(`The 'method' of an operation must be one of ${METHODS.join(", ")}`);
    const path = textIn(operation, "path")?.replace(SLASHES_AT_END, "$1");
    if (path === undefined) throw invalidSyntax("An operation needs a 'path', such as /Users");
    if (method === "POST" && bulkId === undefined) {
      throw invalidSyntax(
        "A POST operation needs a 'bulkId': a name of your choice for the resource that it creates",
      );
    }
    const data = member(operation, "data");
    // Whether the data fits the method is checked where single requests are read.
    if (method !== "DELETE" && (data === undefined || data === null)) {
      throw invalidSyntax(`A ${method} operation needs 'data': the body of the request`);
    }
    if (bulkId !== undefined) requireShort(bulkId);
    const references = referencesOf(path, data);
    const version = textIn(operation, "version");
    return { method, path, bulkId, version, data, references, hasPassword: hasPassword(method, data) };
  } catch (error) {
    if (!(error instanceof ScimError)) throw error;
    // The answer repeats only short values.
    const [repeatedMethod, repeatedId] = [sent, bulkId].map((text) => (isShort(text) ? text : undefined));
    return { method: repeatedMethod, bulkId: repeatedId, error };
  }
}

/** A bulkId may be the last part of a path. */
const SLASHES_AT_END = /^(.*[^/])\/+$/s;

const asText = (value: JsonValue | undefined) => (typeof value === "string" ? value : undefined);

/** @throws ScimError 400 `invalidSyntax` for anything that is not text */
function textIn(operation: JsonObject, name: string): string | undefined {
  const value = member(operation, name) ?? undefined;
  if (value === undefined || typeof value === "string") return value;
  throw invalidSyntax(`The '${name}' of an operation must be a string`);
}

/** @throws ScimError 400 `invalidValue` for a duplicate bulkId, since references to it would be ambiguous */
function requireUniqueIds(operations: BulkRequest["operations"]): void {
  const seen = new Set<string>();
  for (const { method, bulkId } of operations) {
    if (method !== "POST" || bulkId === undefined) continue;
    if (seen.has(bulkId))
      throw invalidValue(`More than one operation has the bulkId '${bulkId}'; each must be unique`);
    seen.add(bulkId);
  }
}

/** A whole resource has a password by its name, at the top or under a schema; a PATCH can also have it in a path. */
function hasPassword(method: BulkMethod, data: JsonValue | undefined): boolean {
  if (method === "PATCH") return mentionsPassword(data);
  if (!isJsonObject(data)) return false;
  return [data, ...Object.values(data).filter(isJsonObject)].some((part) =>
    Object.keys(part).some(isOfPassword),
  );
}

function mentionsPassword(data: JsonValue | undefined): boolean {
  if (typeof data === "string") return isOfPassword(data);
  if (Array.isArray(data)) return data.some(mentionsPassword);
  return (
    isJsonObject(data) &&
    Object.entries(data).some(([name, value]) => isOfPassword(name) || mentionsPassword(value))
  );
}

const isOfPassword = (text: string) => /password/i.test(text);
