import { InvalidValueError, NotFoundError } from "../../domain/errors.js";
import { isId } from "../../domain/values/id.js";
import { isName } from "../../domain/values/plain-text.js";
import { OPERATOR_PRINCIPAL, PROVIDER_REALM } from "../../domain/access/principal.js";
import type { Realm } from "../../domain/access/principal.js";
import { LostFactors } from "../second-factors/lost-factors.js";
import { AccessTokenService } from "./access-tokens.js";
import type { IssuedToken } from "./access-tokens.js";
import type { Dependencies } from "../dependencies.js";

/** The operator's options for a new token. */
export interface TokenOptions {
  /** ISO 8601 in UTC; without it, the token does not expire. */
  readonly expiresAt?: string | undefined;
  /** The `userName` of the person that the token belongs to; without it, it is a machine's. */
  readonly userName?: string | undefined;
  /** The id or name of the organization that the token acts in; without it, the token acts in the provider's realm. */
  readonly organization?: string | undefined;
  readonly readOnly?: boolean | undefined;
  readonly checksPasswords?: boolean | undefined;
}

/** What the operator of a server can do with access tokens, on the command line and without an access token. */
export class OperatorService {
  readonly #accessTokens: AccessTokenService;
  readonly #lostFactors: LostFactors;

  constructor(private readonly deps: Dependencies) {
    this.#accessTokens = new AccessTokenService(deps);
    this.#lostFactors = new LostFactors(deps);
  }

  /** @throws NotFoundError when there is no account of that user name, or no such organization; InvalidValueError */
  async issueToken(name: string, options: TokenOptions = {}): Promise<IssuedToken> {
    const { expiresAt, userName, organization, readOnly = false, checksPasswords = false } = options;
    if (!isName(name)) throw new InvalidValueError("The name of a token must be one line of plain text");
    const realm = organization === undefined ? PROVIDER_REALM : await this.#realmOf(organization);
    const accountId = userName === undefined ? undefined : await this.#accountOf(userName);
    const input = { name, realm, readOnly, checksPasswords, accountId, expiresAt };
    return this.#accessTokens.create(OPERATOR_PRINCIPAL, input);
  }

  /** Like `AccessTokenService.rotate`. */
  rotateToken(id: string, overlap?: number): Promise<IssuedToken> {
    return this.#accessTokens.rotate(OPERATOR_PRINCIPAL, id, overlap);
  }

  /** Like `AccessTokenService.revoke`. */
  revokeToken(id: string): Promise<void> {
    return this.#accessTokens.revoke(OPERATOR_PRINCIPAL, id, undefined);
  }

  /**
   * Removes a person's second factor: for people who lost the phone and the recovery codes.
   *
   * @param organization whose password it guards; undefined: the person's own
   * @returns whether there was one
   * @throws NotFoundError
   */
  async removeSecondFactor(userName: string, organization?: string): Promise<boolean> {
    const accountId = await this.#accountOf(userName);
    const realm = organization === undefined ? PROVIDER_REALM : await this.#realmOf(organization);
    const organizationId = realm.type === "organization" ? realm.organizationId : undefined;
    return this.#lostFactors.removeByOperator({ accountId, organizationId });
  }

  async #accountOf(userName: string): Promise<string> {
    const id = await this.deps.work.read(PROVIDER_REALM).accounts.findIdByUserName(userName);
    if (id === undefined) throw new NotFoundError("User", userName);
    return id;
  }

  async #realmOf(organization: string): Promise<Realm> {
    const { organizations } = this.deps.work.read(PROVIDER_REALM);
    const byId = isId(organization) ? await organizations.find(organization, { lock: false }) : undefined;
    const id = byId?.id ?? (await organizations.findIdByName(organization));
    if (id === undefined) throw new NotFoundError("Group", organization);
    return { type: "organization", organizationId: id };
  }
}
