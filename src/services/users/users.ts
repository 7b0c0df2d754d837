import { mayDo, requireAccess } from "../../domain/access/policy.js";
import { requireNamesOnly, seesNamesOnly } from "../../domain/access/seats.js";
import type { AccountInput, AccountWithOrganizations } from "../../domain/users/account.js";
import { NotFoundError } from "../../domain/errors.js";
import type { Listing, Page } from "../../domain/listing.js";
import type { MembershipDetails } from "../../domain/memberships/membership-details.js";
import { accountOf } from "../../domain/access/actor.js";
import type { Principal } from "../../domain/access/principal.js";
import { AccountService } from "./accounts.js";
import type { AccountChange } from "./accounts.js";
import type { Credentials } from "./account-rules.js";
import type { SetupMail } from "./account-setup.js";
import type { Dependencies, ExpectedVersions } from "../dependencies.js";
import { MemberService } from "./members.js";
import { PersonLookUps } from "./person-look-ups.js";
import type { PasswordHasher } from "../passwords/passwords.js";

/**
 * What callers can do with Users: accounts in the provider's realm, members in an organization's. Each method throws
 * ForbiddenError when the caller may not call it.
 */
export class UserService {
  readonly #accounts: AccountService;
  readonly #members: MemberService;

  readonly #people: PersonLookUps;

  constructor(
    private readonly deps: Dependencies,
    setupMail: SetupMail,
    passwords: PasswordHasher,
  ) {
    this.#people = new PersonLookUps(deps);
    this.#accounts = new AccountService(deps, setupMail, passwords);
    this.#members = new MemberService(deps, setupMail, passwords);
  }

  /** @throws NotFoundError */
  async get(principal: Principal, id: string): Promise<AccountWithOrganizations> {
    const isSelf = id === accountOf(principal.actor) && mayDo(principal, "read this User");
    if (!isSelf && !seesNamesOnly(principal)) requireAccess(principal, "read Users");
    const account = await this.#people.find(principal, id);
    if (!account) throw new NotFoundError("User", id);
    return account;
  }

  async list(principal: Principal, listing: Listing): Promise<Page<AccountWithOrganizations>> {
    if (seesNamesOnly(principal)) requireNamesOnly(principal, listing);
    else requireAccess(principal, "read Users");
    const page = await this.#people.pageOfOne(principal, listing);
    return page ?? this.deps.work.readMany(principal).accounts.list(listing);
  }

  /** Like `list`, and reads ids alone. */
  async listIds(principal: Principal, listing: Listing): Promise<Page<{ readonly id: string }>> {
    if (seesNamesOnly(principal)) requireNamesOnly(principal, listing);
    else requireAccess(principal, "read Users");
    return this.deps.work.readMany(principal).accounts.listIds(listing);
  }

  /**
   * The details of people's memberships that the realm can see.
   *
   * @param ids of Users that the caller has read
   */
  async memberships(principal: Principal, ids: readonly string[]): Promise<Map<string, MembershipDetails>> {
    const found = await this.deps.work.readMany(principal).membershipDetails.find(ids);
    if (mayDo(principal, "read Users")) return found;
    // A person without a role sees nothing of the other people, nor of tokens.
    return new Map([...found].map(([id, details]) => [id, withoutAdders(details)]));
  }

  /** See `AccountService.create` and `MemberService.create`. */
  async create(
    principal: Principal,
    input: AccountInput,
    credentials: Credentials,
  ): Promise<AccountWithOrganizations> {
    requireAccess(principal, "create Users");
    const { realm } = principal;
    return realm.type === "provider"
      ? this.#accounts.create(principal, input, credentials)
      : this.#members.create(principal, realm.organizationId, input, credentials);
  }

  /** See `AccountService.change` and `MemberService.change`. */
  async change(principal: Principal, id: string, change: AccountChange): Promise<AccountWithOrganizations> {
    requireAccess(principal, "change Users");
    const { realm } = principal;
    return realm.type === "provider"
      ? this.#accounts.change(principal, id, change)
      : this.#members.change(principal, realm.organizationId, id, change);
  }

  /** Deletes an account, or ends a membership. See `AccountService.delete` and `MemberService.remove`. */
  async delete(principal: Principal, id: string, expected: ExpectedVersions): Promise<void> {
    requireAccess(principal, "delete Users");
    const { realm } = principal;
    await (realm.type === "provider"
      ? this.#accounts.delete(principal, id, expected)
      : this.#members.remove(principal, realm.organizationId, id, expected));
  }
}

const withoutAdders = (details: MembershipDetails): MembershipDetails => ({
  ...details,
  memberships: details.memberships.map((each) => ({ ...each, adder: { type: each.adder.type } })),
});
