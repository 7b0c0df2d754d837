import { readInstant } from "../../domain/values/instant.js";
import type { ComparisonOperator, ComparisonValue } from "../../domain/listing.js";
import { readBoolean, readNumber } from "../requests/coercion.js";
import type { Attribute } from "../schema/attribute.js";
import { filterError } from "./lexer.js";
import type { Name } from "./parser.js";

const TEXT_TYPES: ReadonlySet<string> = new Set(["string", "reference", "binary"]);
const TEXT_OPERATORS: ReadonlySet<string> = new Set(["co", "sw", "ew"]);
const ORDER_OPERATORS: ReadonlySet<string> = new Set(["gt", "ge", "lt", "le"]);

/**
 * Checks that an operator can compare an attribute with a literal (RFC 7644 section 3.4.2.2, table 3).
 *
 * @param name the attribute as the client wrote it
 * @returns the literal in the attribute's type; times in UTC with all their digits
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
      return readBoolean(value);
    case "integer":
    case "decimal":
      return readNumber(value);
    case "dateTime":
      return typeof value === "string" ? readInstant(value) : undefined;
    default:
      return typeof value === "string" ? value : undefined;
  }
}
