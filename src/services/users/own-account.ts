import { isOneself } from "../../domain/access/actor.js";
import type { SessionActor } from "../../domain/access/actor.js";
import { asOneself, PROVIDER_REALM } from "../../domain/access/principal.js";
import type { Principal } from "../../domain/access/principal.js";
import { ForbiddenError, NotFoundError } from "../../domain/errors.js";
import type { AccountWithOrganizations } from "../../domain/users/account.js";
import { requireOwnAddresses, requireOwnAttributes } from "../../domain/users/own-profile.js";
import type { Repositories } from "../../repositories/unit-of-work.js";
import { requireVersion } from "../dependencies.js";
import type { Dependencies } from "../dependencies.js";
import { profileChanges, realmChanges, requireStorable, targetOf } from "./account-rules.js";
import type { AccountChange } from "./accounts.js";
import { writeAccount } from "./written-account.js";

/** The account of a person who is signed in with a credential of their own, as they see it and write it themselves. */
export class OwnAccountService {
  constructor(private readonly deps: Dependencies) {}

  /**
   * The account, with what each organization says of the person.
   *
   * @throws ForbiddenError for another caller
   */
  async get({ actor }: Principal): Promise<AccountWithOrganizations> {
    const { accountId } = requireOneself(actor);
    return this.#read(this.deps.work.read(PROVIDER_REALM, accountId), accountId);
  }

  /**
   * Changes what a person may write in their account: how they are called and reached. An address can be
   * added once it is proved; it is removed by `OwnAddressService`. Without a difference, the version stays.
   *
   * @throws ForbiddenError for another caller, and when the session has ended; ImmutableError for other attributes;
   *   VersionMismatchError, InvalidValueError, and what `change.apply` throws
   */
  async change(
    principal: Principal,
    { apply, expected }: Pick<AccountChange, "apply" | "expected">,
  ): Promise<AccountWithOrganizations> {
    const { accountId } = requireOneself(principal.actor);
    return this.deps.work.write(PROVIDER_REALM, async (repositories) => {
      const current = await lockOwn(repositories, principal);
      requireVersion("User", current, expected);
      const input = apply(current);
      const personal = profileChanges(current, input);
      const all = [...realmChanges(current, input), ...personal];
      requireOwnAttributes(all);
      const proved = (await repositories.ownAddresses.proved(accountId)).map(({ address }) => address);
      requireOwnAddresses(current.profile.value.emails, input.profile.value.emails, {
        ...{ userName: current.userName, proved },
      });
      requireStorable(this.deps, input, current);
      if (all.length > 0) {
        const written = { version: current.version + 1, updatedAt: this.deps.now(), passwordHash: undefined };
        await writeAccount(repositories, current, { ...input, ...written, id: accountId }, { personal, all });
        const change = { action: "change", target: targetOf(current), attributes: all } as const;
        await this.deps.changes.record(repositories, asOneself(principal), change);
      }
      return this.#read(repositories, accountId);
    });
  }

  async #read({ accounts, ownRecords }: Repositories, id: string): Promise<AccountWithOrganizations> {
    const account = await accounts.find(id);
    if (!account) throw new NotFoundError("User", id);
    return { ...account, records: await ownRecords.list(id) };
  }
}

/** @throws ForbiddenError unless the caller is a person who is signed in with a credential of their own */
export function requireOneself(actor: Principal["actor"]): SessionActor {
  if (isOneself(actor)) return actor;
  throw new ForbiddenError(
    actor.type === "session"
      ? "You signed in with a password that opens one organization alone; it does not open your account"
      : "Only a person who is signed in can do this",
  );
}

/**
 * Locks the account of a person who is signed in, for a change by that person.
 *
 * @throws ForbiddenError when the session has ended in the meantime
 */
export async function lockOwn(
  repositories: Repositories,
  principal: Pick<Principal, "actor">,
): Promise<AccountWithOrganizations> {
  const { accountId, sessionId } = requireOneself(principal.actor);
  const account = await repositories.accounts.find(accountId, "forUpdate");
  const found = await repositories.sessions.findById(sessionId);
  if (account && found?.isAccountActive === true) return account;
  throw new ForbiddenError("Your session has ended; sign in again");
}
