/**
 * A listing, free of any protocol: which resources, in which order, which part of them. The SCIM layer
 * resolves filters and sort attributes against its schemas into these shapes; repositories compile them
 * to SQL. Every field here is single-valued: a multi-valued attribute is reached through a `match`.
 */

export type FieldType =
  "string" | "boolean" | "integer" | "decimal" | "dateTime" | "reference" | "binary" | "complex";

/** A single-valued attribute of a resource, or of one element of a multi-valued attribute. */
export interface Field {
  /**
   * The canonical names from the resource (or element) down: `["userName"]`, `["name", "familyName"]`,
   * `["urn:...:enterprise:2.0:User", "manager", "value"]`. Empty: the element itself, for a multi-valued
   * attribute of simple values.
   */
  readonly path: readonly string[];
  readonly type: FieldType;
  /** Whether strings compare with case. */
  readonly caseExact: boolean;
}

export type ComparisonOperator = "eq" | "ne" | "co" | "sw" | "ew" | "gt" | "ge" | "lt" | "le";

/** Dates are ISO 8601 strings; `null` stands for "has no value" and goes with `eq` and `ne` only. */
export type ComparisonValue = string | number | boolean | null;

export type Filter =
  | { readonly type: "and" | "or"; readonly filters: readonly Filter[] }
  | { readonly type: "not"; readonly filter: Filter }
  | {
      readonly type: "compare";
      readonly field: Field;
      readonly operator: ComparisonOperator;
      readonly value: ComparisonValue;
    }
  | { readonly type: "present"; readonly field: Field }
  /** Some element of a multi-valued attribute satisfies `filter` (or, without one, exists at all). */
  | { readonly type: "match"; readonly collection: Field; readonly filter?: Filter };

export interface Sort {
  /** What to sort by; relative to an element when `collection` is given. */
  readonly field: Field;
  /** A multi-valued attribute whose primary (else first) element gives the value. */
  readonly collection?: Field;
  readonly descending: boolean;
}

/**
 * The address of a resource, by its type and id. With an empty id, it is what stands in front of the id in such an
 * address, for filters and sorting by addresses.
 */
export type Locations = (resourceType: string, id: string) => string;

/** Which resources a listing is of, and in which order. */
export interface Criteria {
  readonly filter?: Filter;
  readonly sort?: Sort;
}

/** A place in the order of a listing: right behind the resource that has this id and this value. */
export interface Position {
  /** What the resource is sorted by; null when it has no such value or the listing is in no special order. */
  readonly value: SortValue;
  readonly id: string;
}

export type SortValue = string | number | boolean | null;

/** Which part of a listing is wanted. */
export interface Range {
  /** How many resources at most; 0 asks for the total alone. */
  readonly limit: number;
  /** About how many bytes they have at most, if they are more than one. */
  readonly maxBytes: number;
  readonly start:
    /** How many resources to skip. The cost grows with them, and what others delete meanwhile shifts the rest. */
    | { readonly type: "offset"; readonly offset: number }
    /** Behind a position, or from the beginning; `total` is what was counted when the listing began, if it was. */
    | { readonly type: "position"; readonly after?: Position; readonly total?: number | undefined };
}

export interface Listing extends Criteria, Range {
  readonly locations: Locations;
}

/** A listing of accounts and groups together; criteria that are absent leave that kind out. */
export interface DirectoryListing extends Range {
  readonly locations: Locations;
  readonly accounts?: Criteria;
  readonly groups?: Criteria;
}

export interface Page<T> {
  /** How many resources match in all; undefined, in a range that starts at a position, when they are more than are counted. */
  readonly total: number | undefined;
  /** Fewer than were asked for when they would have too many bytes, or when no more match. */
  readonly items: readonly T[];
  /** About how many bytes the items have. */
  readonly bytes: number;
  /** Where the next page begins, for a range that starts at a position; undefined on the last page. */
  readonly next?: Position;
}
