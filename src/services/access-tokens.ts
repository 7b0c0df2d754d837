import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { AccessToken } from "../domain/access-token.js";
import { NotFoundError } from "../domain/errors.js";
import { PROVIDER_REALM } from "../domain/principal.js";
import type { Principal } from "../domain/principal.js";
import type { Collaborators } from "./collaborators.js";

/** A token with its secret, which is known only now. */
export interface IssuedToken {
  readonly token: AccessToken;
  readonly secret: string;
}

/** What a new token shall be. */
export interface TokenOptions {
  /** ISO 8601 in UTC; without it, the token never ends by itself. */
  readonly expiresAt?: string | undefined;
  /** The person that it belongs to, by `userName`; without it, it is a machine's. */
  readonly userName?: string | undefined;
}

/** Makes, recognises and revokes access tokens. Secrets are random, so a fast hash keeps them safe. */
export class AccessTokenService {
  constructor(private readonly given: Collaborators) {}

  /**
   * @param secret what the bearer sent
   * @returns whom the token stands for; undefined when it is unknown, expired or revoked, or its owner is
   *   not active
   */
  async authenticate(secret: string): Promise<Principal | undefined> {
    const hash = hashOf(secret);
    const found = await this.given.work.read(PROVIDER_REALM).accessTokens.findByHash(hash);
    if (!found || !timingSafeEqual(Buffer.from(found.hash), Buffer.from(hash))) return undefined;
    const { id, accountId, expiresAt, revokedAt } = found.token;
    if (revokedAt !== undefined || (expiresAt !== undefined && expiresAt <= this.given.now()))
      return undefined;
    if (accountId === undefined) return { tokenId: id, realm: PROVIDER_REALM, power: "administrator" };
    return found.ownerIsActive
      ? { tokenId: id, realm: PROVIDER_REALM, power: "administrator", accountId }
      : undefined;
  }

  /** @throws NotFoundError when there is no account of that user name */
  async issue(name: string, { expiresAt, userName }: TokenOptions = {}): Promise<IssuedToken> {
    const secret = `muster_${randomBytes(32).toString("base64url")}`;
    const accountId = userName === undefined ? undefined : await this.#accountOf(userName);
    const token = await this.#insert({ name, accountId, expiresAt }, secret);
    if (!token) throw new Error("Two random secrets were the same");
    return { token, secret };
  }

  /**
   * Makes a given secret a provider token; does nothing when it is one already.
   */
  async adopt(name: string, secret: string): Promise<void> {
    await this.#insert({ name, accountId: undefined, expiresAt: undefined }, secret);
  }

  /** All tokens, oldest first. */
  list(): Promise<AccessToken[]> {
    return this.given.work.read(PROVIDER_REALM).accessTokens.list();
  }

  /** Ends a token at once; one that is revoked already stays so. @throws NotFoundError */
  async revoke(id: string): Promise<void> {
    const revoked = await this.given.work.write(PROVIDER_REALM, ({ accessTokens }) =>
      accessTokens.revoke(id, this.given.now()),
    );
    if (!revoked) throw new NotFoundError("Access token", id);
  }

  async #accountOf(userName: string): Promise<string> {
    const id = await this.given.work.read(PROVIDER_REALM).accounts.findIdByUserName(userName);
    if (id === undefined) throw new NotFoundError("User", userName);
    return id;
  }

  async #insert(
    given: Pick<AccessToken, "name" | "accountId" | "expiresAt">,
    secret: string,
  ): Promise<AccessToken | undefined> {
    const token = {
      ...given,
      id: this.given.newId(),
      createdAt: this.given.now(),
      revokedAt: undefined,
    };
    const inserted = await this.given.work.write(PROVIDER_REALM, ({ accessTokens }) =>
      accessTokens.insert(token, hashOf(secret)),
    );
    return inserted ? token : undefined;
  }
}

const hashOf = (secret: string) => createHash("sha256").update(secret).digest("hex");
