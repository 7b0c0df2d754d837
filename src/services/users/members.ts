import type { AccountInput, AccountWithOrganizations } from "../../domain/users/account.js";
import { ConflictError, NotFoundError, UniquenessError } from "../../domain/errors.js";
import { isId } from "../../domain/values/id.js";
import { roleNames } from "../../domain/access/roles.js";
import { hasMembers, NO_MEMBERS, rolesChange } from "../../domain/changes/change.js";
import type { Change } from "../../domain/changes/change.js";
import { originBy } from "../../domain/memberships/membership.js";
import type { Taking } from "../../domain/removals/removal.js";
import { teamTarget } from "../../domain/teams/team.js";
import { turnOf } from "../../domain/access/principal.js";
import type { Principal } from "../../domain/access/principal.js";
import type { EmailsChange, MembershipKey } from "../../repositories/memberships/records.js";
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
import { hashOfChange } from "./accounts.js";
import type { AccountChange } from "./accounts.js";
import { join, leave } from "../memberships/joining.js";
import { writeRecord } from "./record-and-care.js";
import { findPerson, generatedUserName } from "./who-is-who.js";
import type { KnownPerson } from "./who-is-who.js";
import { keepingAdministrators, lockAdministered } from "../roles/administrators.js";
import { saysInactive, strike } from "../removals/striking.js";
import { takingOf } from "../removals/taking.js";
import { requireVersion } from "../dependencies.js";
import type { Dependencies, ExpectedVersions } from "../dependencies.js";
import { precheckGrants, precheckSignIn, requireGrants, requireSignIn } from "../roles/grants.js";
import { settleLostPower } from "../roles/lost-power.js";
import { knownWords } from "../passwords/password-rules.js";
import type { PasswordHasher } from "../passwords/passwords.js";

/**
 * Users in an organization's realm: its people, as its own records show them. Nothing that it writes changes what another
 * organization sees; the account itself follows the record as long as it is in the organization's care.
 */
export class MemberService {
  constructor(
    private readonly deps: Dependencies,
    private readonly setupMail: SetupMail,
    private readonly passwords: PasswordHasher,
  ) {}

  /**
   * Makes a person one of the organization's, with the account that the person has or a new one. An inactive member, or a
   * person who left, comes back. The record is what is sent, whole.
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
      const {
        accountId: id,
        isMember,
        isNew,
      } = await this.#findOrInsert(repositories, organizationId, input);
      const key = { organizationId, accountId: id };
      const before = isMember ? requireFound(await accounts.find(id, "forUpdate"), id) : undefined;
      if (before?.active) throw new UniquenessError("User", "userName", input.userName);
      const addition = { origin: originBy(principal), showsProfile: false };
      const members = before ? NO_MEMBERS : await join(this.deps, repositories, organization, id, addition);
      // The account was deleted in this moment.
      if (!before && !hasMembers(members)) {
        throw new ConflictError("The User was deleted or changed at the same time; try again");
      }
      const { setupEmail } = credentials;
      const person = { ...input, id };
      const sendsMail = await this.setupMail.isDue(repositories, setupEmail, person, organizationId, false);
      const attributes = [
        ...new Set([...profileChanges(before, input), ...secretsOf(passwordHash, sendsMail)]),
        ...realmChanges(before, input),
      ];
      if (before) {
        const written = { current: before, next: before, changes: attributes };
        await requireSignIn(this.deps, repositories, principal, written);
      }
      if (isNew) await repositories.records.write(key, input, { isOwn: false, emails: "first" });
      else {
        const emails = before ? emailsChange(attributes) : "first";
        await writeRecord(this.deps, repositories, key, { input, currentName: before?.userName, emails });
      }
      await this.#writePassword(repositories, key, passwordHash);
      if (before) await repositories.accountSetups.revoke(id, organizationId);
      if (sendsMail) await this.setupMail.send(repositories, principal, person, organizationId, setupEmail);
      await memberships.update(organizationId, id, input, this.deps.now());
      const left = before ? await leaveTeamsWithRoles(repositories, key, takingOf(this.deps, principal)) : [];
      if (before) {
        // The roles were just replaced, but there may still be a team's own.
        const back = { current: before, next: input, changes: [] };
        await requireSignIn(this.deps, repositories, principal, back);
      }
      const created = requireFound(await accounts.find(id), id);
      const creation: Change = {
        ...{ action: "create", target: targetOf(created), members, attributes },
        ignored: await this.#ignored(repositories, key, setupEmail),
        roles: rolesChange(id, roleNames(before?.roles ?? []), roleNames(input.roles), { organizationId }),
      };
      await this.deps.changes.record(repositories, principal, creation, ...left);
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
    const { setupEmail } = change;
    const reading = this.deps.work.read(principal.realm);
    const passwordHash = await hashOfChange(this.passwords, reading, principal, id, change, (current) =>
      precheckSignIn(principal, reading, { current, next: current, changes: ["password"] }),
    );
    const changed = await this.deps.work.write(principal.realm, async (repositories) => {
      const { accounts, memberships } = repositories;
      await lockAdministered(principal, repositories, onlyIn(organizationId));
      const current = isId(id) ? await accounts.find(id, "forUpdate") : undefined;
      if (!current) {
        if (saysInactive(change.apply)) await this.#strike(repositories, principal, organizationId, id);
        return undefined;
      }
      requireVersion("User", current, change.expected);
      const input = change.apply(current);
      requireStorable(this.deps, input, current);
      await requireGrants(this.deps, repositories, principal, current.roles, input.roles);
      if (current.active !== true && saysInactive(change.apply, current)) {
        const gone = { type: "activity", organizationId, accountId: id } as const;
        await strike(this.deps, repositories, principal, targetOf(current), gone);
      }
      const inRealm = realmChanges(current, input);
      const personal = profileChanges(current, input);
      const endsLink = concernsSetup([...inRealm, ...personal]);
      const person = { ...input, id };
      const sendsMail =
        passwordHash === undefined &&
        (await this.setupMail.isDue(repositories, setupEmail, person, organizationId, endsLink));
      const changes = [...inRealm, ...personal, ...secretsOf(passwordHash, sendsMail)];
      const key = { organizationId, accountId: id };
      const ignored = setupEmail === "send" ? await this.#ignored(repositories, key, setupEmail) : [];
      if (changes.length === 0 && ignored.length === 0) return current;
      await requireSignIn(this.deps, repositories, principal, { current, next: input, changes });
      if (personal.length > 0) {
        const record = { input, currentName: current.userName, emails: emailsChange(personal) };
        await writeRecord(this.deps, repositories, key, record);
      }
      await this.#writePassword(repositories, key, passwordHash);
      const write = () => memberships.update(organizationId, id, input, this.deps.now());
      let warning: string | undefined;
      if (deactivates(current, input)) {
        await repositories.removals.keepActivity(takingOf(this.deps, principal), id);
      }
      if (concernsPower(inRealm)) {
        warning = await keepingAdministrators(principal, repositories, onlyIn(organizationId), write);
        await settleLostPower(this.deps, repositories, principal, { accountIds: [id] });
      } else if (changes.length > 0) await write();
      if (endsLink) await repositories.accountSetups.revoke(id, organizationId);
      if (sendsMail) await this.setupMail.send(repositories, principal, person, organizationId, setupEmail);
      await this.deps.changes.record(repositories, principal, {
        ...{ action: "change", target: targetOf(current), attributes: changes, ignored, warning },
        roles: rolesChange(id, roleNames(current.roles), roleNames(input.roles), { organizationId }),
      });
      return accounts.find(id);
    });
    return requireFound(changed, id);
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
    const removed = await this.deps.work.write(principal.realm, async (repositories) => {
      const organization = await lockOrganization(repositories, organizationId);
      const current = isId(id) ? await repositories.accounts.find(id, "forUpdate") : undefined;
      if (!current) {
        await this.#strike(repositories, principal, organizationId, id);
        return undefined;
      }
      requireVersion("User", current, expected);
      const outcome = await leave(this.deps, repositories, principal, organization, id);
      const change = { action: "delete", target: targetOf(current), ...outcome } as const;
      await this.deps.changes.record(repositories, principal, change);
      return current;
    });
    requireFound(removed, id);
  }

  /** Who is gone already, by another actor, does not come back. */
  async #strike(
    repositories: Repositories,
    principal: Principal,
    organizationId: string,
    id: string,
  ): Promise<void> {
    if (!isId(id)) return;
    const gone = { type: "membership", organizationId, accountIds: [id] } as const;
    await strike(this.deps, repositories, principal, { type: "User", id }, gone);
  }

  /**
   * Makes the other checks before hashing, since hashing takes long. The password is hashed for every person alike, also
   * for one whose account the organization did not create, where it is ignored: nobody can tell them apart.
   */
  async #hashOfNew(
    principal: Principal,
    organizationId: string,
    input: AccountInput,
    { password }: Credentials,
  ): Promise<string | undefined> {
    if (password === undefined) return undefined;
    const reading = this.deps.work.read(principal.realm);
    const known = await reading.records.findMember(organizationId, input.userName);
    const member = known === undefined ? undefined : await reading.accounts.find(known);
    if (member?.active) throw new UniquenessError("User", "userName", input.userName);
    if (member) {
      await precheckSignIn(principal, reading, { current: member, next: member, changes: ["password"] });
    }
    return this.passwords.hash(turnOf(principal), password, knownWords(input));
  }

  /** What an organization asks for and does not get: mail to a person whose account it did not create. */
  async #ignored(
    { accounts }: Repositories,
    { organizationId, accountId }: MembershipKey,
    setupEmail: Credentials["setupEmail"],
  ): Promise<string[]> {
    if (setupEmail === undefined) return [];
    const origin = await accounts.origin(accountId);
    return origin.organizationId === organizationId ? [] : ["sendSetupEmail"];
  }

  /** Writes a password that opens this organization alone, if it created the account; otherwise ignores it. */
  async #writePassword(
    { accounts, memberships }: Repositories,
    { organizationId, accountId }: MembershipKey,
    passwordHash: string | undefined,
  ): Promise<void> {
    if (passwordHash === undefined) return;
    const { organizationId: creator } = await accounts.origin(accountId);
    if (creator !== organizationId) return;
    await memberships.setPassword(organizationId, accountId, passwordHash, { isAssigned: true });
  }

  /** The person whom the organization posts, or a new account. */
  async #findOrInsert(
    repositories: Repositories,
    organizationId: string,
    input: AccountInput,
  ): Promise<KnownPerson & { readonly isNew?: boolean }> {
    const known = await findPerson(repositories, organizationId, input);
    if (known) return known;
    const id = this.deps.newId();
    const own = { externalId: undefined, active: true, roles: [], passwordHash: undefined };
    const account = { ...input, ...own, id, version: 1, updatedAt: this.deps.now() };
    try {
      await repositories.accounts.insert(account, organizationId);
    } catch (error) {
      if (!(error instanceof UniquenessError)) throw error;
      // Taken, perhaps by another request in this moment.
      const other = await findPerson(repositories, organizationId, input);
      if (other) return other;
      const userName = generatedUserName(input.userName, id);
      await repositories.accounts.insert({ ...account, userName }, organizationId);
    }
    return { accountId: id, isMember: false, isNew: true };
  }
}

const emailsChange = (attributes: readonly string[]): EmailsChange =>
  attributes.includes("emails") ? "other" : "none";

/** Roles by teams do not come back by themselves with a person who does. @returns the changes of the teams */
async function leaveTeamsWithRoles(
  { memberships, teams }: Repositories,
  { organizationId, accountId }: MembershipKey,
  taking: Taking,
): Promise<Change[]> {
  const changes: Change[] = [];
  for (const teamId of await memberships.leaveTeamsWithRoles(organizationId, accountId, taking)) {
    const team = await teams.find(teamId);
    if (!team) continue;
    const members = { added: [], removed: [accountId] };
    changes.push({ action: "change", ...teamTarget(team), members });
  }
  return changes;
}

/** The attributes that lead to a password, and cannot be read. */
const secretsOf = (passwordHash: string | undefined, sendsMail: boolean) => [
  ...(passwordHash === undefined ? [] : ["password"]),
  ...(sendsMail ? ["sendSetupEmail"] : []),
];

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
