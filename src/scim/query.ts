import type { Listing } from "../domain/listing.js";
import { invalidSyntax, invalidValue } from "./errors.js";
import { compileFilter } from "./filter/resolve.js";
import { compileSort } from "./filter/sort.js";
import { groupLocation, userLocation } from "./locations.js";
import type { ResourceSchema } from "./schema/attribute.js";

/** How many resources a page has when the client does not say, and at most. */
export const DEFAULT_COUNT = 100;
export const MAX_COUNT = 1000;

/** The query parameters of RFC 7644 sections 3.4.2 and 3.9, alike from a query string and from `.search`. */
export interface Query {
  readonly filter?: string;
  readonly sortBy?: string;
  readonly sortOrder?: string;
  readonly startIndex?: number;
  readonly count?: number;
  readonly attributes?: readonly string[];
  readonly excludedAttributes?: readonly string[];
}

/**
 * Reads the parameters of a request; those that SCIM does not know are left alone.
 *
 * @param source a parsed query string, or the body of a SearchRequest
 * @throws ScimError 400 `invalidValue` for a parameter of the wrong form
 */
export function readQuery(source: Readonly<Record<string, unknown>>): Query {
  const filter = text(source, "filter");
  const sortBy = text(source, "sortBy");
  const sortOrder = text(source, "sortOrder");
  const startIndex = integer(source, "startIndex");
  const count = integer(source, "count");
  const attributes = names(source, "attributes");
  const excludedAttributes = names(source, "excludedAttributes");
  return {
    ...(filter !== undefined && { filter }),
    ...(sortBy !== undefined && { sortBy }),
    ...(sortOrder !== undefined && { sortOrder }),
    ...(startIndex !== undefined && { startIndex }),
    ...(count !== undefined && { count }),
    ...(attributes && { attributes }),
    ...(excludedAttributes && { excludedAttributes }),
  };
}

/**
 * What a query asks for, resolved against the schema of a resource type.
 *
 * @throws ScimError 400 `invalidFilter`, `invalidPath` or `invalidValue`
 */
export function toListing(schema: ResourceSchema, query: Query, baseUrl: string): Listing {
  return {
    locations: { accounts: userLocation("", baseUrl), organizations: groupLocation("", baseUrl) },
    ...(query.filter !== undefined && { filter: compileFilter(schema, query.filter) }),
    ...(query.sortBy !== undefined && { sort: compileSort(schema, query.sortBy, query.sortOrder) }),
    offset: startIndexOf(query) - 1,
    limit: Math.min(Math.max(query.count ?? DEFAULT_COUNT, 0), MAX_COUNT),
  };
}

/** Values below 1 count as 1 (RFC 7644 section 3.4.2.4). */
export const startIndexOf = (query: Query) => Math.max(query.startIndex ?? 1, 1);

function text(source: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = source[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string")
    throw invalidValue(`The parameter '${name}' must be given once, as a string`);
  return value.trim() === "" && name !== "filter" ? undefined : value;
}

function integer(source: Readonly<Record<string, unknown>>, name: string): number | undefined {
  const value = source[name];
  if (value === undefined || value === null || value === "") return undefined;
  const number = typeof value === "string" && /^\s*[+-]?\d+\s*$/.test(value) ? Number(value) : value;
  if (typeof number !== "number" || !Number.isInteger(number)) {
    throw invalidValue(`The parameter '${name}' must be a whole number`);
  }
  return Math.min(Math.max(number, -1), 2 ** 53 - 1);
}

function names(source: Readonly<Record<string, unknown>>, name: string): string[] | undefined {
  const value = source[name];
  if (value === undefined || value === null) return undefined;
  const parts: unknown[] = Array.isArray(value) ? value : [value];
  if (!parts.every((part) => typeof part === "string")) {
    throw invalidSyntax(`The parameter '${name}' must be a list of attribute names`);
  }
  const found = parts.flatMap((part) => part.split(",")).map((part) => part.trim());
  const given = found.filter((part) => part !== "");
  return given.length > 0 ? given : undefined;
}
