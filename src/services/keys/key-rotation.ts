import { OPERATOR_PRINCIPAL, PROVIDER_REALM } from "../../domain/access/principal.js";
import { ConflictError } from "../../domain/errors.js";
import type { StoredKey } from "../../repositories/keys.js";
import { recordEvent } from "../audit/audit.js";
import type { Dependencies } from "../dependencies.js";
import { later } from "../limits/rate-limits.js";
import { byPurpose, KEY_PURPOSES, newKey } from "./secret-keys.js";
import type { KeyPurpose } from "./secret-keys.js";

/** How long all processes have to take up a new key before one signs with it, in seconds. */
export const SPREAD_SECONDS = 30;

/** The most keys for one purpose: what is signed with an unknown key is compared with each of them. */
const MAX_KEYS = 20;

/** Makes new secret keys, for the operator. */
export class KeyRotation {
  constructor(private readonly deps: Dependencies) {}

  /**
   * Makes a new key for each purpose. What earlier keys signed stays valid as long as it is meant to.
   *
   * @param drops whether earlier keys are dropped at once, and with them all that they signed. Keys that encrypt stay until what
   *   is stored is encrypted with the new one
   * @returns since when the new keys sign, as ISO 8601 in UTC
   * @throws ConflictError when so many earlier keys are still needed that there can be no more
   */
  rotate({ drops }: { readonly drops: boolean }): Promise<string> {
    const { work, now } = this.deps;
    return work.write(PROVIDER_REALM, async (repositories) => {
      const { keys } = repositories;
      const activeFrom = later(now(), drops ? 0 : SPREAD_SECONDS);
      const earlier = byPurpose(await keys.all(KEY_PURPOSES));
      for (const purpose of KEY_PURPOSES) {
        const isDropped = drops && purpose !== "factors";
        if (isDropped) for (const key of earlier[purpose]) await keys.delete(key);
        else requireRoom(purpose, earlier[purpose]);
        await keys.insert({ purpose, activeFrom, bytes: newKey() });
      }
      await recordEvent(this.deps, repositories, OPERATOR_PRINCIPAL, {
        ...{ action: "change", target: { type: "Settings" }, result: "success" },
        detail: drops ? "rotated the secret keys, and dropped the earlier ones" : "rotated the secret keys",
      });
      return activeFrom;
    });
  }
}

function requireRoom(purpose: KeyPurpose, keys: readonly StoredKey[]): void {
  if (keys.length < MAX_KEYS) return;
  throw new ConflictError(
    `There are ${keys.length} keys for ${purpose} that are still needed, and there can be no more; wait, or drop the earlier ones`,
  );
}
