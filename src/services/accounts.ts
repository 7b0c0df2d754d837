import { isDeepStrictEqual } from "node:util";
import { INDEXED_IN_PROFILE } from "../domain/account.js";
import type { Account, AccountInput, AccountWithOrganizations } from "../domain/account.js";
import { NotFoundError, VersionMismatchError } from "../domain/errors.js";
import { isId } from "../domain/id.js";
import { requireFewElements, requireKeyLength, requireKeyLengths } from "../domain/limits.js";
import type { Listing, Page } from "../domain/listing.js";
import type { Principal } from "../domain/principal.js";
import type { AccountRepository } from "../repositories/accounts.js";
import type { Collaborators, ExpectedVersions } from "./collaborators.js";
import { hashPassword } from "./passwords.js";

/** A change of an account. */
export interface AccountChange {
  /** Says what the account shall be; may be called more than once, so it must have no effects. */
  readonly apply: (current: Account) => AccountInput;
  /** A new password in clear; undefined leaves it as it is. */
  readonly password?: string | undefined;
  readonly expected?: ExpectedVersions;
}

/** What a caller can do with accounts. */
export class AccountService {
  constructor(private readonly given: Collaborators) {}

  /** @throws UniquenessError when the user name is taken, InvalidValueError for a value that is too long */
  async create(
    principal: Principal,
    input: AccountInput,
    password: string | undefined,
  ): Promise<AccountWithOrganizations> {
    requireStorable(input);
    const passwordHash = password === undefined ? undefined : await hashPassword(password);
    const now = this.given.now();
    const { search, ...attributes } = input;
    const account = { ...attributes, id: this.given.newId(), version: 1, updatedAt: now };
    await this.given.work.write(principal.realm, ({ accounts }) =>
      accounts.insert({ ...account, search, passwordHash }),
    );
    const { externalId, displayName } = input;
    return { ...account, externalId, displayName, createdAt: now, organizations: [] };
  }

  /** @throws NotFoundError */
  async get(principal: Principal, id: string): Promise<AccountWithOrganizations> {
    const account = isId(id) && (await this.given.work.read(principal.realm).accounts.find(id));
    if (!account) throw new NotFoundError("User", id);
    return account;
  }

  list(principal: Principal, listing: Listing): Promise<Page<AccountWithOrganizations>> {
    return this.given.work.read(principal.realm).accounts.list(listing);
  }

  /**
   * Changes an account; what changes nothing leaves the version as it is.
   *
   * @throws NotFoundError, VersionMismatchError, UniquenessError, InvalidValueError, and what `change.apply` throws
   */
  async change(principal: Principal, id: string, change: AccountChange): Promise<AccountWithOrganizations> {
    const passwordHash = change.password === undefined ? undefined : await hashPassword(change.password);
    return this.given.work.write(principal.realm, async ({ accounts }) => {
      const current = await this.#lock(accounts, id, "forUpdate", change.expected);
      const input = change.apply(current);
      requireStorable(input);
      const { userName, externalId, displayName, active, roles, profile, search } = input;
      const next = { ...current, userName, externalId, displayName, active, roles, profile };
      if (passwordHash === undefined && isSame(current, next)) return current;
      const changed = { ...next, version: current.version + 1, updatedAt: this.given.now() };
      await accounts.update({ ...changed, search, passwordHash }, !hasSameProfile(current, next));
      return changed;
    });
  }

  /**
   * Deletes an account and its memberships.
   *
   * @throws NotFoundError, VersionMismatchError
   */
  async delete(principal: Principal, id: string, expected: ExpectedVersions): Promise<void> {
    if (!isId(id)) throw new NotFoundError("User", id);
    await this.given.work.write(principal.realm, async ({ accounts, memberships }) => {
      // In the order in which others lock when they add a member: organizations first.
      await memberships.lockOrganizationsOf(id);
      await this.#lock(accounts, id, "forDelete", expected);
      await memberships.leaveAll(id, this.given.now());
      await accounts.delete(id);
    });
  }

  async #lock(
    accounts: AccountRepository,
    id: string,
    lock: "forUpdate" | "forDelete",
    expected: ExpectedVersions,
  ): Promise<AccountWithOrganizations> {
    const current = isId(id) && (await accounts.find(id, lock));
    if (!current) throw new NotFoundError("User", id);
    requireVersion("User", current, expected);
    return current;
  }
}

/** @throws VersionMismatchError unless the resource is in one of the versions */
export function requireVersion(
  kind: string,
  current: { readonly id: string; readonly version: number },
  expected: ExpectedVersions,
): void {
  if (expected && !expected.includes(current.version)) throw new VersionMismatchError(kind, current.id);
}

function requireStorable({ userName, externalId, displayName, profile }: AccountInput): void {
  requireKeyLength({ userName, externalId, displayName });
  requireFewElements(profile.value);
  requireKeyLengths("emails", profile.value.emails);
  for (const [name, part] of INDEXED_IN_PROFILE) requireKeyLengths(name, [profile.value[name] ?? {}], part);
}

function isSame(current: Account, next: Account): boolean {
  return (
    current.externalId === next.externalId &&
    current.active === next.active &&
    isDeepStrictEqual(current.roles, next.roles) &&
    hasSameProfile(current, next)
  );
}

/** Whether nothing differs that organizations see of an account. */
function hasSameProfile(current: Account, next: Account): boolean {
  return (
    current.userName === next.userName &&
    current.displayName === next.displayName &&
    isDeepStrictEqual(current.profile.value, next.profile.value)
  );
}
