import { PROVIDER_REALM } from "../../domain/access/principal.js";
import type { Dependencies } from "../dependencies.js";
import { sealingPurpose } from "./factor-codes.js";
import type { Sealing } from "./sealing.js";

/** How many factors are worked on in one transaction. */
const PORTION = 100;

/** Encrypts the secrets of all second factors with the current key that are not. Safe to do in several processes. */
export async function resealFactors({ work }: Pick<Dependencies, "work">, sealing: Sealing): Promise<void> {
  for (let after = ""; ;) {
    const factors = await work.read(PROVIDER_REALM).secondFactors.sealed(after, PORTION);
    const resealed = factors.flatMap(({ id, sealedSecret }) => {
      const secret = sealing.reseal(sealedSecret, sealingPurpose(id));
      return secret === undefined ? [] : [{ id, from: sealedSecret, to: secret }];
    });
    if (resealed.length > 0) {
      await work.write(PROVIDER_REALM, async ({ secondFactors }) => {
        for (const each of resealed) await secondFactors.reseal(each);
      });
    }
    const last = factors.at(-1);
    if (factors.length < PORTION || !last) return;
    after = last.id;
  }
}
