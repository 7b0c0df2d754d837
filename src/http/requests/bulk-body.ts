import { Turns } from "../../domain/limits/turns.js";
import type { JsonValue } from "../../domain/values/json.js";
import { invalidSyntax, ScimError } from "../../scim/errors.js";
import { parsePart, requireUtf8 } from "./json.js";
import * as scan from "./json-scan.js";

export interface BulkBodyLimits {
  readonly maxOperations: number;
  /** How long one operation can be, in bytes. */
  readonly maxOperationBytes: number;
}

/**
 * Parses the body of a Bulk request. It may be long, so its operations are parsed one by one, and others get their turn
 * in between.
 *
 * @throws ScimError 400 `invalidSyntax` for what is no JSON object, 413 for too many operations, and for one that is too
 *   long or too much
 */
export async function parseBulk(bytes: Buffer, limits: BulkBodyLimits): Promise<JsonValue> {
  requireUtf8(bytes);
  return new BulkReader(bytes, limits).whole();
}

class BulkReader {
  readonly #turns = new Turns();
  #at = 0;

  constructor(
    private readonly bytes: Buffer,
    private readonly limits: BulkBodyLimits,
  ) {}

  async whole(): Promise<JsonValue> {
    this.#expect(scan.OPEN_OBJECT);
    const entries: [string, JsonValue][] = [];
    if (!this.#skips(scan.CLOSE_OBJECT)) {
      do entries.push(await this.#entry());
      while (this.#skips(scan.COMMA));
      this.#expect(scan.CLOSE_OBJECT);
    }
    if (this.#peek() !== undefined) throw this.#unexpected();
    return Object.fromEntries(entries);
  }

  async #entry(): Promise<[string, JsonValue]> {
    if (this.#peek() !== scan.QUOTE) throw this.#unexpected();
    const name = this.#value() as string;
    this.#expect(scan.COLON);
    const hasOperations = name.toLowerCase() === "operations" && this.#peek() === scan.OPEN_LIST;
    return [name, hasOperations ? await this.#operations() : this.#value()];
  }

  async #operations(): Promise<JsonValue[]> {
    this.#expect(scan.OPEN_LIST);
    const operations: JsonValue[] = [];
    if (this.#skips(scan.CLOSE_LIST)) return operations;
    do {
      operations.push(this.#value());
      this.#requireFew(operations.length);
      await this.#turns.next();
    } while (this.#skips(scan.COMMA));
    this.#expect(scan.CLOSE_LIST);
    return operations;
  }

  #value(): JsonValue {
    const start = scan.skipSpace(this.bytes, this.#at);
    const end = scan.endOfValue(this.bytes, start);
    this.#at = end;
    const { maxOperationBytes } = this.limits;
    if (end - start > maxOperationBytes) {
      throw new ScimError(
        413,
        undefined,
        `An operation is longer than ${maxOperationBytes} bytes; send less in one operation`,
      );
    }
    return parsePart(this.bytes, start, end);
  }

  /** @throws ScimError 413 */
  #requireFew(count: number): void {
    const { maxOperations } = this.limits;
    if (count <= maxOperations) return;
    throw new ScimError(413, undefined, `A Bulk request can have at most ${maxOperations} operations`);
  }

  #peek(): number | undefined {
    this.#at = scan.skipSpace(this.bytes, this.#at);
    return this.bytes[this.#at];
  }

  #skips(byte: number): boolean {
    if (this.#peek() !== byte) return false;
    this.#at += 1;
    return true;
  }

  #expect(byte: number): void {
    if (!this.#skips(byte)) throw this.#unexpected();
  }

  #unexpected(): ScimError {
    const found = this.#peek();
    const what =
      found === undefined ? "it ends too early" : `'${String.fromCharCode(found)}' at byte ${this.#at}`;
    return invalidSyntax(`The body is not a valid JSON object: ${what}`);
  }
}
