export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject;
export interface JsonObject {
  [name: string]: JsonValue;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The text at a path in objects within objects; undefined where there is none. */
export function textAt(value: JsonValue | undefined, [name, ...rest]: readonly string[]): string | undefined {
  if (name === undefined) return typeof value === "string" ? value : undefined;
  return isJsonObject(value) ? textAt(value[name], rest) : undefined;
}

/**
 * A JSON object as text, as a value, or as both. It is converted to the other form only when that is read, because most
 * stored documents are sent on as text.
 */
export class JsonDocument {
  #text: string | undefined;
  #value: JsonObject | undefined;
  readonly #make: (() => JsonObject) | undefined;

  private constructor(text?: string, value?: JsonObject, make?: () => JsonObject) {
    this.#text = text;
    this.#value = value;
    this.#make = make;
  }

  static ofText(text: string): JsonDocument {
    return new JsonDocument(text);
  }

  /** The value must not be changed afterwards. */
  static ofValue(value: JsonObject): JsonDocument {
    return new JsonDocument(undefined, value);
  }

  /** A value that is expensive to compute, so it is computed when it is first read. */
  static ofMade(make: () => JsonObject): JsonDocument {
    return new JsonDocument(undefined, undefined, make);
  }

  get text(): string {
    return (this.#text ??= JSON.stringify(this.value));
  }

  get value(): JsonObject {
    return (this.#value ??= this.#make?.() ?? (JSON.parse(this.#text ?? "{}") as JsonObject));
  }
}
