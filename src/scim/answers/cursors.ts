import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import type { Position } from "../../domain/listing.js";
import type { KeyRing } from "../../domain/server/key-ring.js";
import { expiredCursor, invalidCursor } from "../errors.js";

/** The content of a cursor: where a listing continues. */
export interface CursorState {
  readonly after: Position;
  /** How many resources matched when the listing began; undefined: more than were counted. */
  readonly total: number | undefined;
  /** How many resources a page has. */
  readonly count: number;
}

const CIPHER = "aes-256-gcm";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Makes and reads the cursors of RFC 9865. They are encrypted, so that clients cannot read or forge them, and bound to
 * their caller and query: for anything else, they are invalid.
 */
export class Cursors {
  constructor(
    /** The same in all processes on one database. */
    private readonly keys: () => KeyRing,
    /** How many seconds a cursor is valid. */
    readonly timeout: number,
    /** The time now, in milliseconds. */
    private readonly now: () => number,
  ) {}

  /**
   * @param use identifies the caller and the query that the cursor is for
   * @returns letters, digits, `-` and `_`
   */
  seal(state: CursorState, use: string): string {
    const { after, total, count } = state;
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, this.keys().current, nonce).setAAD(Buffer.from(use));
    const text = JSON.stringify([this.now(), after.value, after.id, total, count]);
    const sealed = Buffer.concat([nonce, cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
    return sealed.toString("base64url");
  }

  /** @throws ScimError 400 `invalidCursor` for one that was not made for this use, `expiredCursor` */
  open(cursor: string, use: string): CursorState {
    const [madeAt, value, id, total, count] = JSON.parse(this.#decrypt(cursor, use)) as [
      number,
      Position["value"],
      string,
      number | null,
      number,
    ];
    if (this.now() - madeAt > this.timeout * 1000) {
      throw expiredCursor(
        `The cursor has expired after ${this.timeout} seconds; start again with an empty 'cursor'`,
      );
    }
    return { after: { value, id }, total: total ?? undefined, count };
  }

  #decrypt(cursor: string, use: string): string {
    const bytes = Buffer.from(cursor, "base64url");
    for (const key of this.keys().known) {
      const text = decrypted(bytes, use, key);
      if (text !== undefined) return text;
    }
    throw invalidCursor(
      "The cursor does not belong to this query; start with an empty 'cursor', then send the 'nextCursor' of each answer with the same parameters",
    );
  }
}

/** @returns undefined for what was not encrypted with this key, for this use */
function decrypted(bytes: Buffer, use: string, key: Uint8Array): string | undefined {
  try {
    const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(Buffer.from(use)).setAuthTag(bytes.subarray(-TAG_BYTES));
    const sealed = bytes.subarray(NONCE_BYTES, -TAG_BYTES);
    return decipher.update(sealed, undefined, "utf8") + decipher.final("utf8");
  } catch {
    return undefined;
  }
}
