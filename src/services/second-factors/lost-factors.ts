import { personBehind } from "../../domain/access/actor.js";
import { requireAccess } from "../../domain/access/policy.js";
import { OPERATOR_PRINCIPAL } from "../../domain/access/principal.js";
import type { Author, Principal } from "../../domain/access/principal.js";
import { ConflictError, ForbiddenError, NotFoundError } from "../../domain/errors.js";
import type { FactorOwner } from "../../domain/sessions/second-factor.js";
import type { AccountWithOrganizations } from "../../domain/users/account.js";
import { isId } from "../../domain/values/id.js";
import type { Repositories } from "../../repositories/unit-of-work.js";
import type { Dependencies } from "../dependencies.js";
import { lockAdministered } from "../roles/administrators.js";
import { requireSignIn } from "../roles/grants.js";
import { realmOf } from "../sessions/credential-check.js";
import { recordFactorChange } from "./factor-changes.js";
import { requireShownFactor } from "./shown-factor.js";

/** Removes second factors of people who lost theirs. */
export class LostFactors {
  constructor(private readonly deps: Dependencies) {}

  /**
   * Removes the factor of a person's own password; in an organization's realm, that of the password that opens the
   * organization alone, and never the person's own. The sessions in which it was shown end, and the person is told by mail.
   *
   * @returns the User
   * @throws NotFoundError, ConflictError when there is no factor, ForbiddenError for a caller who may not change how this
   *   person signs in, and for the person themselves
   */
  async remove(principal: Principal, id: string): Promise<AccountWithOrganizations> {
    requireAccess(principal, "change Users");
    const { realm } = principal;
    return this.deps.work.write(realm, async (repositories) => {
      const organizationId = realm.type === "organization" ? realm.organizationId : undefined;
      const isProvider = organizationId === undefined;
      // The caller is locked, too: two administrators who remove each other's factors must not wait for each other.
      await lockAdministered(principal, repositories, {
        organizationIds: isProvider ? [] : [organizationId],
        isProvider,
      });
      const account = isId(id) && (await repositories.accounts.find(id, "forUpdate"));
      if (!account) throw new NotFoundError("User", id);
      await this.#requireMayRemove(repositories, principal, account, organizationId);
      const owner = { accountId: id, organizationId };
      if (await this.#remove(repositories, principal, owner, account, "removed by an administrator")) {
        return account;
      }
      throw new ConflictError("The User has no second factor here");
    });
  }

  /**
   * Removes a factor at the command line.
   *
   * @param owner an account that exists, and the organization whose password the factor guards
   * @returns whether there was one
   */
  async removeByOperator(owner: FactorOwner): Promise<boolean> {
    const { accountId, organizationId } = owner;
    return this.deps.work.write(realmOf(organizationId), async (repositories) => {
      const account = await repositories.accounts.find(accountId, "forUpdate");
      if (!account) return false;
      return this.#remove(repositories, OPERATOR_PRINCIPAL, owner, account, "removed by the operator");
    });
  }

  /** @throws ForbiddenError */
  async #requireMayRemove(
    repositories: Repositories,
    principal: Principal,
    account: AccountWithOrganizations,
    organizationId: string | undefined,
  ): Promise<void> {
    // A thief of a session or a token must not free themselves of what protects from thieves.
    if (personBehind(principal.actor) === account.id) {
      throw new ForbiddenError(
        "You can remove your own second factor only where you are signed in, with a code; see /console/session/factor",
      );
    }
    const change = { current: account, next: account, changes: ["secondFactor"] };
    await requireSignIn(this.deps, repositories, principal, change);
    if (await repositories.power.hasRole(account.id, organizationId)) {
      await requireShownFactor(repositories, principal, "remove the second factor of a person with a role");
    }
  }

  async #remove(
    repositories: Repositories,
    author: Author,
    owner: FactorOwner,
    account: AccountWithOrganizations,
    detail: string,
  ): Promise<boolean> {
    const factor = await repositories.secondFactors.find(owner);
    if (!factor) return false;
    await repositories.secondFactors.delete(owner);
    await repositories.sessions.endOfFactor(factor);
    const removal = { owner, account, detail, mail: "second-factor-removed" } as const;
    await recordFactorChange(this.deps, repositories, author, removal);
    return true;
  }
}
