import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** Signs of browsers that have signed in to an account before: they are counted apart from strangers. */
export class Devices {
  /** @param key 32 bytes */
  constructor(private readonly key: () => Uint8Array) {}

  /** A sign for a browser that has just signed in. @param owner the account, and where it signed in */
  issue(owner: string): string {
    const id = randomBytes(16).toString("base64url");
    return `${id}.${this.#macOf(id, owner)}`;
  }

  /** The id of the browser, if the sign is one for this owner. */
  idOf(sign: string | undefined, owner: string): string | undefined {
    const [id = "", mac = ""] = (sign ?? "").split(".", 2);
    const [sent, expected] = [Buffer.from(mac), Buffer.from(this.#macOf(id, owner))];
    return id !== "" && sent.length === expected.length && timingSafeEqual(sent, expected) ? id : undefined;
  }

  #macOf(id: string, owner: string): string {
    return createHmac("sha256", this.key())
      .update(JSON.stringify([id, owner]))
      .digest("base64url");
  }
}
