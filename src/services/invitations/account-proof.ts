import { ForbiddenError } from "../../domain/errors.js";
import { linkAuthor, PROVIDER_REALM, turnOf } from "../../domain/access/principal.js";
import { invitationTarget } from "../../domain/invitations/invitation.js";
import type { SecondFactor } from "../../domain/sessions/second-factor.js";
import type { Dependencies } from "../dependencies.js";
import type { BruteForceGuard } from "../limits/brute-force-guard.js";
import type { Passwords } from "../passwords/passwords.js";
import type { FactorCodes } from "../second-factors/factor-codes.js";
import type { SignIn } from "../sessions/sign-in.js";
import { targetOf } from "../users/account-rules.js";
import { invitedAuthor } from "./open-invitations.js";
import type { FoundInvitation } from "./open-invitations.js";

/** What a person enters to show that the account is theirs that an invitation is for. */
export interface EnteredProof {
  readonly password?: string | undefined;
  /** Of the app, or a recovery code, where a second factor guards the password. */
  readonly code?: string | undefined;
}

/** Where a request comes from, and whether its browser is known to an account. */
export type Browser = Pick<SignIn, "deviceOf" | "origin">;

/** Has invited people show that an account is theirs, as signing in does: by its password, and a second factor if it has one. */
export class AccountProof {
  constructor(
    private readonly deps: Dependencies,
    private readonly guard: BruteForceGuard,
    private readonly passwords: Passwords,
    private readonly codes: FactorCodes,
  ) {}

  /**
   * @returns the second factor that was shown; undefined when the account has none
   * @throws ForbiddenError for a wrong password or code, and without a code where one is needed; only after the right password
   *   it tells that. TooManyRequestsError after too many attempts
   */
  async require(
    found: FoundInvitation,
    { password, code = "" }: EnteredProof,
    browser: Browser,
  ): Promise<SecondFactor | undefined> {
    await this.#requirePassword(found, password, browser);
    const { accountId = "" } = found;
    const { secondFactors } = this.deps.work.read(PROVIDER_REALM, accountId);
    const factor = await secondFactors.find({ accountId, organizationId: undefined });
    if (!factor) return undefined;
    if (code === "") {
      throw new ForbiddenError(
        "A second factor guards this account: enter the code of your app, too, or a recovery code",
        "code",
      );
    }
    await this.#takeCode(factor, code, browser);
    return factor;
  }

  async #requirePassword(
    { offer: { invitation }, accountId = "", passwordHash }: FoundInvitation,
    password: string | undefined,
    { origin }: Browser,
  ): Promise<void> {
    // Without the account, as long as the person has not joined.
    const author = invitedAuthor(invitation, undefined, origin);
    const { target } = invitationTarget(invitation);
    await this.guard.check({ kind: "password", owner: accountId, author, target }, async () => {
      if (passwordHash === undefined || password === undefined) return false;
      return this.passwords.isPassword(turnOf(author), password, passwordHash);
    });
  }

  /** In the provider's realm, and counted with the codes of sign-ins: the organization must not learn of the factor. */
  async #takeCode(factor: SecondFactor, code: string, { deviceOf, origin }: Browser): Promise<void> {
    const { accountId } = factor;
    const account = await this.deps.work.read(PROVIDER_REALM, accountId).accounts.find(accountId);
    const target = account ? targetOf(account) : { type: "User", id: accountId };
    const author = linkAuthor(PROVIDER_REALM, undefined, accountId, origin);
    const place = `by ${deviceOf(accountId) ?? "other browsers"}`;
    await this.codes.take(factor, { code, place, author, target });
  }
}
