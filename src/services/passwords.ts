import pLimit from "p-limit";
import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";

/** The work factor that OWASP's password storage advice gives for scrypt with 32 MiB. */
const COST = { N: 2 ** 15, r: 8, p: 3, maxmem: 64 * 2 ** 20 };
const KEY_BYTES = 32;

const derive = promisify<string, Buffer, number, typeof COST, Buffer>(scrypt);

/** Hashing keeps a thread busy; those that are left serve the database meanwhile. */
const inTurn = pLimit(2);

/**
 * Hashes a person's password, slowly on purpose.
 *
 * @returns `scrypt$N$r$p$salt$key`, salt and key in base64url
 */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await inTurn(() => derive(password.normalize("NFKC"), salt, KEY_BYTES, COST));
  return ["scrypt", COST.N, COST.r, COST.p, salt.toString("base64url"), key.toString("base64url")].join("$");
}

/** Whether a password is the one that was hashed; takes as long as hashing it. */
export async function isPassword(password: string, hash: string): Promise<boolean> {
  const [name, N, r, p, salt = "", key = ""] = hash.split("$");
  if (name !== "scrypt") return false;
  const cost = { ...COST, N: Number(N), r: Number(r), p: Number(p) };
  const expected = Buffer.from(key, "base64url");
  const given = await inTurn(() =>
    derive(password.normalize("NFKC"), Buffer.from(salt, "base64url"), KEY_BYTES, cost),
  );
  return expected.length === given.length && timingSafeEqual(expected, given);
}
