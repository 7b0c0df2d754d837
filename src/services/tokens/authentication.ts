import { timingSafeEqual } from "node:crypto";
import type { AccessToken } from "../../domain/tokens/access-token.js";
import { PROVIDER_REALM } from "../../domain/access/principal.js";
import type { Principal, Realm } from "../../domain/access/principal.js";
import type { Dependencies } from "../dependencies.js";
import { SharedLookUps } from "./shared-look-ups.js";
import { standingOf } from "../roles/standing.js";
import type { Ended } from "../roles/standing.js";
import { hashOf, isPossibleSecret } from "./token-secret.js";

/** What comes of a secret: whom it stands for, or why it is refused, and whose it was if that can be told. */
export type Authentication =
  | { readonly principal: Principal }
  | { readonly reason: "unknown"; readonly hash: string }
  | {
      readonly reason: Ended;
      readonly hash: string;
      readonly token: AccessToken;
    };

/** Recognises access tokens, and keeps in mind when they were used. */
export class AuthenticationService {
  /** When tokens were used last, by their ids, for as long as it has not been written down. */
  #used = new Map<string, string>();

  /** Many requests of one token at once cost one look-up. */
  readonly #tokens = new SharedLookUps((hash) =>
    this.deps.work.read(PROVIDER_REALM, hash).accessTokens.findByHash(hash),
  );

  constructor(private readonly deps: Dependencies) {}

  /** @param secret what the bearer sent; a wrong one costs one look-up by an index */
  async authenticate(secret: string): Promise<Authentication> {
    const hash = hashOf(secret);
    const now = this.deps.now();
    const found = isPossibleSecret(secret) ? await this.#tokens.get(hash) : undefined;
    if (!found || !timingSafeEqual(Buffer.from(found.hash), Buffer.from(hash))) {
      return { reason: "unknown", hash };
    }
    const { token } = found;
    const principal = standingOf(found, now);
    if (typeof principal === "string") return { reason: principal, hash, token };
    this.#used.set(token.id, now);
    return { principal };
  }

  /** Writes down when tokens were used, all at once: a write for every request would cost too much. */
  async writeDownUse(): Promise<void> {
    const used = this.#used;
    this.#used = new Map();
    if (used.size === 0) return;
    await this.deps.work.write(PROVIDER_REALM, async ({ accessTokens }) => {
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
    const at = this.deps.now();
    const token = {
      ...{ id: this.deps.newId(), name, realm, readOnly: false, version: 1, createdAt: at, updatedAt: at },
      ...{ accountId: undefined, makerId: undefined, orphanedAt: undefined },
      ...{ expiresAt: undefined, revokedAt: undefined, lastUsedAt: undefined },
    };
    await this.deps.work.write(PROVIDER_REALM, ({ accessTokens }) =>
      accessTokens.adopt(token, hashOf(secret)),
    );
  }

  /** All tokens, those that are revoked too, oldest first. */
  all(): Promise<AccessToken[]> {
    return this.deps.work.read(PROVIDER_REALM).accessTokens.all();
  }
}
