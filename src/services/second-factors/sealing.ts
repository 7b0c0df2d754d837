import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import type { KeyRing } from "../../domain/server/key-ring.js";

const ALGORITHM = "aes-256-gcm";
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Encrypts short texts for one purpose each, so that what is stored or sent along tells nothing and cannot be moved. */
export class Sealing {
  constructor(private readonly keys: () => KeyRing) {}

  /** @param purpose what it is for: it can only be opened for the same */
  seal(text: string, purpose: string): string {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.keys().current, iv, { authTagLength: TAG_BYTES });
    cipher.setAAD(Buffer.from(purpose));
    const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString("base64url");
  }

  /** @returns undefined for what was not sealed here, or for another purpose */
  open(sealed: string, purpose: string): string | undefined {
    for (const key of this.keys().known) {
      const text = opened(sealed, purpose, key);
      if (text !== undefined) return text;
    }
    return undefined;
  }

  /** Seals with the current key what was sealed with an earlier one. @returns undefined for what was not */
  reseal(sealed: string, purpose: string): string | undefined {
    if (opened(sealed, purpose, this.keys().current) !== undefined) return undefined;
    const text = this.open(sealed, purpose);
    return text === undefined ? undefined : this.seal(text, purpose);
  }
}

function opened(sealed: string, purpose: string, key: Uint8Array): string | undefined {
  const bytes = Buffer.from(sealed, "base64url");
  if (bytes.length < IV_BYTES + TAG_BYTES) return undefined;
  const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, IV_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(Buffer.from(purpose));
  decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
  try {
    const text = [decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()];
    return Buffer.concat(text).toString("utf8");
  } catch {
    return undefined;
  }
}
