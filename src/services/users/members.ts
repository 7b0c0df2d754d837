import type { Account, AccountInput, AccountWithOrganizations } from "../../domain/users/account.js";
import { NotFoundError, UniquenessError } from "../../domain/errors.js";
import { isId } from "../../domain/values/id.js";
import { tokenIdOf } from "../../domain/access/actor.js";
import { roleNames } from "../../domain/access/roles.js";
import { NOBODY, rolesChange } from "../../domain/changes/change.js";
import { turnOf } from "../../domain/access/principal.js";
import type { Principal } from "../../domain/access/principal.js";
import type { Repositories } from "../../repositories/unit-of-work.js";
import {
  concernsPower,
  concernsSetup,
  profileChanges,
  requireOneWay,
  requireStorable,
  standingChanges,
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
import { refuseGrants, refuseHarm, requireGrants, requireHarmless } from "../roles/grants.js";
import { settleLostPower } from "../roles/lost-power.js";
import { knownWords } from "../passwords/password-rules.js";
import type { PasswordHasher } from "../passwords/passwords.js";

/**
 * Users as one organization provisions them: its members. `externalId`, `active` and `roles` are the
 * membership's; what is the person's own is written only while the organization manages the account.
 */
export class MemberService {
  constructor(
    private readonly deps: Dependencies,
    private readonly setupMail: SetupMail,
    private readonly passwords: PasswordHasher,
  ) {}

  /**
   * Creates the account, or takes the one of that user name, and makes it a member. Who is a member and not
   * active becomes active again.
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
    refuseGrants(principal, [], input.roles);
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
      const members = member ? NOBODY : await join(this.deps, repositories, organization, id, addition);
      const { setupEmail } = credentials;
      // The realm knows of its members alone whether they have a password, so this comes after they join.
      const sendsMail = await this.setupMail.isDue(repositories, setupEmail, { ...input, id }, false);
      const secret = { passwordHash, sendsMail };
      const written = isNew
        ? { changes: profileChanges(undefined, input), ignored: [] }
        : await writeManagedProfile(this.deps, repositories, principal, place, input, secret);
      if (sendsMail && !written.ignored.includes("sendSetupEmail")) {
        await this.setupMail.send(repositories, principal, { ...input, id }, organizationId, setupEmail);
      }
      await memberships.update(organizationId, id, input, this.deps.now());
      if (member) await this.#requireBackWithoutPower(repositories, principal, member, input);
      const created = requireFound(await accounts.find(id), id);
      await this.deps.changes.record(repositories, principal, {
        ...{ action: "create", target: targetOf(created), members },
        attributes: [...written.changes, ...standingChanges(member, input)],
        ignored: ofCreation(written.ignored, input),
        roles: rolesChange(id, roleNames(member?.roles ?? []), roleNames(input.roles), { organizationId }),
      });
      return created;
    });
  }

  /**
   * Changes a member; what changes nothing leaves the version as it is.
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
      const standing = standingChanges(current, input);
      const activity = { current, next: input, changes: [] };
      await requireHarmless(this.deps, repositories, principal, activity);
      const isVoid = concernsSetup([...standing, ...profileChanges(current, input)]);
      const sendsMail =
        passwordHash === undefined &&
        (await this.setupMail.isDue(repositories, change.setupEmail, { ...input, id }, isVoid));
      const secret = { passwordHash, sendsMail };
      const place = { organizationId, accountId: id };
      const written = await writeManagedProfile(this.deps, repositories, principal, place, input, secret);
      const write = () => memberships.update(organizationId, id, input, this.deps.now());
      const warning = concernsPower(standing)
        ? await keepingAdministrators(principal, repositories, itself(organizationId), write)
        : undefined;
      if (!concernsPower(standing) && standing.length > 0) await write();
      if (concernsPower(standing)) {
        await settleLostPower(this.deps, repositories, principal, { accountIds: [id] });
      }
      const changes = [...standing, ...written.changes];
      if (concernsSetup(standing)) await repositories.accountSetups.revoke(id, organizationId);
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

  /** What is refused anyway is refused before a password is hashed, since that takes long. */
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

  /** Where the account is not the organization's, the password is not written, so that nothing is refused. */
  async #refusePassword(
    repositories: Repositories,
    principal: Principal,
    organizationId: string,
    current: Account,
  ): Promise<void> {
    if (!(await repositories.accounts.isManagedBy(organizationId, current.id))) return;
    await refuseHarm(principal, repositories, { current, next: current, changes: ["password"] });
  }

  /** By now, the roles are those that were sent; what may have stayed is a role in a team. */
  async #requireBackWithoutPower(
    repositories: Repositories,
    principal: Principal,
    current: Account,
    next: AccountInput,
  ): Promise<void> {
    await requireHarmless(this.deps, repositories, principal, { current, next, changes: [] });
  }

  /** The account of that user name, whatever the realm, or a new one. */
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
      // Another request has created the account since: then that is the one.
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

/** Only an organization's own administrators can become fewer in its realm. */
const itself = (organizationId: string) => ({ organizationIds: [organizationId], isProvider: false });

/** The organization goes before its members, for everybody who locks. */
async function lockOrganization({ organizations }: Repositories, id: string) {
  return requireFound(await organizations.find(id, { lock: true }), id);
}

function requireFound<T>(found: T | undefined, id: string): T {
  if (found === undefined) throw new NotFoundError("User", id);
  return found;
}
