import { isJsonObject } from "../../domain/values/json.js";
import type { JsonValue } from "../../domain/values/json.js";
import { invalidValue } from "../errors.js";
import type { Attribute } from "../schema/attribute.js";

/**
 * Reads what a client sent as JSON text in a string where an object or a list of objects belongs: the whole value of a
 * complex attribute, or one of its elements. Anything else stays as it is.
 *
 * @param name the attribute as the client wrote it
 * @throws ScimError 400 `invalidValue` for a text that cannot be read at a small cost
 */
export function outOfText(attribute: Attribute, value: JsonValue, name: string): JsonValue {
  if (attribute.type !== "complex") return value;
  if (!Array.isArray(value)) return read(attribute, value, name);
  const texts = value.filter((element) => typeof element === "string" && isLikeJson(element));
  if (texts.length === 0) return value;
  if (texts.length > MAX_TEXTS) throw isText(name);
  return value.map((element) => read(attribute, element, name));
}

function read(attribute: Attribute, value: JsonValue, name: string): JsonValue {
  if (typeof value !== "string" || !isLikeJson(value)) return value;
  if (!hasKnownNames(attribute, value)) {
    throw isText(name);
  }
  try {
    const parsed = JSON.parse(value) as JsonValue;
    return isJsonObject(parsed) || Array.isArray(parsed) ? parsed : value;
  } catch {
    return value;
  }
}

const isText = (name: string) =>
  invalidValue(`The attribute '${name}' has JSON text in a string; send the object itself`);

/** How many elements of one list can be texts. */
const MAX_TEXTS = 1000;

/** How many characters a text can have: more than an element, and a list of some, take. */
const MAX_LENGTH = 2000;

/**
 * Whether all names in a text are those of sub-attributes. Parsing is slow where a text has very many different names, and
 * the body of a request is checked for that only outside of its strings.
 */
function hasKnownNames({ subAttributes }: Attribute, text: string): boolean {
  if (text.length > MAX_LENGTH || text.includes("\\")) return false;
  // Every other part is inside of quotes.
  const parts = text.split('"');
  return parts.every(
    (part, index) =>
      index % 2 === 0 ||
      parts[index + 1]?.trimStart().startsWith(":") !== true ||
      subAttributes.has(part.toLowerCase()),
  );
}

/** Whether a text is an object or a list, in JSON or in what some programs print instead. */
export function isLikeJson(text: string): boolean {
  const trimmed = text.trim();
  return (
    (trimmed.startsWith("{") && trimmed.endsWith("}")) || (trimmed.startsWith("[") && trimmed.endsWith("]"))
  );
}
