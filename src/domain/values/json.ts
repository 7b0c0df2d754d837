export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject;
export interface JsonObject {
  [name: string]: JsonValue;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * A JSON object that is held as text, as a value, or as both, and turned into the other form only when
 * somebody asks: a stored document is mostly sent on as the text it is.
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

  /** A value that costs something to make, which is done when somebody asks. */
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
