import { randomBytes } from "node:crypto";
import { RECOVERY_CODES } from "../../domain/sessions/second-factor.js";
import { hashOf } from "../tokens/token-secret.js";

/** As Crockford's base32: without letters that look like digits or like each other. */
const LETTERS = "0123456789abcdefghjkmnpqrstvwxyz";

/** 80 bits: too many to guess even from the hash. */
const LENGTH = 16;
const GROUP = /.{4}(?=.)/g;

/** What a person may type: digits, letters, and what separates them. */
const PLAIN = /^[0-9a-z]{16}$/;

/** New recovery codes, in groups of four letters, as a person reads them. */
export const newRecoveryCodes = () =>
  Array.from({ length: RECOVERY_CODES }, () => {
    const letters = [...randomBytes(LENGTH)].map((byte) => LETTERS[byte % LETTERS.length]);
    return letters.join("").replace(GROUP, "$&-");
  });

/** The hash under which a code is stored. @returns undefined for a text that is none, without its hyphens and spaces */
export function recoveryCodeHash(text: string): string | undefined {
  const plain = text.toLowerCase().replaceAll(/[\s-]/g, "");
  const read = plain.replaceAll("o", "0").replaceAll(/[il]/g, "1");
  return PLAIN.test(read) ? hashOf(read) : undefined;
}
