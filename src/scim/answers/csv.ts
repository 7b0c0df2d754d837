import { isJsonObject } from "../../domain/values/json.js";
import type { JsonObject, JsonValue } from "../../domain/values/json.js";
import { invalidValue } from "../errors.js";
import type { Query } from "../requests/query.js";
import { findAttribute } from "../schema/attribute.js";
import type { Attribute, ResourceSchema, Schema } from "../schema/attribute.js";

/** One column of a CSV file. */
interface Column {
  /** The name of the attribute, as `attributes` takes it. */
  readonly name: string;
  /** Where its value is in a resource; in elements of a list, the last name is each element's. */
  readonly path: readonly string[];
}

/** What stands for an element of a list that has several sub-attributes. */
const OF_ELEMENT = ["value", "formatted", "display"];

/**
 * The columns of a CSV file: those that `attributes` names, in that order, else all that are returned by default. They come
 * from the schema, so that the header is the same whatever the resources have.
 *
 * @throws ScimError 400 `invalidValue` for `members`, of which there can be any number, and when nothing is left
 */
export function columnsOf(schema: ResourceSchema, { attributes, excludedAttributes = [] }: Query): Column[] {
  const named = (names: readonly string[]) => names.flatMap((name) => columnsOfName(schema, name));
  const excluded = new Set(named(excludedAttributes).map(({ name }) => name));
  const all = attributes
    ? named(attributes)
    : [schema.core, ...schema.extensions.values()].flatMap((each) =>
        [...each.attributes.values()]
          .filter(isDefault)
          .flatMap((attribute) => columnsIn(schema, each, attribute)),
      );
  const columns = [...new Map(all.map((column) => [column.name, column])).values()].filter(
    ({ name, path }) => (attributes ?? !excluded.has(name)) && (attributes ?? path[0] !== "members"),
  );
  if (columns.some(({ path }) => path[0] === "members")) {
    throw invalidValue("'members' cannot be a column; use application/x-ndjson");
  }
  if (columns.length === 0) throw invalidValue("'attributes' names no attribute that can be a column");
  return columns;
}

const isDefault = ({ name, returned }: Attribute) =>
  name !== "schemas" && (returned === "default" || returned === "always");

function columnsOfName(schema: ResourceSchema, name: string): Column[] {
  const found = findAttribute(schema, name);
  if (!found) return [];
  const { extension, attribute, subAttribute } = found;
  if (attribute?.returned === "never") return [];
  const place = extension ?? schema.core;
  if (!attribute) return [...place.attributes.values()].flatMap((each) => columnsIn(schema, place, each));
  return subAttribute
    ? [column(schema, place, [attribute.name, subAttribute.name])]
    : columnsIn(schema, place, attribute);
}

function columnsIn(
  schema: ResourceSchema,
  place: Schema,
  { name, returned, multiValued, subAttributes }: Attribute,
) {
  if (returned === "never") return [];
  const inner = [...subAttributes.values()].map((each) => each.name);
  if (inner.length === 0) return [column(schema, place, [name])];
  const one = OF_ELEMENT.find((each) => inner.includes(each)) ?? inner[0] ?? "";
  return (multiValued ? [one] : inner).map((each) => column(schema, place, [name, each]));
}

function column({ core }: ResourceSchema, place: Schema, path: readonly string[]): Column {
  const isExtension = place !== core;
  return {
    name: `${isExtension ? `${place.id}:` : ""}${path.join(".")}`,
    path: isExtension ? [place.id, ...path] : path,
  };
}

/** One line of a CSV file (RFC 4180). */
export const csvLine = (cells: readonly string[]) => `${cells.map(quoted).join(",")}\r\n`;

/** The values of a resource, as the cells of its line; several values are separated by semicolons. */
export const cellsOf = (resource: JsonObject, columns: readonly Column[]) =>
  columns.map(({ path }) => textOf(resource, path));

function textOf(value: JsonValue | undefined, path: readonly string[]): string {
  if (Array.isArray(value)) {
    return value
      .map((each) => textOf(each, path))
      .filter((text) => text !== "")
      .join("; ");
  }
  const [name, ...more] = path;
  if (name !== undefined) return isJsonObject(value) ? textOf(value[name], more) : textOf(value, []);
  if (value === undefined || value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** A spreadsheet takes a cell that begins so for a formula, which could run programs or send data away. */
const FORMULA = /^[\s]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]|^[\t\r\n]/;

function quoted(text: string): string {
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n;]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
