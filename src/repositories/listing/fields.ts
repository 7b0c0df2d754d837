import type { Dialect } from "../../db/dialect.js";
import type { Field } from "../../domain/listing.js";
import { foldCase } from "../../domain/values/text.js";
import type { Sql } from "./sql.js";

/** SQL expressions of a text: as it was sent, and case-folded. The schema decides which of them is compared. */
export interface TextColumn {
  readonly exact?: string;
  readonly folded?: string;
}

/** SQL expressions of fields. A string stands for a value that is not text, or for a case-exact text. */
export type Columns = Readonly<Record<string, string | TextColumn>>;

/** A column with a case-folded copy in the column of the same name with the suffix `_key`. */
export const text = (column: string): TextColumn => ({ exact: column, folded: `${column}_key` });

/** A text that is only stored case-folded. */
export const folded = (expression: string): TextColumn => ({ folded: expression });

/**
 * A text that is the same for all resources.
 *
 * @param when an SQL condition for resources that have it
 */
export function constant({ plainText }: Dialect, value: string, when = "true"): TextColumn {
  const expression = (literal: string) =>
    plainText(when === "true" ? `'${literal}'` : `case when ${when} then '${literal}' end`);
  return { exact: expression(value), folded: expression(foldCase(value)) };
}

/**
 * The SQL expression by which a field is compared: exact or folded, as its schema says.
 *
 * @returns undefined when there is no column
 * @throws Error for a column that is not stored the way the schema compares it; a test checks all columns
 */
export function expressionOf(
  column: string | TextColumn | undefined,
  { path, type, caseExact }: Field,
): string | undefined {
  if (column === undefined) return undefined;
  const expression = typeof column === "string" ? { exact: column } : column;
  const isFolded = type === "string" && !caseExact;
  const found = isFolded ? expression.folded : expression.exact;
  if (found === undefined) throw new Error(`${path.join(".")} is not stored as its schema compares it`);
  return found;
}

/**
 * Where the fields of one resource type are in the database. This is the allow-list for filters and sorting. Keys are the
 * parts of the field's path joined by dots.
 */
export interface ResourceFields {
  /** The table's name in the SQL expressions. */
  readonly table: string;
  readonly columns: Columns;
  /** Boolean attributes that each resource has, true where there is a row. */
  readonly flags?: Readonly<Record<string, Collection>>;
  /** Conditions for boolean attributes that an index serves, for those that are true and those that are false. */
  readonly booleans?: Readonly<Record<string, { readonly true: string; readonly false: string }>>;
  /** Multi-valued attributes that are stored as rows. */
  readonly collections: Readonly<Record<string, Collection>>;
  /** The JSON columns of all other attributes. */
  readonly documents: Readonly<Record<string, string>>;
  /** Conditions that hold for all resources with an element of an attribute in a JSON column, and that an index serves. */
  readonly haveElements?: Readonly<Record<string, string>>;
}

/** The elements of a multi-valued attribute as rows of a relation named `element`. */
export interface Collection {
  /** The SQL after `from`. */
  readonly from: string;
  /** The column with the id of the resource that an element belongs to; absent when all resources have the same elements. */
  readonly owner?: string;
  /** The organization that elements belong to, where each has its own: the column, the resource's, and the id itself. */
  readonly within?: { readonly column: string; readonly of: string; readonly id: string };
  readonly columns: Columns;
  /** The SQL after `order by` that puts the primary element first, or else the first one. */
  readonly order: string;
}

/** An index of texts by all that is three characters long in them. */
export interface SearchIndex {
  /** The fields that it has, by their paths joined by dots: all of them compare without case. */
  readonly fields: ReadonlySet<string>;
  /** Selects the ids, as the column `id`, of all rows that have a text in one of the fields, and of some others. */
  readonly find: (text: string) => Sql;
}
