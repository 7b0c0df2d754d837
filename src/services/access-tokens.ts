import { timingSafeEqual } from "node:crypto";
import type { AccessToken, Owner } from "../domain/access-token.js";
import { NotFoundError } from "../domain/errors.js";
import { isId } from "../domain/id.js";
import { PROVIDER_REALM } from "../domain/principal.js";
import type { Principal, Realm } from "../domain/principal.js";
import type { Collaborators } from "./collaborators.js";
import { hashOf, newSecret } from "./token-secret.js";

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
  /** The organization that it acts in, by id or name; without it, it acts in the whole provider. */
  readonly organization?: string | undefined;
  readonly readOnly?: boolean | undefined;
}

/** Makes, recognises and revokes access tokens. */
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
    const { revokedAt, expiresAt } = found.token;
    const isOver = revokedAt !== undefined || (expiresAt !== undefined && expiresAt <= this.given.now());
    return isOver ? undefined : principalOf(found.token, found.owner);
  }

  /** @throws NotFoundError when there is no account of that user name, or no such organization */
  async issue(name: string, options: TokenOptions = {}): Promise<IssuedToken> {
    const { expiresAt, userName, organization, readOnly = false } = options;
    const secret = newSecret();
    const realm = organization === undefined ? PROVIDER_REALM : await this.#realmOf(organization);
    const accountId = userName === undefined ? undefined : await this.#accountOf(userName);
    const token = await this.#insert({ name, realm, readOnly, accountId, expiresAt }, secret);
    if (!token) throw new Error("Two random secrets were the same");
    return { token, secret };
  }

  /**
   * Makes a given secret a token; does nothing when it is one already.
   *
   * @param realm where it acts
   */
  async adopt(name: string, secret: string, realm: Realm = PROVIDER_REALM): Promise<void> {
    const nobody = { accountId: undefined, expiresAt: undefined };
    await this.#insert({ name, realm, readOnly: false, ...nobody }, secret);
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

  async #realmOf(organization: string): Promise<Realm> {
    const { organizations } = this.given.work.read(PROVIDER_REALM);
    const byId = isId(organization) ? await organizations.find(organization, { lock: false }) : undefined;
    const id = byId?.id ?? (await organizations.findIdByName(organization));
    if (id === undefined) throw new NotFoundError("Group", organization);
    return { type: "organization", organizationId: id };
  }

  async #insert(
    given: Omit<AccessToken, "id" | "createdAt" | "revokedAt">,
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

function principalOf({ id, realm, readOnly, accountId }: AccessToken, owner: Owner): Principal | undefined {
  const power = readOnly ? "reader" : "administrator";
  if (accountId === undefined) return { tokenId: id, realm, power };
  if (!owner.isActive) return undefined;
  return { tokenId: id, realm, accountId, power: owner.isAdministrator ? power : "member" };
}
