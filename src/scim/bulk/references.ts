import { isJsonObject } from "../../domain/json.js";
import type { JsonObject, JsonValue } from "../../domain/json.js";
import { invalidSyntax } from "../errors.js";

/** How deep the data of an operation can be nested: more than any resource is. */
const MAX_DEPTH = 32;

const WHOLE = /^bulkId:(.+)$/s;
/** In the filter of a PATCH's path: `members[value eq "bulkId:..."]`. */
const QUOTED = /"bulkId:((?:[^"\\]|\\.)+)"/g;

/** Says what stands for a `bulkId`; undefined: nothing does, and it is left out. */
type Resolve = (bulkId: string) => string | undefined;

/**
 * The bulkIds that an operation refers to (RFC 7644 section 3.7.2), in its path and its data.
 *
 * @throws ScimError 400 `invalidSyntax` for data that is nested too deeply
 */
export function referencesOf(path: string, data: JsonValue | undefined): Set<string> {
  const found = new Set<string>();
  const note = (bulkId: string) => {
    found.add(bulkId);
    return bulkId;
  };
  const id = WHOLE.exec(path.split("/").at(-1) ?? "")?.[1];
  if (id !== undefined) note(id);
  if (data !== undefined) resolveReferences(data, note);
  return found;
}

/**
 * Data with ids in the place of references. A reference that nothing stands for goes, together with the object
 * whose value it is.
 */
export function resolveReferences(data: JsonValue, resolve: Resolve, depth = 0): JsonValue | undefined {
  if (depth > MAX_DEPTH) throw invalidSyntax(`The data is nested more than ${MAX_DEPTH} levels deep`);
  if (typeof data === "string") {
    const bulkId = WHOLE.exec(data)?.[1];
    return bulkId === undefined ? data : resolve(bulkId);
  }
  if (Array.isArray(data)) {
    return data.flatMap((element) => resolveReferences(element, resolve, depth + 1) ?? []);
  }
  return isJsonObject(data) ? inObject(data, resolve, depth) : data;
}

function inObject(data: JsonObject, resolve: Resolve, depth: number): JsonObject | undefined {
  const entries: [string, JsonValue][] = [];
  for (const [name, value] of Object.entries(data)) {
    const resolved =
      name.toLowerCase() === "path" && typeof value === "string"
        ? value.replace(QUOTED, (whole, bulkId: string) => `"${resolve(bulkId) ?? whole}"`)
        : resolveReferences(value, resolve, depth + 1);
    if (resolved !== undefined) entries.push([name, resolved]);
    else if (name.toLowerCase() === "value") return undefined;
  }
  return Object.fromEntries(entries);
}
