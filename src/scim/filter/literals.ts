import type { ComparisonOperator, ComparisonValue } from "../../domain/listing.js";
import type { Attribute } from "../schema/attribute.js";
import { filterError } from "./lexer.js";
import type { Name } from "./parser.js";

const TEXT_TYPES: ReadonlySet<string> = new Set(["string", "reference", "binary"]);
const TEXT_OPERATORS: ReadonlySet<string> = new Set(["co", "sw", "ew"]);
const ORDER_OPERATORS: ReadonlySet<string> = new Set(["gt", "ge", "lt", "le"]);

/**
 * Checks that an attribute can be compared so with a literal (RFC 7644 section 3.4.2.2, table 3).
 *
 * @param name the attribute as the client wrote it
 * @returns the literal in the attribute's type; times in UTC with all digits they came with
 * @throws ScimError 400 `invalidFilter`
 */
export function readLiteral(
  attribute: Attribute,
  { text, position }: Name,
  operator: ComparisonOperator,
  value: ComparisonValue,
): ComparisonValue {
  const { type } = attribute;
  const refuse = (problem: string) => filterError(position, problem);
  if (type === "complex")
    throw refuse(`the attribute '${text}' is complex; compare one of its sub-attributes`);
  const impossible =
    (TEXT_OPERATORS.has(operator) && !TEXT_TYPES.has(type)) ||
    (ORDER_OPERATORS.has(operator) && (type === "boolean" || type === "binary"));
  if (impossible) throw refuse(`the operator '${operator}' does not go with '${text}', which is a ${type}`);
  if (value === null) {
    if (operator !== "eq" && operator !== "ne") throw refuse("null can only be compared by 'eq' and 'ne'");
    return null;
  }
  const literal = inType(type, value);
  if (literal === undefined) {
    throw refuse(`the attribute '${text}' is a ${type} and cannot be compared with ${JSON.stringify(value)}`);
  }
  return literal;
}

function inType(type: Attribute["type"], value: string | number | boolean): ComparisonValue | undefined {
  switch (type) {
    case "boolean":
      return toBoolean(value);
    case "integer":
    case "decimal":
      return toNumber(value);
    case "dateTime":
      return typeof value === "string" ? toInstant(value) : undefined;
    default:
      return typeof value === "string" ? value : undefined;
  }
}

/** Identity providers write booleans as strings, too. */
function toBoolean(value: string | number | boolean): boolean | undefined {
  if (typeof value === "boolean") return value;
  const text = String(value).toLowerCase();
  return text === "true" || text === "false" ? text === "true" : undefined;
}

function toNumber(value: string | number | boolean): number | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  return typeof value === "string" && value.trim() !== "" && Number.isFinite(Number(value))
    ? Number(value)
    : undefined;
}

const DATE_TIME =
  /^(\d{4}-\d{2}-\d{2})(?:[Tt ](\d{2}:\d{2}(?::\d{2})?)(?:\.(\d+))?\s*([Zz]|[+-]\d{2}:?\d{2})?)?$/;

/**
 * A time in UTC, in the form that stored times have but with all digits of its fraction: one that falls
 * between two milliseconds is not to be taken for either.
 */
function toInstant(text: string): string | undefined {
  const [, date, time = "00:00:00", fraction = "", zone = "Z"] = DATE_TIME.exec(text.trim()) ?? [];
  if (date === undefined) return undefined;
  const seconds = time.length === 5 ? `${time}:00` : time;
  const offset = /^[+-]\d{4}$/.test(zone) ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone.toUpperCase();
  const instant = new Date(`${date}T${seconds}${offset}`);
  if (Number.isNaN(instant.getTime())) return undefined;
  const iso = instant.toISOString();
  // Years before 0 and after 9999, which an offset can lead to, have another form; no stored time is there.
  if (!/^\d{4}-/.test(iso))
    return iso.startsWith("-") ? "0000-01-01T00:00:00.000Z" : "9999-12-31T23:59:59.999Z";
  return `${iso.slice(0, 19)}.${fraction.padEnd(3, "0")}Z`;
}
