import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { KeyRing } from "../../domain/server/key-ring.js";

/** Signs of browsers that have signed in to an account before: they are counted apart from strangers. */
export class Devices {
  constructor(private readonly keys: () => KeyRing) {}

  /** A sign for a browser that has just signed in. @param owner the account, and where it signed in */
  issue(owner: string): string {
    const id = randomBytes(16).toString("base64url");
    return `${id}.${macOf(id, owner, this.keys().current)}`;
  }

  /** The id of the browser, if the sign is one for this owner. */
  idOf(sign: string | undefined, owner: string): string | undefined {
    const [id = "", mac = ""] = (sign ?? "").split(".", 2);
    const sent = Buffer.from(mac);
    const isSigned = this.keys().known.some((key) => {
      const expected = Buffer.from(macOf(id, owner, key));
      return sent.length === expected.length && timingSafeEqual(sent, expected);
    });
    return id !== "" && isSigned ? id : undefined;
  }
}

const macOf = (id: string, owner: string, key: Uint8Array) =>
  createHmac("sha256", key)
    .update(JSON.stringify([id, owner]))
    .digest("base64url");
