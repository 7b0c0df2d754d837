import type { Account, AccountInput, AccountWithOrganizations } from "../../domain/users/account.js";
import { NotFoundError, UniquenessError } from "../../domain/errors.js";
import { isId } from "../../domain/values/id.js";
import type { OrganizationRole } from "../../domain/memberships/membership-details.js";
import { mayRemoveLastAdministrator } from "../../domain/access/policy.js";
import { hasRole, PROVIDER_ADMIN, roleNames } from "../../domain/access/roles.js";
import { hasRoles, rolesChange } from "../../domain/changes/change.js";
import type { RolesChange } from "../../domain/changes/change.js";
import { turnOf } from "../../domain/access/principal.js";
import type { Principal } from "../../domain/access/principal.js";
import type { AccountRepository } from "../../repositories/users/accounts.js";
import type { Repositories } from "../../repositories/unit-of-work.js";
import {
  concernsPower,
  concernsSetup,
  deactivates,
  profileChanges,
  requireOneWay,
  requireStorable,
  realmChanges,
  targetOf,
} from "./account-rules.js";
import type { Credentials } from "./account-rules.js";
import type { SetupMail } from "./account-setup.js";
import { leaveWithAccount } from "../memberships/joining.js";
import { keepingAdministrators, lockAdministered } from "../roles/administrators.js";
import { saysInactive, strike } from "../removals/striking.js";
import { takingOf } from "../removals/taking.js";
import { requireVersion } from "../dependencies.js";
import type { Dependencies, ExpectedVersions } from "../dependencies.js";
import { precheckGrants, precheckSignIn, requireGrants, requireSignIn } from "../roles/grants.js";
import { settleLostPower } from "../roles/lost-power.js";
import { writeOrganizationRoles } from "../roles/organization-roles.js";
import { knownWords } from "../passwords/password-rules.js";
import type { PasswordHasher } from "../passwords/passwords.js";
import { writeAccount } from "./written-account.js";

/** A change of an account. */
export interface AccountChange extends Credentials {
  /** Returns the new attributes; may be called more than once, so it must have no side effects. */
  readonly apply: (current: Account) => AccountInput;
  /** Returns the person's new roles in organizations; absent for no change. */
  readonly organizationRoles?:
    ((current: readonly OrganizationRole[]) => readonly OrganizationRole[]) | undefined;
  readonly expected?: ExpectedVersions;
}

/** Users in the provider's realm: all accounts. */
export class AccountService {
  constructor(
    private readonly deps: Dependencies,
    private readonly setupMail: SetupMail,
    private readonly passwords: PasswordHasher,
  ) {}

  /**
   * @throws UniquenessError when the user name is taken, InvalidValueError for a value that is too long, and what
   *   `SetupMail.send` and `PasswordHasher.hash` throw
   */
  async create(
    principal: Principal,
    input: AccountInput,
    { password, setupEmail }: Credentials,
  ): Promise<AccountWithOrganizations> {
    requireStorable(this.deps, input);
    requireOneWay({ password, setupEmail: setupEmail && "send" });
    precheckGrants(principal, [], input.roles);
    const passwordHash = await this.#hashOfNew(principal, input, password);
    const now = this.deps.now();
    const { search, ...attributes } = input;
    const account = { ...attributes, id: this.deps.newId(), version: 1, updatedAt: now };
    const isInvited = await this.deps.work.write(principal.realm, async (repositories) => {
      await requireGrants(this.deps, repositories, principal, [], input.roles);
      await repositories.accounts.insert({ ...account, search, passwordHash });
      const isDue = await this.setupMail.isDue(repositories, setupEmail, account, undefined, false);
      if (isDue) await this.setupMail.send(repositories, principal, account, undefined, setupEmail);
      const attributes = [...profileChanges(undefined, input), ...realmChanges(undefined, input)];
      const roles = rolesChange(account.id, [], roleNames(input.roles));
      const change = { action: "create", target: targetOf(account), attributes, roles } as const;
      await this.deps.changes.record(repositories, principal, change);
      return isDue;
    });
    const { externalId, displayName } = input;
    const own = { externalId, displayName, isInvited };
    return { ...account, ...own, createdAt: now, organizations: [] };
  }

  /**
   * Changes an account; without a difference, its version stays.
   *
   * @throws NotFoundError, VersionMismatchError, UniquenessError, InvalidValueError, and what `change.apply`,
   *   `SetupMail.send` and `PasswordHasher.hash` throw
   */
  async change(principal: Principal, id: string, change: AccountChange): Promise<AccountWithOrganizations> {
    requireOneWay(change);
    const { setupEmail } = change;
    const reading = this.deps.work.read(principal.realm);
    const passwordHash = await hashOfChange(this.passwords, reading, principal, id, change, (current, next) =>
      precheckSignIn(principal, reading, { current, next, changes: ["password"] }),
    );
    const changed = await this.deps.work.write(principal.realm, async (repositories) => {
      const { accounts, memberships } = repositories;
      if (!mayRemoveLastAdministrator(principal.actor)) {
        await memberships.lockOrganizationsOf(id);
        await lockAdministered(principal, repositories, { organizationIds: [], isProvider: true });
      }
      const current = await this.#lock(accounts, id, "forUpdate", change.expected);
      if (!current) {
        if (saysInactive(change.apply)) await this.#strike(repositories, principal, id);
        return undefined;
      }
      const input = change.apply(current);
      requireStorable(this.deps, input, current);
      const { userName, externalId, displayName, active, roles, profile, search } = input;
      const next = { ...current, userName, externalId, displayName, active, roles, profile };
      if (current.active !== true && saysInactive(change.apply, current)) {
        const gone = { type: "activity", organizationId: undefined, accountId: id } as const;
        await strike(this.deps, repositories, principal, targetOf(current), gone);
      }
      const inRealm = realmChanges(current, next);
      const personal = profileChanges(current, next);
      const changes = [...inRealm, ...personal, ...(passwordHash === undefined ? [] : ["password"])];
      const sendsMail =
        passwordHash === undefined &&
        (await this.setupMail.isDue(repositories, setupEmail, next, undefined, concernsSetup(changes)));
      if (sendsMail) changes.push("sendSetupEmail");
      await requireGrants(this.deps, repositories, principal, current.roles, roles);
      await requireSignIn(this.deps, repositories, principal, { current, next, changes });
      const changed = { ...next, version: current.version + 1, updatedAt: this.deps.now() };
      const organizationIds = current.organizations.map((each) => each.id);
      const ownRoles = rolesChange(id, roleNames(current.roles), roleNames(roles));
      let organizationRoles: RolesChange = { granted: [], revoked: [] };
      const write = async () => {
        if (change.organizationRoles) {
          const person = { id, organizationIds };
          organizationRoles = await writeOrganizationRoles(
            this.deps,
            repositories,
            principal,
            person,
            change.organizationRoles,
          );
        }
        if (hasRoles(organizationRoles)) changes.push("organizationRoles");
        if (changes.length === 0) return;
        if (deactivates(current, next)) {
          await repositories.removals.keepActivity(takingOf(this.deps, principal), id);
        }
        const written = { personal, all: changes };
        await writeAccount(repositories, current, { ...changed, search, passwordHash }, written);
        if (sendsMail) await this.setupMail.send(repositories, principal, changed, undefined, setupEmail);
      };
      const isProvider = hasRole(current.roles, PROVIDER_ADMIN);
      const mayTakePower = concernsPower(inRealm) || change.organizationRoles !== undefined;
      const warning = mayTakePower
        ? await keepingAdministrators(principal, repositories, { organizationIds, isProvider }, write)
        : undefined;
      if (!mayTakePower) await write();
      if (mayTakePower) await settleLostPower(this.deps, repositories, principal, { accountIds: [id] });
      if (changes.length === 0) return current;
      const recorded = { action: "change", target: targetOf(changed), attributes: changes, warning } as const;
      await this.deps.changes.record(repositories, principal, {
        ...recorded,
        roles: {
          granted: [...ownRoles.granted, ...organizationRoles.granted],
          revoked: [...ownRoles.revoked, ...organizationRoles.revoked],
        },
      });
      const isInvited = sendsMail || (current.isInvited && passwordHash === undefined);
      return { ...changed, isInvited };
    });
    if (!changed) throw new NotFoundError("User", id);
    return changed;
  }

  /**
   * Deletes an account and its memberships.
   *
   * @throws NotFoundError, VersionMismatchError
   */
  async delete(principal: Principal, id: string, expected: ExpectedVersions): Promise<void> {
    if (!isId(id)) throw new NotFoundError("User", id);
    const isFound = await this.deps.work.write(principal.realm, async (repositories) => {
      // Organizations are always locked before accounts, so that two transactions cannot wait for each other.
      await repositories.memberships.lockOrganizationsOf(id);
      const account = await this.#lock(repositories.accounts, id, "forDelete", expected);
      if (!account) {
        await this.#strike(repositories, principal, id);
        return false;
      }
      const { changes, warning } = await leaveWithAccount(this.deps, repositories, principal, account);
      const deletion = { action: "delete", target: targetOf(account), warning } as const;
      await this.deps.changes.record(repositories, principal, deletion, ...changes);
      return true;
    });
    if (!isFound) throw new NotFoundError("User", id);
  }

  /** What is gone already, by another actor, does not come back. */
  async #strike(repositories: Repositories, principal: Principal, id: string): Promise<void> {
    if (!isId(id)) return;
    const gone = { type: "account", accountId: id } as const;
    await strike(this.deps, repositories, principal, { type: "User", id }, gone);
  }

  /** Makes the other checks before hashing, since hashing takes long. */
  async #hashOfNew(
    principal: Principal,
    input: AccountInput,
    password: string | undefined,
  ): Promise<string | undefined> {
    if (password === undefined) return undefined;
    const { accounts } = this.deps.work.read(principal.realm);
    if ((await accounts.findIdByUserName(input.userName)) !== undefined) {
      throw new UniquenessError("User", "userName", input.userName);
    }
    return this.passwords.hash(turnOf(principal), password, knownWords(input));
  }

  async #lock(
    accounts: AccountRepository,
    id: string,
    lock: "forUpdate" | "forDelete",
    expected: ExpectedVersions,
  ): Promise<AccountWithOrganizations | undefined> {
    const current = isId(id) ? await accounts.find(id, lock) : undefined;
    if (!current) return undefined;
    requireVersion("User", current, expected);
    return current;
  }
}

/**
 * The hash of the password in a change. Makes the other checks before hashing, since hashing takes long.
 *
 * @param requireMayWrite throws ForbiddenError when the caller may not write the password
 * @throws NotFoundError, VersionMismatchError, and what `change.apply` and `PasswordHasher.hash` throw
 */
export async function hashOfChange(
  passwords: PasswordHasher,
  { accounts }: Pick<Repositories, "accounts">,
  principal: Principal,
  id: string,
  { password, apply, expected }: AccountChange,
  requireMayWrite: (current: Account, next: AccountInput) => Promise<void>,
): Promise<string | undefined> {
  if (password === undefined) return undefined;
  const current = isId(id) && (await accounts.find(id));
  if (!current) throw new NotFoundError("User", id);
  requireVersion("User", current, expected);
  const next = apply(current);
  precheckGrants(principal, current.roles, next.roles);
  await requireMayWrite(current, next);
  return passwords.hash(turnOf(principal), password, knownWords(current, next));
}
