import { isDeepStrictEqual } from "node:util";
import type { Criteria } from "../../domain/listing.js";
import { invalidCount, invalidSyntax, invalidValue } from "../errors.js";
import type { ScimError } from "../errors.js";
import { compileFilter } from "../filter/resolve.js";
import { compileSort } from "../filter/sort.js";
import type { ResourceSchema } from "../schema/attribute.js";

/**
 * The query parameters of RFC 7644 sections 3.4.2 and 3.9 and of RFC 9865, from a query string or from `.search`.
 */
export interface Query {
  readonly filter?: string;
  readonly sortBy?: string;
  readonly sortOrder?: string;
  readonly startIndex?: number;
  readonly count?: number;
  /** Empty for the first page of a list by cursor. */
  readonly cursor?: string;
  readonly attributes?: readonly string[];
  readonly excludedAttributes?: readonly string[];
}

/** The names of the parameters, by their lower-case form. */
const PARAMETERS: ReadonlyMap<string, string> = new Map(
  ["filter", "sortBy", "sortOrder", "startIndex", "count", "cursor", "attributes", "excludedAttributes"].map(
    (name) => [name.toLowerCase(), name],
  ),
);

/** Parameters as a client sent them, by their names in any case. */
type Sent = Readonly<Record<string, unknown>>;

/**
 * Reads the parameters of a request; unknown ones are ignored. Names are matched without case: a list whose `Filter` is
 * ignored would contain everything.
 *
 * @param sent a parsed query string, or the body of a SearchRequest
 * @throws ScimError 400 `invalidValue` for a parameter of the wrong form, `invalidCount` in a list by cursor
 */
export function readQuery(sent: Sent): Query {
  const source = named(sent);
  const filter = text(source, "filter");
  const sortBy = text(source, "sortBy");
  const sortOrder = text(source, "sortOrder");
  const startIndex = integer(source, "startIndex", invalidValue);
  const cursor = text(source, "cursor", true);
  const count = integer(source, "count", cursor === undefined ? invalidValue : invalidCount);
  const attributes = names(source, "attributes");
  const excludedAttributes = names(source, "excludedAttributes");
  return {
    ...(filter !== undefined && { filter }),
    ...(sortBy !== undefined && { sortBy }),
    ...(sortOrder !== undefined && { sortOrder }),
    ...(startIndex !== undefined && { startIndex }),
    ...(count !== undefined && { count }),
    ...(cursor !== undefined && { cursor }),
    ...(attributes && { attributes }),
    ...(excludedAttributes && { excludedAttributes }),
  };
}

/**
 * Compiles the filter and the order of a query.
 *
 * @param others the schemas of other resource types that are searched together with this one: attributes that only they
 *   have count as absent here (RFC 7644 section 3.4.2.1)
 * @throws ScimError 400 `invalidFilter`, `invalidPath` or `invalidValue`
 */
export function toCriteria(
  schema: ResourceSchema,
  query: Query,
  others: readonly ResourceSchema[] = [],
): Criteria {
  const { filter, sortBy, sortOrder } = query;
  const sort = sortBy === undefined ? undefined : compileSort(schema, sortBy, sortOrder, others);
  return {
    ...(filter !== undefined && { filter: compileFilter(schema, filter, others) }),
    ...(sort && { sort }),
  };
}

/** Whether a request has a filter, however it is written. */
export const isFiltered = (sent: Sent) =>
  Object.entries(sent).some(
    ([name, value]) => name.toLowerCase() === "filter" && !(typeof value === "string" && value.trim() === ""),
  );

/** The known parameters by their own names. @throws ScimError 400 `invalidValue` for two spellings with different values */
function named(sent: Sent): Sent {
  const found: Record<string, unknown> = {};
  for (const [spelling, value] of Object.entries(sent)) {
    const name = PARAMETERS.get(spelling.toLowerCase());
    if (name === undefined) continue;
    if (name in found && !isDeepStrictEqual(found[name], value)) {
      throw invalidValue(`The parameter '${name}' has two spellings with different values; send it once`);
    }
    found[name] = value;
  }
  return found;
}

/** @param mayBeEmpty whether an empty value has a meaning of its own, unlike an absent one */
function text(source: Sent, name: string, mayBeEmpty = false): string | undefined {
  const value = source[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string") throw invalidValue(`Send the parameter '${name}' exactly once, as a string`);
  return value.trim() === "" && !mayBeEmpty ? undefined : value;
}

function integer(source: Sent, name: string, refusal: (detail: string) => ScimError): number | undefined {
  const value = source[name];
  if (value === undefined || value === null || value === "") return undefined;
  const number = typeof value === "string" && /^\s*[+-]?\d+\s*$/.test(value) ? Number(value) : value;
  if (typeof number !== "number" || !Number.isInteger(number)) {
    throw refusal(`The parameter '${name}' must be a whole number`);
  }
  return Math.min(Math.max(number, -1), 2 ** 53 - 1);
}

/** How many attributes a query can name, and how many characters their names can have together. */
const MAX_NAMES = 500;
const MAX_NAMES_LENGTH = 32 * 1024;

function names(source: Sent, name: string): string[] | undefined {
  const value = source[name];
  if (value === undefined || value === null) return undefined;
  const parts: unknown[] = Array.isArray(value) ? value : [value];
  if (!parts.every((part) => typeof part === "string")) {
    throw invalidSyntax(`The parameter '${name}' must be a list of attribute names`);
  }
  const length = parts.reduce((sum, part) => sum + part.length, parts.length);
  if (length > MAX_NAMES_LENGTH) throw tooManyNames(name);
  const found = parts.flatMap((part) => part.split(",")).map((part) => part.trim());
  const named = found.filter((part) => part !== "");
  if (named.length > MAX_NAMES) throw tooManyNames(name);
  return named.length > 0 ? named : undefined;
}

const tooManyNames = (name: string) =>
  invalidValue(`The parameter '${name}' can have at most ${MAX_NAMES} attribute names`);
