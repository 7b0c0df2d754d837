import { isJsonObject } from "../../domain/values/json.js";
import type { JsonObject, JsonValue } from "../../domain/values/json.js";
import { invalidSyntax, invalidValue } from "../errors.js";

/** How deep the data of an operation can be nested; resources are less deep. */
const MAX_DEPTH = 32;

/** How many characters a bulkId can have. */
const MAX_BULK_ID = 256;

const PREFIX = "bulkId:";
/** In the filter of a PATCH's path: `members[value eq "bulkId:..."]`. No match reaches into the next one. */
const QUOTED = /"bulkId:([^"]+)"/g;

/** Returns the id for a `bulkId`; undefined when there is none, and the reference is omitted. */
type Resolve = (bulkId: string) => string | undefined;

/**
 * The bulkIds that an operation refers to (RFC 7644 section 3.7.2), in its path and its data.
 *
 * @throws ScimError 400 `invalidSyntax` for data that is nested too deeply, `invalidValue` for a bulkId that is too long
 */
export function referencesOf(path: string, data: JsonValue | undefined): Set<string> {
  const found = new Set<string>();
  const note = (bulkId: string) => {
    requireShort(bulkId);
    found.add(bulkId);
  };
  const id = referenceIn(path.slice(path.lastIndexOf("/") + 1));
  if (id !== undefined) note(id);
  if (data !== undefined) noteReferences(data, note, 0);
  return found;
}

/** Whether a bulkId is not too long, if there is one. */
export const isShort = (bulkId: string | undefined) => bulkId === undefined || bulkId.length <= MAX_BULK_ID;

/** @throws ScimError 400 `invalidValue` */
export function requireShort(bulkId: string): void {
  if (isShort(bulkId)) return;
  throw invalidValue(`A bulkId has ${bulkId.length} characters; at most ${MAX_BULK_ID} are allowed`);
}

const referenceIn = (text: string) =>
  text.startsWith(PREFIX) && text.length > PREFIX.length ? text.slice(PREFIX.length) : undefined;

function noteReferences(data: JsonValue, note: (bulkId: string) => void, depth: number): void {
  if (depth > MAX_DEPTH) throw invalidSyntax(`The data has more than ${MAX_DEPTH} levels of nesting`);
  if (typeof data === "string") {
    const bulkId = referenceIn(data);
    if (bulkId !== undefined) note(bulkId);
  } else if (Array.isArray(data)) {
    for (const element of data) noteReferences(element, note, depth + 1);
  } else if (isJsonObject(data)) {
    for (const [name, value] of Object.entries(data)) {
      if (!isPath(name, value)) noteReferences(value, note, depth + 1);
      else for (const [, bulkId = ""] of value.matchAll(QUOTED)) note(bulkId);
    }
  }
}

const isPath = (name: string, value: JsonValue): value is string =>
  typeof value === "string" && name.length === 4 && name.toLowerCase() === "path";

/**
 * Replaces references by ids. A reference without an id is omitted, together with the object whose `value` it is.
 */
export function resolveReferences(data: JsonValue, resolve: Resolve): JsonValue | undefined {
  if (typeof data === "string") {
    const bulkId = referenceIn(data);
    return bulkId === undefined ? data : resolve(bulkId);
  }
  if (Array.isArray(data)) return data.flatMap((element) => resolveReferences(element, resolve) ?? []);
  return isJsonObject(data) ? inObject(data, resolve) : data;
}

function inObject(data: JsonObject, resolve: Resolve): JsonObject | undefined {
  const entries: [string, JsonValue][] = [];
  for (const [name, value] of Object.entries(data)) {
    const resolved = isPath(name, value)
      ? value.replace(QUOTED, (whole, bulkId: string) => `"${resolve(bulkId) ?? whole}"`)
      : resolveReferences(value, resolve);
    if (resolved !== undefined) entries.push([name, resolved]);
    else if (name.toLowerCase() === "value") return undefined;
  }
  return Object.fromEntries(entries);
}
