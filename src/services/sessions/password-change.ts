import { randomBytes } from "node:crypto";
import { PROVIDER_REALM, turnOf } from "../../domain/access/principal.js";
import type { Principal } from "../../domain/access/principal.js";
import { InvalidValueError } from "../../domain/errors.js";
import type { PersonSession } from "../../domain/sessions/session.js";
import type { Dependencies } from "../dependencies.js";
import type { BruteForceGuard } from "../limits/brute-force-guard.js";
import { knownWords, requireUsablePassword } from "../passwords/password-rules.js";
import type { Passwords } from "../passwords/passwords.js";
import { sentAs } from "../passwords/sent-password.js";
import { hashOf } from "../tokens/token-secret.js";
import { targetOf } from "../users/account-rules.js";
import { CurrentPassword, passwordChanged } from "./current-password.js";
import { authorOf } from "./sign-in.js";

/** What a person enters to change their password. */
export interface NewPassword {
  readonly currentPassword: string | undefined;
  readonly newPassword: string | undefined;
}

/** Changes the passwords of people who are signed in. */
export class PasswordChange {
  readonly #current: CurrentPassword;

  constructor(
    private readonly deps: Dependencies,
    guard: BruteForceGuard,
    private readonly passwords: Passwords,
  ) {
    this.#current = new CurrentPassword(deps, guard, passwords);
  }

  /**
   * Replaces the password that a session began with. The other sessions that began with it end; this one goes on.
   *
   * @returns the session's new secret, for the cookie
   * @throws ForbiddenError for a wrong password, InvalidValueError for an unusable new one, TooManyRequestsError after too
   *   many attempts
   */
  async change(
    session: PersonSession,
    { currentPassword, newPassword }: NewPassword,
    origin: Principal["origin"],
  ): Promise<string> {
    if (currentPassword === undefined) {
      throw new InvalidValueError("'currentPassword' is missing", "currentPassword");
    }
    if (newPassword === undefined) throw new InvalidValueError("'newPassword' is missing", "newPassword");
    await sentAs("newPassword", () => requireUsablePassword(newPassword));
    const { id, accountId, credentialOrganizationId: organizationId } = session;
    const author = authorOf(session, origin);
    const { account, hash: before } = await this.#current.require(session, currentPassword, author);
    const passwordHash = await sentAs("newPassword", () =>
      this.passwords.hash(turnOf(author), newPassword, knownWords(account)),
    );
    const secret = randomBytes(32).toString("base64url");
    await this.deps.work.write(PROVIDER_REALM, async (repositories) => {
      const { accounts, memberships, sessions } = repositories;
      await accounts.find(accountId, "forUpdate");
      const found = await sessions.findById(id);
      if (!found || (await sessions.passwordHash(id)) !== before) throw passwordChanged();
      if (organizationId === undefined) await accounts.setPassword(accountId, passwordHash, this.deps.now());
      else {
        // One that the organization wrote may have been changed by the organization: it gives no more power than before.
        const isAssigned = found.isPasswordAssigned;
        await memberships.setPassword(organizationId, accountId, passwordHash, { isAssigned });
      }
      await sessions.renew(id, { secretHash: hashOf(secret), passwordHash });
      await this.deps.changes.record(repositories, author, {
        ...{ action: "change", target: targetOf(account), attributes: ["password"] },
        detail: "changed in a session",
      });
    });
    return secret;
  }
}
