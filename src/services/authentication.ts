import { timingSafeEqual } from "node:crypto";
import type { AccessToken, Owner } from "../domain/access-token.js";
import { PROVIDER_REALM } from "../domain/principal.js";
import type { Principal, Realm } from "../domain/principal.js";
import type { Collaborators } from "./collaborators.js";
import { hashOf } from "./token-secret.js";

/** Recognises access tokens, and keeps in mind when they were used. */
export class AuthenticationService {
  /** When tokens were used last, by their ids, for as long as it has not been written down. */
  #used = new Map<string, string>();

  constructor(private readonly given: Collaborators) {}

  /**
   * @param secret what the bearer sent
   * @returns whom the token stands for; undefined when it is unknown, expired or revoked, or its owner is
   *   not active
   */
  async authenticate(secret: string): Promise<Principal | undefined> {
    const hash = hashOf(secret);
    const now = this.given.now();
    const found = await this.given.work.read(PROVIDER_REALM).accessTokens.findByHash(hash, now);
    if (!found || !timingSafeEqual(Buffer.from(found.hash), Buffer.from(hash))) return undefined;
    const { id, revokedAt, expiresAt } = found.token;
    if (revokedAt !== undefined || (expiresAt !== undefined && expiresAt <= now)) return undefined;
    const principal = principalOf(found.token, found.owner);
    if (principal) this.#used.set(id, now);
    return principal;
  }

  /** Writes down when tokens were used, all at once: a write for every request would cost too much. */
  async writeDownUse(): Promise<void> {
    const used = this.#used;
    this.#used = new Map();
    if (used.size === 0) return;
    await this.given.work.write(PROVIDER_REALM, async ({ accessTokens }) => {
      for (const [id, at] of used) await accessTokens.touch(id, at);
    });
  }

  /**
   * Makes a given secret a token; does nothing when it has been one before, so that a token that was rotated or
   * revoked stays so.
   *
   * @param realm where it acts
   */
  async adopt(name: string, secret: string, realm: Realm = PROVIDER_REALM): Promise<void> {
    const at = this.given.now();
    const token = {
      ...{ id: this.given.newId(), name, realm, readOnly: false, version: 1, createdAt: at, updatedAt: at },
      ...{ accountId: undefined, makerId: undefined, orphanedAt: undefined },
      ...{ expiresAt: undefined, revokedAt: undefined, lastUsedAt: undefined },
    };
    await this.given.work.write(PROVIDER_REALM, ({ accessTokens }) =>
      accessTokens.adopt(token, hashOf(secret)),
    );
  }

  /** All tokens, those that are revoked too, oldest first. */
  all(): Promise<AccessToken[]> {
    return this.given.work.read(PROVIDER_REALM).accessTokens.all();
  }
}

function principalOf(
  { id, realm, readOnly, accountId, makerId, orphanedAt, expiresAt }: AccessToken,
  owner: Owner,
): Principal | undefined {
  const power = readOnly ? "reader" : "administrator";
  const principal = { tokenId: id, realm, power, ...(expiresAt !== undefined && { expiresAt }) } as const;
  if (accountId === undefined) {
    return { ...principal, ...(makerId !== undefined && { makerId }), isOrphaned: orphanedAt !== undefined };
  }
  if (!owner.isActive) return undefined;
  return { ...principal, accountId, power: owner.isAdministrator ? power : "member" };
}
