import { timingSafeEqual } from "node:crypto";
import type { AccessToken } from "../../domain/tokens/access-token.js";
import { PROVIDER_REALM } from "../../domain/access/principal.js";
import type { Principal, Realm } from "../../domain/access/principal.js";
import type { Activity } from "../../repositories/memberships/activity.js";
import type { Dependencies } from "../dependencies.js";
import { BatchedLookUps } from "../look-ups/batched-look-ups.js";
import { principalOf } from "../roles/current-principal.js";
import type { TokenEnd } from "../roles/current-principal.js";
import { hashOf, isPossibleSecret } from "./token-secret.js";

/** The result of checking a secret: its principal, or why it is refused, and its token if it was once valid. */
export type Authentication =
  | { readonly principal: Principal }
  | { readonly reason: "unknown"; readonly hash: string }
  | {
      readonly reason: TokenEnd;
      readonly hash: string;
      readonly token: AccessToken;
    };

/** Authenticates by access tokens, and tracks when they were last used. */
export class AuthenticationService {
  /** When tokens were last used, by their ids, and whose they are, until that is written to the database. */
  #lastUses = new Map<string, Pick<AccessToken, "accountId" | "realm"> & { readonly at: string }>();

  /** Parallel requests with the same token share a look-up. */
  readonly #tokens = new BatchedLookUps(
    (hash: string) => hash,
    async (hash) => {
      const found = await this.deps.work.read(PROVIDER_REALM, hash).accessTokens.findByHash(hash);
      return new Map(found && [[hash, found]]);
    },
  );

  constructor(private readonly deps: Dependencies) {}

  /** @param secret the bearer token that the client sent; a wrong one costs one look-up by an index */
  async authenticate(secret: string): Promise<Authentication> {
    const hash = hashOf(secret);
    const now = this.deps.now();
    const found = isPossibleSecret(secret) ? await this.#tokens.get(hash, hash) : undefined;
    if (!found || !timingSafeEqual(Buffer.from(found.hash), Buffer.from(hash))) {
      return { reason: "unknown", hash };
    }
    const { token } = found;
    const principal = principalOf(found, now);
    if (typeof principal === "string") return { reason: principal, hash, token };
    this.#lastUses.set(token.id, { accountId: token.accountId, realm: token.realm, at: now });
    return { principal };
  }

  /** Writes when tokens were last used, in one transaction: a write for each request would cost too much. */
  async writeDownUse(): Promise<void> {
    const lastUses = this.#lastUses;
    this.#lastUses = new Map();
    if (lastUses.size === 0) return;
    const activities = [...lastUses.values()].flatMap(({ accountId, realm, at }): Activity[] =>
      accountId === undefined
        ? []
        : [
            {
              accountId,
              organizationId: realm.type === "organization" ? realm.organizationId : undefined,
              at,
            },
          ],
    );
    await this.deps.work.write(PROVIDER_REALM, async ({ accessTokens, activity }) => {
      await activity.touch(activities);
      for (const [id, { at }] of lastUses) await accessTokens.touch(id, at);
    });
  }

  /**
   * Creates a token with an existing secret. Does nothing when the secret has belonged to a token before, so that a
   * rotated or revoked token stays that way.
   *
   * @param realm the realm that the token acts in
   */
  async adopt(name: string, secret: string, realm: Realm = PROVIDER_REALM): Promise<void> {
    const at = this.deps.now();
    const token = {
      ...{ id: this.deps.newId(), name, realm, readOnly: false, version: 1, createdAt: at, updatedAt: at },
      checksPasswords: false,
      ...{ accountId: undefined, makerId: undefined, orphanedAt: undefined },
      ...{ expiresAt: undefined, revokedAt: undefined, lastUsedAt: undefined },
    };
    await this.deps.work.write(PROVIDER_REALM, ({ accessTokens }) =>
      accessTokens.adopt(token, hashOf(secret)),
    );
  }

  /** All tokens, including revoked ones, oldest first. */
  all(): Promise<AccessToken[]> {
    return this.deps.work.read(PROVIDER_REALM).accessTokens.all();
  }
}
