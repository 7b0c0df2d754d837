import { randomBytes } from "node:crypto";
import { PROVIDER_REALM } from "../domain/access/principal.js";
import type { Dependencies } from "./dependencies.js";

/** What secret keys are for: each signs or encrypts one kind of thing. */
const NAMES = ["links", "cursors", "csrf"] as const;
type KeyName = (typeof NAMES)[number];

/** The secret keys, the same for all processes on one database. They are in the database, so they have to be loaded. */
export class SecretKeys {
  #keys: Readonly<Record<KeyName, Uint8Array>> | undefined;

  constructor(private readonly deps: Pick<Dependencies, "work">) {}

  get isLoaded(): boolean {
    return this.#keys !== undefined;
  }

  /** Reads them, and makes those that are missing. @throws UnavailableError */
  async load(): Promise<void> {
    if (this.#keys) return;
    const [links, cursors, csrf] = await Promise.all(NAMES.map((name) => secretKey(this.deps, name)));
    if (links && cursors && csrf) this.#keys = { links, cursors, csrf };
  }

  /** @returns 32 bytes. @throws Error before they are loaded */
  get(name: KeyName): Uint8Array {
    if (!this.#keys) throw new Error("Muster's keys are not loaded; call migrate() or start() first");
    return this.#keys[name];
  }
}

/** The key of that name; made when it is not there. @returns 32 bytes */
async function secretKey({ work }: Pick<Dependencies, "work">, name: string): Promise<Uint8Array> {
  const known = await work.read(PROVIDER_REALM).keys.find(name);
  if (known) return known;
  const made = randomBytes(32);
  return work.write(PROVIDER_REALM, async ({ keys }) => {
    await keys.insert(name, made);
    return (await keys.find(name)) ?? made;
  });
}
