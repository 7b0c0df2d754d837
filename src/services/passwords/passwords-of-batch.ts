import type { Turn } from "../../domain/limits/slots.js";
import type { PasswordHasher } from "./passwords.js";

type Asked = Parameters<PasswordHasher["hash"]>;

/**
 * Passwords of operations in a transaction, which must not wait for them: it is tried with hashes that are none, to
 * learn which passwords there are, undone, and done again with the hashes that were made meanwhile.
 */
export class PasswordsOfBatch implements PasswordHasher {
  /** Those that were asked for before, hashed or refused by now. */
  readonly #known = new Map<string, Promise<string>>();
  readonly #missing = new Map<string, Asked>();

  constructor(private readonly passwords: PasswordHasher) {}

  hash(...asked: [turn: Turn, password: string, known: readonly string[]]): Promise<string> {
    const key = JSON.stringify(asked);
    const known = this.#known.get(key);
    if (!known) this.#missing.set(key, asked);
    return known ?? Promise.resolve("");
  }

  /** Has something done in a transaction, and again as long as there are passwords in it that are not hashed yet. */
  async hashedBefore<T>(transaction: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await transaction();
      } catch (error) {
        if (this.#missing.size === 0) throw error;
        await this.#hashMissing();
      }
    }
  }

  /** To be the last in the transaction. @throws Error when passwords are missing, so that it is undone */
  async required<T>(operations: Promise<T>): Promise<T> {
    const result = await operations;
    if (this.#missing.size > 0) throw new Error("Passwords are to be hashed before the transaction");
    return result;
  }

  async #hashMissing(): Promise<void> {
    for (const [key, asked] of this.#missing) {
      const hash = this.passwords.hash(...asked);
      await Promise.allSettled([hash]);
      this.#known.set(key, hash);
    }
    this.#missing.clear();
  }
}
