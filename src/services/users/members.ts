import type { Account, AccountInput, AccountWithOrganizations } from "../../domain/users/account.js";
import { NotFoundError, UniquenessError } from "../../domain/errors.js";
import { isId } from "../../domain/values/id.js";
import { tokenIdOf } from "../../domain/access/actor.js";
import { roleNames } from "../../domain/access/roles.js";
import { NO_MEMBERS, rolesChange } from "../../domain/changes/change.js";
import { turnOf } from "../../domain/access/principal.js";
import type { Principal } from "../../domain/access/principal.js";
import type { Repositories } from "../../repositories/unit-of-work.js";
import {
  concernsPower,
  concernsSetup,
  profileChanges,
  requireOneWay,
  requireStorable,
  realmChanges,
  targetOf,
} from "./account-rules.js";
import type { Credentials } from "./account-rules.js";
import type { SetupMail } from "./account-setup.js";
import { hashOfChange } from "./accounts.js";
import type { AccountChange } from "./accounts.js";
import { join, leave } from "../memberships/joining.js";
import { ofCreation, writeManagedProfile } from "./managed-profile.js";
import { keepingAdministrators } from "../roles/administrators.js";
import { requireVersion } from "../dependencies.js";
import type { Dependencies, ExpectedVersions } from "../dependencies.js";
import { precheckGrants, precheckSignIn, requireGrants, requireSignIn } from "../roles/grants.js";
import { settleLostPower } from "../roles/lost-power.js";
import { knownWords } from "../passwords/password-rules.js";
import type { PasswordHasher } from "../passwords/passwords.js";

/**
 * Users in an organization's realm: its members. `externalId`, `active` and `roles` belong to the membership; the person's
 * own attributes are written only while the organization manages the account.
 */
export class MemberService {
  constructor(
    private readonly deps: Dependencies,
    private readonly setupMail: SetupMail,
    private readonly passwords: PasswordHasher,
  ) {}

  /**
   * Creates an account, or uses the existing one with that user name, and makes it a member. An inactive member becomes
   * active again.
   *
   * @throws UniquenessError for an active member, InvalidValueError, ForbiddenError, and what `SetupMail.send` and
   *   `PasswordHasher.hash` throw
   */
  async create(
    principal: Principal,
    organizationId: string,
    input: AccountInput,
    credentials: Credentials,
  ): Promise<AccountWithOrganizations> {
    requireStorable(this.deps, input);
    requireOneWay({ ...credentials, setupEmail: credentials.setupEmail && "send" });
    precheckGrants(principal, [], input.roles);
    const passwordHash = await this.#hashOfNew(principal, organizationId, input, credentials);
    return this.deps.work.write(principal.realm, async (repositories) => {
      const { accounts, memberships } = repositories;
      const organization = await lockOrganization(repositories, organizationId);
      await requireGrants(this.deps, repositories, principal, [], input.roles);
      const { id, isNew } = await this.#findOrInsert(repositories, organizationId, input, passwordHash);
      const member = isNew ? undefined : await accounts.find(id, "forUpdate");
      if (member?.active) throw new UniquenessError("User", "userName", input.userName);
      const place = { organizationId, accountId: id };
      const addition = { source: "scim", addedBy: tokenIdOf(principal.actor) } as const;
      const members = member ? NO_MEMBERS : await join(this.deps, repositories, organization, id, addition);
      const { setupEmail } = credentials;
      // After joining, since an organization's realm can see only of its members whether they have a password.
      const sendsMail = await this.setupMail.isDue(repositories, setupEmail, { ...input, id }, false);
      const secret = { passwordHash, sendsMail };
      const written = isNew
        ? { changes: profileChanges(undefined, input), ignored: [] }
        : await writeManagedProfile(this.deps, repositories, principal, place, input, secret);
      if (sendsMail && !written.ignored.includes("sendSetupEmail")) {
        await this.setupMail.send(repositories, principal, { ...input, id }, organizationId, setupEmail);
      }
      await memberships.update(organizationId, id, input, this.deps.now());
      if (member) await this.#requireMayReactivate(repositories, principal, member, input);
      const created = requireFound(await accounts.find(id), id);
      await this.deps.changes.record(repositories, principal, {
        ...{ action: "create", target: targetOf(created), members },
        attributes: [...written.changes, ...realmChanges(member, input)],
        ignored: ofCreation(written.ignored, input),
        roles: rolesChange(id, roleNames(member?.roles ?? []), roleNames(input.roles), { organizationId }),
      });
      return created;
    });
  }

  /**
   * Changes a member; without a difference, its version stays.
   *
   * @throws NotFoundError, VersionMismatchError, UniquenessError, InvalidValueError, ForbiddenError, and what
   *   `change.apply`, `SetupMail.send` and `PasswordHasher.hash` throw
   */
  async change(
    principal: Principal,
    organizationId: string,
    id: string,
    change: AccountChange,
  ): Promise<AccountWithOrganizations> {
    requireOneWay(change);
    const reading = this.deps.work.read(principal.realm);
    const passwordHash = await hashOfChange(this.passwords, reading, principal, id, change, (current) =>
      this.#refusePassword(reading, principal, organizationId, current),
    );
    return this.deps.work.write(principal.realm, async (repositories) => {
      const { accounts, memberships } = repositories;
      const current = requireFound(isId(id) ? await accounts.find(id, "forUpdate") : undefined, id);
      requireVersion("User", current, change.expected);
      const input = change.apply(current);
      requireStorable(this.deps, input, current);
      await requireGrants(this.deps, repositories, principal, current.roles, input.roles);
      const inRealm = realmChanges(current, input);
      const activity = { current, next: input, changes: [] };
      await requireSignIn(this.deps, repositories, principal, activity);
      const endsLink = concernsSetup([...inRealm, ...profileChanges(current, input)]);
      const sendsMail =
        passwordHash === undefined &&
        (await this.setupMail.isDue(repositories, change.setupEmail, { ...input, id }, endsLink));
      const secret = { passwordHash, sendsMail };
      const place = { organizationId, accountId: id };
      const written = await writeManagedProfile(this.deps, repositories, principal, place, input, secret);
      const write = () => memberships.update(organizationId, id, input, this.deps.now());
      const warning = concernsPower(inRealm)
        ? await keepingAdministrators(principal, repositories, onlyIn(organizationId), write)
        : undefined;
      if (!concernsPower(inRealm) && inRealm.length > 0) await write();
      if (concernsPower(inRealm)) {
        await settleLostPower(this.deps, repositories, principal, { accountIds: [id] });
      }
      const changes = [...inRealm, ...written.changes];
      if (concernsSetup(inRealm)) await repositories.accountSetups.revoke(id, organizationId);
      if (written.changes.includes("sendSetupEmail")) {
        await this.setupMail.send(
          repositories,
          principal,
          { ...input, id },
          organizationId,
          change.setupEmail,
        );
      }
      if (changes.length === 0 && written.ignored.length === 0) return current;
      await this.deps.changes.record(repositories, principal, {
        ...{ action: "change", target: targetOf(current), attributes: changes, warning },
        ignored: written.ignored,
        roles: rolesChange(id, roleNames(current.roles), roleNames(input.roles), { organizationId }),
      });
      return requireFound(await accounts.find(id), id);
    });
  }

  /**
   * Ends a membership; the account stays.
   *
   * @throws NotFoundError, VersionMismatchError, ForbiddenError
   */
  async remove(
    principal: Principal,
    organizationId: string,
    id: string,
    expected: ExpectedVersions,
  ): Promise<void> {
    await this.deps.work.write(principal.realm, async (repositories) => {
      const organization = await lockOrganization(repositories, organizationId);
      const current = requireFound(
        isId(id) ? await repositories.accounts.find(id, "forUpdate") : undefined,
        id,
      );
      requireVersion("User", current, expected);
      const outcome = await leave(this.deps, repositories, principal, organization, id);
      const change = { action: "delete", target: targetOf(current), ...outcome } as const;
      await this.deps.changes.record(repositories, principal, change);
    });
  }

  /** Makes the other checks before hashing, since hashing takes long. */
  async #hashOfNew(
    principal: Principal,
    organizationId: string,
    input: AccountInput,
    { password }: Credentials,
  ): Promise<string | undefined> {
    if (password === undefined) return undefined;
    const reading = this.deps.work.read(principal.realm);
    const known = await reading.accounts.findIdByUserName(input.userName);
    const member = known === undefined ? undefined : await reading.accounts.find(known);
    if (member?.active) throw new UniquenessError("User", "userName", input.userName);
    if (member) await this.#refusePassword(reading, principal, organizationId, member);
    return this.passwords.hash(turnOf(principal), password, knownWords(input));
  }

  /** Refuses nothing when the organization does not manage the account: then the password is ignored. */
  async #refusePassword(
    repositories: Repositories,
    principal: Principal,
    organizationId: string,
    current: Account,
  ): Promise<void> {
    if (!(await repositories.accounts.isManagedBy(organizationId, current.id))) return;
    await precheckSignIn(principal, repositories, { current, next: current, changes: ["password"] });
  }

  /** Checks a reactivated member, whose roles were just replaced, but who may still have a role in a team. */
  async #requireMayReactivate(
    repositories: Repositories,
    principal: Principal,
    current: Account,
    next: AccountInput,
  ): Promise<void> {
    await requireSignIn(this.deps, repositories, principal, { current, next, changes: [] });
  }

  /** The account with that user name, in any realm, or a new one. */
  async #findOrInsert(
    repositories: Repositories,
    organizationId: string,
    input: AccountInput,
    passwordHash: string | undefined,
  ): Promise<{ id: string; isNew: boolean }> {
    const find = () => repositories.accounts.findIdByUserName(input.userName);
    const known = await find();
    if (known !== undefined) return { id: known, isNew: false };
    try {
      return { id: await this.#insert(repositories, organizationId, input, passwordHash), isNew: true };
    } catch (error) {
      // Another request has created the account in the meantime.
      const created = error instanceof UniquenessError ? await find() : undefined;
      if (created === undefined) throw error;
      return { id: created, isNew: false };
    }
  }

  async #insert(
    { accounts }: Repositories,
    organizationId: string,
    input: AccountInput,
    passwordHash: string | undefined,
  ): Promise<string> {
    const id = this.deps.newId();
    const own = { externalId: undefined, active: true, roles: [] };
    const written = { ...input, ...own, id, passwordHash, version: 1, updatedAt: this.deps.now() };
    await accounts.insert(written, organizationId);
    return id;
  }
}

/** In an organization's realm, only its own administrators can become fewer. */
const onlyIn = (organizationId: string) => ({ organizationIds: [organizationId], isProvider: false });

/** Locks an organization, which is always locked before its members. */
async function lockOrganization({ organizations }: Repositories, id: string) {
  return requireFound(await organizations.find(id, { lock: true }), id);
}

function requireFound<T>(found: T | undefined, id: string): T {
  if (found === undefined) throw new NotFoundError("User", id);
  return found;
}
