import type { Dialect } from "../../db/dialect.js";
import { UnsupportedFieldError } from "../../domain/errors.js";
import { foldCase, isStorable, UNSTORABLE } from "../../domain/values/text.js";
import type { ComparisonOperator, ComparisonValue, Field, Filter, Sort } from "../../domain/listing.js";
import { expressionOf } from "./fields.js";
import type { Collection, ResourceFields } from "./fields.js";
import { requireAffordable } from "./costs.js";
import { compareInstant } from "./instant.js";
import { sql } from "./sql.js";
import type { Sql } from "./sql.js";

const ALWAYS = sql("true");
const NEVER = sql("false");

/** Turns a field into an SQL expression over the resource's row, or over an element's. */
type Resolve = (field: Field) => string;

type Comparison = Extract<Filter, { type: "compare" }>;

/**
 * Which rows a filter is tested for: all, of which those that match are looked for; few, so that the elements of each are
 * read, not all that match; or one after the other in the order of a list, until there are enough.
 */
export type Tested = "all" | "few" | "each";

/** What a filter is compiled for. */
interface Target {
  readonly resolve: Resolve;
  readonly isForFew: boolean;
}

/**
 * Compiles filters and sorts over one resource type. A filter becomes a condition that is true exactly for the resources
 * that match. A comparison with an attribute that a resource does not have is not true, and `not` makes it true
 * (RFC 7644 section 3.4.2.2).
 */
export class ListingCompiler {
  constructor(
    private readonly dialect: Dialect,
    private readonly fields: ResourceFields,
  ) {}

  /** @throws TooMuchWorkError, UnsupportedFieldError */
  condition(filter: Filter | undefined, tested: Tested = "all"): Sql {
    if (!filter) return ALWAYS;
    requireAffordable(filter, this.fields);
    const { text, bindings } = this.#filter(filter, {
      resolve: this.#resource,
      isForFew: tested !== "all",
    });
    return { text: tested === "each" ? this.dialect.withoutIndex(text) : text, bindings };
  }

  /** The SQL expression that resources are sorted by. */
  value(sort: Sort): string {
    return sort.collection ? this.#firstElement(sort.collection, sort.field) : this.#resource(sort.field);
  }

  readonly #resource: Resolve = (field) => {
    const rows = this.fields.flags?.[key(field)];
    if (rows) return `exists (select 1 from ${rows.from} where ${this.#ofResource(rows)})`;
    const column = expressionOf(this.fields.columns[key(field)], field);
    if (column !== undefined) return column;
    return this.#json(this.#document(field), field);
  };

  #document(field: Field): string {
    const document = this.fields.documents[field.path[0] ?? ""];
    if (document === undefined) throw new UnsupportedFieldError(key(field));
    return document;
  }

  #json(column: string, field: Field): string {
    switch (field.type) {
      case "boolean":
        return this.dialect.jsonBoolean(column, field.path);
      case "integer":
      case "decimal":
        return this.dialect.jsonNumber(column, field.path);
      case "complex":
        return this.dialect.jsonValue(column, field.path);
      default:
        return this.dialect.jsonText(column, field.path);
    }
  }

  #filter(filter: Filter, target: Target): Sql {
    const { resolve } = target;
    switch (filter.type) {
      case "and":
      case "or": {
        const parts = filter.filters.map((each) => this.#filter(each, target));
        if (parts.length === 0) return filter.type === "and" ? ALWAYS : NEVER;
        return {
          text: balanced(
            parts.map(({ text }) => text),
            ` ${filter.type} `,
          ),
          bindings: parts.flatMap(({ bindings }) => bindings),
        };
      }
      case "not": {
        const inner = this.#filter(filter.filter, target);
        return { text: `not coalesce(${inner.text}, false)`, bindings: inner.bindings };
      }
      case "present": {
        const value = resolve(filter.field);
        return sql(
          isText(filter.field) ? `(${value} is not null and ${value} <> '')` : `(${value} is not null)`,
        );
      }
      case "compare": {
        const rows = this.fields.flags?.[key(filter.field)];
        if (rows) return this.#flag(rows, filter, target);
        const boolean = filter.operator === "eq" && this.fields.booleans?.[key(filter.field)];
        if (boolean && typeof filter.value === "boolean") return sql(`(${boolean[`${filter.value}`]})`);
        return this.#compare(resolve(filter.field), filter.field, filter.operator, filter.value);
      }
      case "match": {
        const rows = this.#collection(filter.collection);
        const resolveElement = this.#element(rows, filter.collection);
        const inner = filter.filter && this.#filter(filter.filter, { ...target, resolve: resolveElement });
        const found = this.#hasRow(rows, inner ?? ALWAYS, target);
        const name = key(filter.collection);
        const indexed = name in this.fields.collections ? undefined : this.fields.haveElements?.[name];
        return indexed === undefined ? found : { ...found, text: `(${indexed} and ${found.text})` };
      }
    }
  }

  /** Whether the resource has a flag: from the rows that there are, since few resources may have one. */
  #flag(rows: Collection, { operator, value }: Comparison, target: Target): Sql {
    if (value === null) return operator === "ne" ? ALWAYS : NEVER;
    const has = this.#hasRow(rows, ALWAYS, target);
    return value === (operator !== "ne") ? has : { ...has, text: `not ${has.text}` };
  }

  #compare(expression: string, field: Field, operator: ComparisonOperator, value: ComparisonValue): Sql {
    if (value === null)
      return operator === "ne" ? sql(`(${expression} is not null)`) : sql(`(${expression} is null)`);
    if (field.type === "dateTime") return compareInstant(expression, operator, String(value));
    // A filter's number may be one that an integer column cannot store: `status lt 1.5` must still work.
    if (typeof value === "number") return sql(compareBy(expression, operator, "cast(? as numeric)"), value);
    if (!isText(field)) return sql(compareBy(expression, operator), value);
    const text = field.caseExact ? String(value) : foldCase(String(value));
    return isStorable(text)
      ? this.#compareText(expression, operator, text)
      : compareUnstorable(expression, operator, text);
  }

  #compareText(expression: string, operator: ComparisonOperator, text: string): Sql {
    switch (operator) {
      case "co":
        return sql(`${this.dialect.position(expression, "?")} > 0`, text);
      case "sw": {
        const end = successor(text);
        return end === undefined
          ? sql(`${expression} >= ?`, text)
          : sql(`(${expression} >= ? and ${expression} < ?)`, text, end);
      }
      case "ew":
        // SQLite takes "the last 0 characters" to mean all of them.
        return text === ""
          ? sql(`${expression} is not null`)
          : sql(`${this.dialect.right(expression, "length(?)")} = ?`, text, text);
      default:
        return sql(compareBy(expression, operator), text);
    }
  }

  #hasRow(rows: Collection, inner: Sql, { isForFew }: Target): Sql {
    const own = rows.within ? sql(`${rows.within.column} = ? and `, rows.within.id) : sql("");
    const isOf = rows.owner && isForFew ? `${rows.owner} = ${this.fields.table}.id and ` : "";
    // An index for what an element is compared with would find those of all resources.
    const condition = isOf ? this.dialect.withoutIndex(inner.text) : inner.text;
    const select = `from ${rows.from} where ${isOf}${own.text}${condition}`;
    return {
      text:
        rows.owner && !isForFew
          ? `${this.fields.table}.id in (select ${rows.owner} ${select})`
          : `exists (select 1 ${select})`,
      bindings: [...own.bindings, ...inner.bindings],
    };
  }

  /** SQL for the rows of a resource, in a condition without bindings. */
  #ofResource({ owner, within }: Collection): string {
    if (!owner) return "true";
    return `${owner} = ${this.fields.table}.id${within ? ` and ${within.column} = ${within.of}` : ""}`;
  }

  #collection(collection: Field): Collection {
    const rows = this.fields.collections[key(collection)];
    if (rows) return rows;
    const document = this.#document(collection);
    const primary = this.dialect.jsonBoolean("element.value", ["primary"]);
    return {
      from: this.dialect.jsonElements(document, collection.path),
      columns: {},
      order: `${collection.type === "complex" ? `coalesce(${primary}, false) desc, ` : ""}${this.dialect.elementPosition}`,
    };
  }

  #element(rows: Collection, collection: Field): Resolve {
    return (field) => {
      const column = expressionOf(rows.columns[key(field)], field);
      if (column !== undefined) return column;
      if (rows.owner) throw new UnsupportedFieldError(`${key(collection)}.${key(field)}`);
      return this.#json("element.value", field);
    };
  }

  #firstElement(collection: Field, field: Field): string {
    const rows = this.#collection(collection);
    const value = this.#element(rows, collection)(field);
    return `(select ${value} from ${rows.from} where ${this.#ofResource(rows)} order by ${rows.order} limit 1)`;
  }
}

/** How many conditions are joined without nested brackets. */
const MAX_FLAT = 8;

/**
 * Joins conditions as a balanced tree of brackets. SQLite parses a flat list of terms as nested as deeply as it is long,
 * and limits the nesting of a whole statement to 1,000.
 */
function balanced(conditions: readonly string[], operator: string): string {
  if (conditions.length <= MAX_FLAT) return `(${conditions.join(operator)})`;
  const middle = Math.floor(conditions.length / 2);
  const [left, right] = [conditions.slice(0, middle), conditions.slice(middle)];
  return `(${balanced(left, operator)}${operator}${balanced(right, operator)})`;
}

const key = (field: Field) => field.path.join(".");

const isText = (field: Field) => ["string", "reference", "binary"].includes(field.type);

const OPERATORS: Partial<Record<ComparisonOperator, string>> = {
  eq: "=",
  gt: ">",
  ge: ">=",
  lt: "<",
  le: "<=",
};

function compareBy(expression: string, operator: ComparisonOperator, binding = "?"): string {
  return operator === "ne"
    ? `${expression} is distinct from ${binding}`
    : `${expression} ${OPERATORS[operator] ?? "="} ${binding}`;
}

/**
 * Compares with a text that cannot be stored or bound, so it equals no stored text. In order, it comes right after the
 * part of it before the first unstorable character.
 */
function compareUnstorable(expression: string, operator: ComparisonOperator, text: string): Sql {
  const [storable = ""] = text.split(UNSTORABLE, 1);
  switch (operator) {
    case "ne":
      return ALWAYS;
    case "gt":
    case "ge":
      return sql(`${expression} > ?`, storable);
    case "lt":
    case "le":
      return sql(`${expression} <= ?`, storable);
    default:
      return NEVER;
  }
}

/** The first text after all those that begin with `text`, by code points; undefined when there is none. */
function successor(text: string): string | undefined {
  const points = Array.from(text, (character) => character.codePointAt(0) ?? 0);
  while (points.at(-1) === 0x10ffff) points.pop();
  const last = points.pop();
  if (last === undefined) return undefined;
  // The code points U+D800 to U+DFFF are surrogates, not characters.
  points.push(last === 0xd7ff ? 0xe000 : last + 1);
  return String.fromCodePoint(...points);
}
