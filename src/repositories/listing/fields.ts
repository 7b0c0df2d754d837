/**
 * Where the fields of one resource type are found in the database: the one allow-list that filters and
 * sorting go through. Keys are the field's names joined by dots.
 */
export interface ResourceFields {
  /** The name that the columns are found under. */
  readonly table: string;
  /** SQL expressions; strings that compare without case are found folded there. */
  readonly columns: Readonly<Record<string, string>>;
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
  readonly columns: Readonly<Record<string, string>>;
  /** What follows `order by` so that the primary, else the first, element comes first. */
  readonly order: string;
}
