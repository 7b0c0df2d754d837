import { linkAuthor, PROVIDER_REALM, turnOf } from "../../domain/access/principal.js";
import { ClosedError, InvalidValueError, UnknownLinkError } from "../../domain/errors.js";
import type { Organization } from "../../domain/organizations/organization.js";
import type { AccountWithOrganizations } from "../../domain/users/account.js";
import { isSameMailbox } from "../../domain/values/email.js";
import type { Repositories } from "../../repositories/unit-of-work.js";
import type { PasswordReset } from "../../repositories/users/password-resets.js";
import type { Dependencies } from "../dependencies.js";
import type { Links } from "../invitations/links.js";
import type { BruteForceGuard, Origin } from "../limits/brute-force-guard.js";
import { knownWords, requireUsablePassword } from "../passwords/password-rules.js";
import type { Passwords } from "../passwords/passwords.js";
import { realmOf } from "../sessions/credential-check.js";
import { targetOf } from "./account-rules.js";
import { personalAddresses } from "./reset-addresses.js";

/** What a person with a link to a new password sees. */
export interface PendingReset {
  readonly account: AccountWithOrganizations;
  /** The organization that the password opens alone; undefined: it is the person's. */
  readonly organization: Organization | undefined;
  readonly reset: PasswordReset;
}

/** What a person signs in with. */
export interface SignInName {
  readonly userName: string;
  /** The organization that calls the person so; undefined: the account's own name. */
  readonly organizationId: string | undefined;
}

/** What people can do with links to new passwords. */
export class PasswordResetService {
  constructor(
    private readonly deps: Dependencies,
    private readonly links: Links,
    private readonly guard: BruteForceGuard,
    private readonly passwords: Passwords,
  ) {}

  /**
   * Reads whose password a link replaces. Changes nothing.
   *
   * @param token the last part of the link
   * @throws UnknownLinkError for a link that Muster did not make, ClosedError for one that is no longer valid,
   *   TooManyRequestsError after too many unknown links
   */
  open(token: string, origin: Origin): Promise<PendingReset> {
    return this.guard.ofLinks("User", origin, () => this.#find(this.deps.work.read(PROVIDER_REALM), token));
  }

  /**
   * Replaces the password. All sessions that began with the old one end, since they are bound to it.
   *
   * @returns the user name to sign in with, and the organization whose name for the person it is
   * @throws what `open` throws, InvalidValueError for an unusable password, TooManyRequestsError after too many attempts
   */
  async complete(token: string, password: string | undefined, origin: Origin): Promise<SignInName> {
    const { account, reset } = await this.open(token, origin);
    if (password === undefined) throw new InvalidValueError("Enter a password", "password");
    requireUsablePassword(password);
    const author = linkAuthor(realmOf(reset.organizationId), account.id, account.id, origin);
    await this.guard.count({ kind: "new password", owner: account.id, author, target: targetOf(account) });
    const passwordHash = await this.passwords.hash(turnOf(author), password, knownWords(account));
    return this.deps.work.write(PROVIDER_REALM, async (repositories) => {
      await repositories.accounts.find(account.id, "forUpdate");
      const current = await this.#find(repositories, token);
      await this.#write(repositories, current.reset, passwordHash);
      await this.deps.changes.record(repositories, author, {
        ...{ action: "change", target: targetOf(current.account), attributes: ["password"] },
        detail: "set by the link for a forgotten password",
      });
      return { userName: current.account.userName, organizationId: reset.organizationId };
    });
  }

  async #write(
    { accounts, memberships, ownAddresses, passwordResets }: Repositories,
    { accountId, organizationId, address }: PasswordReset,
    passwordHash: string,
  ): Promise<void> {
    await passwordResets.end(accountId, organizationId);
    if (organizationId !== undefined) {
      await memberships.setPassword(organizationId, accountId, passwordHash, { isAssigned: false });
      return;
    }
    const at = this.deps.now();
    await accounts.setPassword(accountId, passwordHash, at);
    await ownAddresses.prove(accountId, address, at);
  }

  async #find(repositories: Repositories, token: string): Promise<PendingReset> {
    const link = this.links.readPasswordReset(token);
    const found = link && (await repositories.accounts.find(link.accountId));
    if (!found) throw new UnknownLinkError();
    const { organizationId } = link;
    const reset = await repositories.passwordResets.find(found.id, organizationId);
    if (reset?.revision !== link.revision || !reset.isCurrent) {
      throw new ClosedError("changed", "This link was used, or is no longer valid; ask for a new one");
    }
    if (reset.expiresAt <= this.deps.now()) {
      throw new ClosedError("expired", "This link has expired; ask for a new one");
    }
    if (found.active !== true) throw deactivated();
    if (organizationId === undefined) {
      await requirePersonal(repositories, found, reset);
      return { account: found, organization: undefined, reset };
    }
    return this.#ofOrganization(repositories, found, { ...reset, organizationId });
  }

  async #ofOrganization(
    { accounts, organizations, memberships, records }: Repositories,
    account: AccountWithOrganizations,
    reset: PasswordReset & { readonly organizationId: string },
  ): Promise<PendingReset> {
    const { organizationId } = reset;
    const key = { organizationId, accountId: account.id };
    const origin = await accounts.origin(account.id);
    const isActive = await memberships.isActive(organizationId, account.id);
    if (origin.organizationId !== organizationId || !isActive) throw deactivated();
    const organization = await organizations.find(organizationId, { lock: false });
    // The organization's link shows the organization's names.
    return { account: { ...account, ...(await records.namesOf(key)) }, organization, reset };
  }
}

/** An address may have stopped being the person's since: with a new user name, another person may have the account. */
async function requirePersonal(
  repositories: Repositories,
  account: AccountWithOrganizations,
  { address }: PasswordReset,
): Promise<void> {
  const personal = await personalAddresses(repositories, account);
  if (personal.some((each) => isSameMailbox(each, address))) return;
  throw new ClosedError("changed", "This link is no longer valid: the account has another address now");
}

const deactivated = () =>
  new ClosedError("deactivated", "Your account has been deactivated; contact an administrator");
