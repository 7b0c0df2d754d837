import { randomBytes, timingSafeEqual } from "node:crypto";
import { availableParallelism } from "node:os";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import workerpool from "workerpool";
import { InvalidValueError, UnavailableError } from "../../domain/errors.js";
import { Slots } from "../../domain/limits/slots.js";
import type { Turn } from "../../domain/limits/slots.js";
import { normalPassword, requireUsablePassword } from "./password-rules.js";
import type { PasswordWork } from "./password-thread.js";

/** The cost of hashing a password, as scrypt's parameters (RFC 7914 section 2). */
export interface PasswordCost {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

/**
 * The parameters that OWASP's password storage cheat sheet recommends for scrypt with 32 MiB. When they are raised, each
 * password is hashed again at its next sign-in: a hash names the parameters that it was made with.
 */
export const DEFAULT_COST: PasswordCost = { N: 2 ** 15, r: 8, p: 3 };

/** Scrypt needs 128 N r bytes; Node refuses parameters that may need more than `maxmem`. */
const withMemory = (cost: PasswordCost) => ({ ...cost, maxmem: 256 * cost.N * cost.r });

/** In units that are the same for all parameters. */
const memoryOf = ({ N, r }: PasswordCost) => N * r;
const workOf = ({ N, r, p }: PasswordCost) => N * r * p;

const KEY_BYTES = 32;

/** How many threads judge and hash: at most two, since each has the dictionaries in memory, and not all of the machine's. */
const THREADS = Math.min(Math.max(1, availableParallelism() - 1), 2);

/** One caller can have about as many passwords waiting as are hashed within `patience`, the longest wait in milliseconds. */
const QUEUE = { slots: THREADS, slotsOfOne: THREADS, waitingOfOne: 50, waiting: 500, patience: 30_000 };

/**
 * The time limit of one job; beyond it, the job and its thread are ended. A job usually takes a third of a second, but
 * starting a thread and loading the dictionaries on a busy machine can take many times as long.
 */
const JOB_MS = 60_000;

/** The program of the threads: next to this file, with the same extension (`.ts` or `.js`). */
const PROGRAM = fileURLToPath(new URL(`password-thread${extname(import.meta.url)}`, import.meta.url));

/** Makes hashes of new passwords. */
export interface PasswordHasher {
  /**
   * Judges a new password, and hashes it with an algorithm that is slow on purpose.
   *
   * @param turn whose turn the password takes in the queue
   * @param known words about the person that others would try
   * @returns `scrypt$N$r$p$salt$key`, salt and key in base64url
   * @throws InvalidValueError that says which rule the password breaks, TooManyRequestsError or UnavailableError when
   *   too many passwords wait
   */
  hash(turn: Turn, password: string, known: readonly string[]): Promise<string>;

  /** Judges a new password as `hash` does, and throws what it throws. */
  judge(turn: Turn, password: string, known: readonly string[]): Promise<void>;
}

/**
 * Judges and hashes passwords in separate threads, so that neither the event loop nor the database's threads are blocked.
 * Threads start when needed, and a new one replaces one that has ended.
 */
export class Passwords implements PasswordHasher {
  readonly #queue = new Slots("The queue of passwords", QUEUE);
  readonly #pool = workerpool.pool(PROGRAM, { workerType: "thread", maxWorkers: THREADS });

  constructor(private readonly cost: PasswordCost = DEFAULT_COST) {}

  async hash(turn: Turn, password: string, known: readonly string[]): Promise<string> {
    const usable = requireUsablePassword(password);
    return this.#inTurn(turn, async () => {
      await this.#requireStrong(usable, known);
      return this.#hashed(usable);
    });
  }

  /** Hashes a password again that was right, without judging it. @throws what `hash` throws when too many wait */
  rehash(turn: Turn, password: string): Promise<string> {
    return this.#inTurn(turn, () => this.#hashed(normalPassword(password)));
  }

  /** Whether a hash takes less memory or less work than a new one. */
  isWeak(hash: string): boolean {
    const { cost } = readHash(hash);
    return memoryOf(cost) < memoryOf(this.cost) || workOf(cost) < workOf(this.cost);
  }

  async judge(turn: Turn, password: string, known: readonly string[]): Promise<void> {
    const usable = requireUsablePassword(password);
    await this.#inTurn(turn, () => this.#requireStrong(usable, known));
  }

  async #requireStrong(password: string, known: readonly string[]): Promise<void> {
    const weakness = await this.#inThread("judge", [password, [...known]]);
    if (weakness === undefined) return;
    throw new InvalidValueError(`The password is too easy to guess. ${weakness}`.trim(), "password");
  }

  /** A hash that no password has, to take the same time where there is no password. */
  decoy(): string {
    return writeHash(this.cost, randomBytes(16), randomBytes(KEY_BYTES));
  }

  /**
   * Whether a password has this hash. A wrong one takes as long as with a new hash, however weak this one is: the time must
   * not tell that there is a password.
   *
   * @throws what `hash` throws when too many wait
   */
  async isPassword(turn: Turn, password: string, hash: string): Promise<boolean> {
    const { name, cost, salt, key } = readHash(hash);
    if (name !== "scrypt") return false;
    const normal = normalPassword(password);
    return this.#inTurn(turn, async () => {
      const computed = await this.#inThread("derive", [normal, salt, KEY_BYTES, withMemory(cost)]);
      if (key.length === computed.length && timingSafeEqual(key, computed)) return true;
      const p = Math.floor((workOf(this.cost) - workOf(cost)) / memoryOf(cost));
      if (p > 0) await this.#inThread("derive", [normal, salt, KEY_BYTES, withMemory({ ...cost, p })]);
      return false;
    });
  }

  /** Ends the threads and their running jobs. */
  async close(): Promise<void> {
    await this.#pool.terminate(true);
  }

  async #hashed(normal: string): Promise<string> {
    const salt = randomBytes(16);
    const key = await this.#inThread("derive", [normal, salt, KEY_BYTES, withMemory(this.cost)]);
    return writeHash(this.cost, salt, key);
  }

  async #inTurn<T>(turn: Turn, job: () => Promise<T>): Promise<T> {
    await this.#queue.enter(turn);
    try {
      return await job();
    } finally {
      this.#queue.leave(turn);
    }
  }

  async #inThread<Name extends keyof PasswordWork>(
    name: Name,
    args: Parameters<PasswordWork[Name]>,
  ): Promise<Awaited<ReturnType<PasswordWork[Name]>>> {
    try {
      return (await this.#pool.exec(name, args).timeout(JOB_MS)) as Awaited<ReturnType<PasswordWork[Name]>>;
    } catch (error) {
      // The thread was ended: by the time limit, by the system because memory was short, or by `close`.
      throw new UnavailableError("The password could not be hashed; try again", 5, {
        cause: error,
      });
    }
  }
}

function readHash(hash: string) {
  const [name, N, r, p, salt = "", key = ""] = hash.split("$");
  return {
    name,
    cost: { N: Number(N), r: Number(r), p: Number(p) },
    ...{ salt: Buffer.from(salt, "base64url"), key: Buffer.from(key, "base64url") },
  };
}

const writeHash = ({ N, r, p }: PasswordCost, salt: Uint8Array, key: Uint8Array) =>
  ["scrypt", N, r, p, ...[salt, key].map((bytes) => Buffer.from(bytes).toString("base64url"))].join("$");
