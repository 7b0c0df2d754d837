import { PROVIDER_REALM } from "../../domain/access/principal.js";
import type { StoredKey } from "../../repositories/keys.js";
import type { Dependencies } from "../dependencies.js";
import { DAY, HOUR, later } from "../limits/rate-limits.js";
import { byPurpose, KEY_PURPOSES } from "./secret-keys.js";
import type { KeyPurpose } from "./secret-keys.js";

/** How long what a key signed can be valid, but for invitations: as long as a browser is remembered. In seconds. */
const KEPT_SECONDS = 400 * DAY;

/** How long after its last use a key for secrets of second factors is kept: longer than one is being set up. In seconds. */
const FACTORS_KEPT_SECONDS = HOUR;

/** Forgets keys that rotations replaced, once nothing needs them any more. */
export class EarlierKeys {
  /** @param reseal encrypts what is stored with the current key */
  constructor(
    private readonly deps: Pick<Dependencies, "work" | "now">,
    private readonly reseal: () => Promise<void>,
  ) {}

  async prune(): Promise<void> {
    const keys = byPurpose(await this.deps.work.read(PROVIDER_REALM).keys.all(KEY_PURPOSES));
    for (const purpose of KEY_PURPOSES) await this.#prune(purpose, keys[purpose]);
  }

  async #prune(purpose: KeyPurpose, keys: readonly StoredKey[]): Promise<void> {
    const kept = purpose === "factors" ? FACTORS_KEPT_SECONDS : KEPT_SECONDS;
    const isOver = later(this.deps.now(), -kept);
    const over = keys.slice(0, -1).filter((_, index) => replacedAt(keys, index) < isOver);
    if (over.length === 0) return;
    if (purpose === "factors") await this.reseal();
    for (const [index, key] of over.entries()) {
      if (purpose === "links" && (await this.#areInvitationsOpen(replacedAt(keys, index)))) continue;
      await this.deps.work.write(PROVIDER_REALM, (repositories) => repositories.keys.delete(key));
    }
  }

  #areInvitationsOpen(before: string): Promise<boolean> {
    return this.deps.work.read(PROVIDER_REALM).keys.hasOpenInvitations(this.deps.now(), before);
  }
}

const replacedAt = (keys: readonly StoredKey[], index: number) => keys[index + 1]?.activeFrom ?? "";
