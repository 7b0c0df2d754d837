import { randomBytes } from "node:crypto";
import { PROVIDER_REALM } from "../../domain/access/principal.js";
import type { KeyRing } from "../../domain/server/key-ring.js";
import type { StoredKey } from "../../repositories/keys.js";
import type { Dependencies } from "../dependencies.js";

/** What is signed or encrypted with keys of its own. */
export const KEY_PURPOSES = ["links", "cursors", "csrf", "devices", "factors"] as const;
export type KeyPurpose = (typeof KEY_PURPOSES)[number];

/** How often a process looks whether there are new keys, in milliseconds. */
export const TAKE_UP_MS = 5000;

/** The secret keys. They are stored in the database, so that all processes share them, and have to be loaded first. */
export class SecretKeys {
  #keys: Readonly<Record<KeyPurpose, readonly StoredKey[]>> | undefined;
  #reading: Promise<void> | undefined;
  #readAt = -Infinity;

  constructor(private readonly deps: Pick<Dependencies, "work" | "now">) {}

  /** Whether they are there, and were read a short time ago. A server that runs reads them as a job. */
  get areFresh(): boolean {
    return this.#keys !== undefined && performance.now() - this.#readAt < 2 * TAKE_UP_MS;
  }

  /** Reads the keys and creates missing ones, unless they are there. @throws UnavailableError */
  async load(): Promise<void> {
    if (!this.#keys) await this.read();
  }

  /**
   * Reads the keys, unless they are fresh. Those that are there go on being used while the database fails.
   *
   * @throws UnavailableError when there are none yet
   */
  async refresh(): Promise<void> {
    if (this.areFresh) return;
    try {
      await this.read();
    } catch (error) {
      if (!this.#keys) throw error;
      this.#readAt = performance.now();
    }
  }

  /** Reads the keys, which rotations may have changed, and creates missing ones. @throws UnavailableError */
  read(): Promise<void> {
    return (this.#reading ??= this.#read().finally(() => (this.#reading = undefined)));
  }

  /** The keys for a purpose, as they are now. @throws Error before they are loaded */
  ring(purpose: KeyPurpose): KeyRing {
    if (!this.#keys) throw new Error("Muster's keys are not loaded; call migrate() or start() first");
    const keys = this.#keys[purpose];
    const current = activeKey(keys, this.deps.now());
    return { current: current.bytes, known: keys.map(({ bytes }) => bytes).reverse() };
  }

  async #read(): Promise<void> {
    const { work } = this.deps;
    let found = byPurpose(await work.read(PROVIDER_REALM).keys.all(KEY_PURPOSES));
    const missing = KEY_PURPOSES.filter((purpose) => found[purpose].length === 0);
    if (missing.length > 0) {
      found = await work.write(PROVIDER_REALM, async ({ keys }) => {
        for (const purpose of missing) {
          await keys.insert({ purpose, activeFrom: undefined, bytes: newKey() });
        }
        return byPurpose(await keys.all(KEY_PURPOSES));
      });
    }
    this.#keys = found;
    this.#readAt = performance.now();
  }
}

export const newKey = (): Uint8Array => randomBytes(32);

/** Keys, by what they are for. @param keys the oldest first */
export const byPurpose = (keys: readonly StoredKey[]) =>
  Object.fromEntries(
    KEY_PURPOSES.map((purpose) => [purpose, keys.filter((key) => key.purpose === purpose)]),
  ) as Record<KeyPurpose, StoredKey[]>;

/** The latest key that signs already, or else the first one. @param keys for one purpose, the oldest first */
function activeKey(keys: readonly StoredKey[], now: string): StoredKey {
  const active = keys.findLast(({ activeFrom = "" }) => activeFrom <= now) ?? keys[0];
  if (!active) throw new Error("A secret key is missing");
  return active;
}
