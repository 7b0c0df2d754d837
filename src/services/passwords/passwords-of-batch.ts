import type { Turn } from "../../domain/limits/slots.js";
import type { PasswordHasher } from "./passwords.js";

type HashArguments = Parameters<PasswordHasher["hash"]>;

/**
 * Hashes the passwords of operations in one transaction without making the transaction wait. The transaction first runs
 * with empty hashes, to find out which passwords it contains, and is rolled back. Then the passwords are hashed, and the
 * transaction runs again with the hashes.
 */
export class PasswordsOfBatch implements PasswordHasher {
  /** Passwords of earlier runs, hashed or refused. */
  readonly #known = new Map<string, Promise<string>>();
  readonly #missing = new Map<string, HashArguments>();

  constructor(private readonly passwords: PasswordHasher) {}

  hash(...args: [turn: Turn, password: string, known: readonly string[]]): Promise<string> {
    const key = JSON.stringify(args);
    const known = this.#known.get(key);
    if (!known) this.#missing.set(key, args);
    return known ?? Promise.resolve("");
  }

  judge(...args: HashArguments): Promise<void> {
    return this.passwords.judge(...args);
  }

  /** Runs a transaction, and repeats it as long as it contains passwords that are not hashed yet. */
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

  /** Call it last in the transaction. @throws Error when hashes are missing, so that the transaction is rolled back */
  async required<T>(operations: Promise<T>): Promise<T> {
    const result = await operations;
    if (this.#missing.size > 0) throw new Error("Passwords must be hashed before the transaction");
    return result;
  }

  async #hashMissing(): Promise<void> {
    for (const [key, args] of this.#missing) {
      const hash = this.passwords.hash(...args);
      await Promise.allSettled([hash]);
      this.#known.set(key, hash);
    }
    this.#missing.clear();
  }
}
