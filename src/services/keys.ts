import { randomBytes } from "node:crypto";
import { PROVIDER_REALM } from "../domain/access/principal.js";
import type { Dependencies } from "./dependencies.js";

/**
 * The secret key of that name, the same for all processes on one database; made when nobody has asked before.
 *
 * @returns 32 bytes
 */
export async function secretKey({ work }: Pick<Dependencies, "work">, name: string): Promise<Uint8Array> {
  const known = await work.read(PROVIDER_REALM).keys.find(name);
  if (known) return known;
  const made = randomBytes(32);
  return work.write(PROVIDER_REALM, async ({ keys }) => {
    await keys.insert(name, made);
    return (await keys.find(name)) ?? made;
  });
}
