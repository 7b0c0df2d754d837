import { randomBytes } from "node:crypto";
import { PROVIDER_REALM } from "../domain/access/principal.js";
import type { Dependencies } from "./dependencies.js";

/** One secret key for each thing that is signed or encrypted. */
const NAMES = ["links", "cursors", "csrf", "devices", "factors"] as const;
type KeyName = (typeof NAMES)[number];

/** The secret keys. They are stored in the database, so that all processes share them, and have to be loaded first. */
export class SecretKeys {
  #keys: Readonly<Record<KeyName, Uint8Array>> | undefined;

  constructor(private readonly deps: Pick<Dependencies, "work">) {}

  get isLoaded(): boolean {
    return this.#keys !== undefined;
  }

  /** Reads the keys and creates missing ones. @throws UnavailableError */
  async load(): Promise<void> {
    if (this.#keys) return;
    const keys = await Promise.all(
      NAMES.map(async (name) => [name, await secretKey(this.deps, name)] as const),
    );
    this.#keys = Object.fromEntries(keys) as Record<KeyName, Uint8Array>;
  }

  /** @returns 32 bytes. @throws Error before they are loaded */
  get(name: KeyName): Uint8Array {
    if (!this.#keys) throw new Error("Muster's keys are not loaded; call migrate() or start() first");
    return this.#keys[name];
  }
}

/** Reads the key of that name, or creates it. @returns 32 bytes */
async function secretKey({ work }: Pick<Dependencies, "work">, name: string): Promise<Uint8Array> {
  const known = await work.read(PROVIDER_REALM).keys.find(name);
  if (known) return known;
  const made = randomBytes(32);
  return work.write(PROVIDER_REALM, async ({ keys }) => {
    await keys.insert(name, made);
    return (await keys.find(name)) ?? made;
  });
}
