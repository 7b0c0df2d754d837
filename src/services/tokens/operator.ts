import { InvalidValueError, NotFoundError } from "../../domain/errors.js";
import { isId } from "../../domain/values/id.js";
import { isName } from "../../domain/values/plain-text.js";
import { OPERATOR_PRINCIPAL, PROVIDER_REALM } from "../../domain/access/principal.js";
import type { Realm } from "../../domain/access/principal.js";
import { AccessTokenService } from "./access-tokens.js";
import type { IssuedToken } from "./access-tokens.js";
import type { Dependencies } from "../dependencies.js";

/** What a new token shall be, in the words of whoever operates the server. */
export interface TokenOptions {
  /** ISO 8601 in UTC; without it, the token never ends by itself. */
  readonly expiresAt?: string | undefined;
  /** The person that it belongs to, by `userName`; without it, it is a machine's. */
  readonly userName?: string | undefined;
  /** The organization that it acts in, by id or name; without it, it acts in the whole provider. */
  readonly organization?: string | undefined;
  readonly readOnly?: boolean | undefined;
}

/** What the operator of a server does with access tokens, without having one. */
export class OperatorService {
  readonly #accessTokens: AccessTokenService;

  constructor(private readonly deps: Dependencies) {
    this.#accessTokens = new AccessTokenService(deps);
  }

  /** @throws NotFoundError when there is no account of that user name, or no such organization; InvalidValueError */
  async issueToken(name: string, options: TokenOptions = {}): Promise<IssuedToken> {
    const { expiresAt, userName, organization, readOnly = false } = options;
    if (!isName(name)) throw new InvalidValueError("The name of a token must be one line of plain text");
    const realm = organization === undefined ? PROVIDER_REALM : await this.#realmOf(organization);
    const accountId = userName === undefined ? undefined : await this.#accountOf(userName);
    return this.#accessTokens.create(OPERATOR_PRINCIPAL, { name, realm, readOnly, accountId, expiresAt });
  }

  /** As `AccessTokenService.rotate`. */
  rotateToken(id: string, overlap?: number): Promise<IssuedToken> {
    return this.#accessTokens.rotate(OPERATOR_PRINCIPAL, id, overlap);
  }

  /** As `AccessTokenService.revoke`. */
  revokeToken(id: string): Promise<void> {
    return this.#accessTokens.revoke(OPERATOR_PRINCIPAL, id, undefined);
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
