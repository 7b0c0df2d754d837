import { hash, randomInt } from "node:crypto";
import { crc32 } from "node:zlib";

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const PREFIX = "muster_";
const RANDOM_LENGTH = 40;
const CHECKSUM_LENGTH = 6;

/**
 * A new secret: `muster_`, 40 random letters and digits (238 bits), and a checksum of 6 more, by which secret scanners
 * recognise leaked tokens without false alarms.
 */
export function newSecret(): string {
  const random = Array.from({ length: RANDOM_LENGTH }, () => DIGITS[randomInt(DIGITS.length)]).join("");
  return withChecksum(PREFIX + random);
}

/** Whether a text has the form and the checksum of secrets from `newSecret`. */
export function isWellFormedSecret(text: string): boolean {
  return text.startsWith(PREFIX) && text === withChecksum(text.slice(0, PREFIX.length + RANDOM_LENGTH));
}

/** Whether a text can be a token's secret, from `newSecret` or chosen by the operator; others need no look-up. */
export const isPossibleSecret = (text: string) => /^[A-Za-z0-9\-._~+/]{20,}=*$/.test(text);

/** The stored hash of a secret. Secrets are random, so a fast hash is safe. */
export const hashOf = (secret: string) => hash("sha256", secret, "hex");

function withChecksum(text: string): string {
  let rest = crc32(text);
  let checksum = "";
  while (checksum.length < CHECKSUM_LENGTH) {
    checksum = (DIGITS[rest % DIGITS.length] ?? "") + checksum;
    rest = Math.floor(rest / DIGITS.length);
  }
  return text + checksum;
}
