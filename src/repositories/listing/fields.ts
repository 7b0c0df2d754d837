import type { Dialect } from "../../db/dialect.js";
import type { Field } from "../../domain/listing.js";
import { foldCase } from "../../domain/values/text.js";

/** A text as SQL expressions: as it was sent, and folded. Which of the two is compared, its schema decides. */
export interface TextColumn {
  readonly exact?: string;
  readonly folded?: string;
}

/** Where fields are found: a string is the SQL expression of what is no text, or of a text that compares with case. */
export type Columns = Readonly<Record<string, string | TextColumn>>;

/** A column with a folded copy beside it, which has the same name and `_key`. */
export const text = (column: string): TextColumn => ({ exact: column, folded: `${column}_key` });

/** A text that is stored folded alone. */
export const folded = (expression: string): TextColumn => ({ folded: expression });

/**
 * A text that every resource has alike.
 *
 * @param when an SQL condition without which there is none
 */
export function constant({ plainText }: Dialect, value: string, when = "true"): TextColumn {
  const expression = (literal: string) =>
    plainText(when === "true" ? `'${literal}'` : `case when ${when} then '${literal}' end`);
  return { exact: expression(value), folded: expression(foldCase(value)) };
}

/**
 * The SQL expression that a field is compared by, which its schema decides.
 *
 * @returns undefined where there is no column
 * @throws Error for a column that is not stored as the schema compares it, which a test finds
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
 * Where the fields of one resource type are found in the database: the one allow-list that filters and
 * sorting go through. Keys are the field's names joined by dots.
 */
export interface ResourceFields {
  /** The name that the columns are found under. */
  readonly table: string;
  readonly columns: Columns;
  /** Multi-valued attributes that are rows of their own. */
  readonly collections: Readonly<Record<string, Collection>>;
  /** All other attributes, and the JSON columns that hold them. */
  readonly documents: Readonly<Record<string, string>>;
}

/** The elements of a multi-valued attribute as rows, by the name `element`. */
export interface Collection {
  /** What follows `from`. */
  readonly from: string;
  /** The column with the id of the resource that an element belongs to; without it, all have the same. */
  readonly owner?: string;
  readonly columns: Columns;
  /** What follows `order by` so that the primary, else the first, element comes first. */
  readonly order: string;
}
