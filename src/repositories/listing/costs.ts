import { TooMuchWorkError } from "../../domain/errors.js";
import type { Field, Filter } from "../../domain/listing.js";
import type { ResourceFields } from "./fields.js";

/**
 * How many costly terms a filter can have: terms that read every row's JSON, or search within its text. Terms on columns
 * are cheap, and clients send hundreds of them: `id eq "..." or id eq "..."`.
 */
const MAX_COSTLY = 40;

/** Whether a field is stored in a column; otherwise it is in JSON. */
type IsColumn = (field: Field) => boolean;

/** @throws TooMuchWorkError for a filter that has too many costly terms */
export function requireAffordable(filter: Filter, fields: ResourceFields): void {
  const isColumn: IsColumn = ({ path }) =>
    fields.columns[path.join(".")] !== undefined || fields.flags?.[path.join(".")] !== undefined;
  const count = costlyTerms(filter, fields, isColumn);
  if (count <= MAX_COSTLY) return;
  throw new TooMuchWorkError(
    `The filter has ${count} terms that have to search every resource; at most ${MAX_COSTLY} are allowed`,
  );
}

function costlyTerms(filter: Filter, fields: ResourceFields, isColumn: IsColumn): number {
  switch (filter.type) {
    case "and":
    case "or":
      return filter.filters.reduce((sum, each) => sum + costlyTerms(each, fields, isColumn), 0);
    case "not":
      return costlyTerms(filter.filter, fields, isColumn);
    case "present":
      return isColumn(filter.field) ? 0 : 1;
    case "compare": {
      const isSearch = filter.operator === "co" || filter.operator === "ew";
      return isColumn(filter.field) && !isSearch ? 0 : 1;
    }
    case "match": {
      const rows = fields.collections[filter.collection.path.join(".")];
      const isElementColumn: IsColumn = ({ path }) => rows?.columns[path.join(".")] !== undefined;
      // Without a table of its own, the elements have to be read from JSON, too.
      return (rows ? 0 : 1) + (filter.filter ? costlyTerms(filter.filter, fields, isElementColumn) : 0);
    }
  }
}
