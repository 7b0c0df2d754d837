import { PROVIDER_REALM, turnOf } from "../../domain/access/principal.js";
import type { Author } from "../../domain/access/principal.js";
import { ForbiddenError, InvalidValueError } from "../../domain/errors.js";
import type { PersonSession } from "../../domain/sessions/session.js";
import type { AccountWithOrganizations } from "../../domain/users/account.js";
import type { Dependencies } from "../dependencies.js";
import type { BruteForceGuard } from "../limits/brute-force-guard.js";
import type { Passwords } from "../passwords/passwords.js";
import { sentAs } from "../passwords/sent-password.js";
import { targetOf } from "../users/account-rules.js";

/** Asks people who are signed in for the password that their session began with. */
export class CurrentPassword {
  constructor(
    private readonly deps: Dependencies,
    private readonly guard: BruteForceGuard,
    private readonly passwords: Passwords,
  ) {}

  /**
   * @returns the account, and the hash of the password
   * @throws InvalidValueError without a password, ForbiddenError for a wrong one and when the session has ended,
   *   TooManyRequestsError after too many attempts
   */
  async require(
    { id, accountId }: PersonSession,
    password: string | undefined,
    author: Author,
  ): Promise<{ account: AccountWithOrganizations; hash: string }> {
    if (password === undefined)
      throw new InvalidValueError("'currentPassword' is missing", "currentPassword");
    const reader = this.deps.work.read(PROVIDER_REALM, id);
    const [account, hash] = [await reader.accounts.find(accountId), await reader.sessions.passwordHash(id)];
    if (!account || hash === undefined) throw passwordChanged();
    const attempt = { owner: `${accountId} in a session`, author, target: targetOf(account) };
    await sentAs("currentPassword", () =>
      this.guard.check({ ...attempt, kind: "password" }, () =>
        this.passwords.isPassword(turnOf(author), password, hash),
      ),
    );
    return { account, hash };
  }
}

export const passwordChanged = () => new ForbiddenError("Your password has just changed; sign in again");
