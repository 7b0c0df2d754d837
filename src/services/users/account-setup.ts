import { addressesOf, mailAddress } from "../../domain/users/account.js";
import type { AccountWithOrganizations } from "../../domain/users/account.js";
import {
  ClosedError,
  InvalidValueError,
  TooManyRequestsError,
  UnknownLinkError,
} from "../../domain/errors.js";
import type { ClosedReason } from "../../domain/errors.js";
import type { Organization } from "../../domain/organizations/organization.js";
import { isSameMailbox } from "../../domain/values/email.js";
import { linkAuthor, PROVIDER_REALM, turnOf } from "../../domain/access/principal.js";
import type { Author, Principal, Realm } from "../../domain/access/principal.js";
import type { AccountSetup } from "../../repositories/users/account-setups.js";
import type { Repositories } from "../../repositories/unit-of-work.js";
import { targetOf } from "./account-rules.js";
import type { Credentials } from "./account-rules.js";
import type { Dependencies } from "../dependencies.js";
import type { BruteForceGuard, Origin } from "../limits/brute-force-guard.js";
import type { Links } from "../invitations/links.js";
import type { OutgoingMail } from "../mail/outgoing-mail.js";
import { knownWords, requireUsablePassword } from "../passwords/password-rules.js";
import type { Passwords } from "../passwords/passwords.js";
import { later } from "../limits/rate-limits.js";

/** How long a link is valid, and the minimum time between two mails, in seconds. */
const LINK_SECONDS = 7 * 24 * 60 * 60;
const PAUSE_SECONDS = 60;

/** Sends people the mail by which they set up their accounts. */
export class SetupMail {
  constructor(
    private readonly deps: Pick<Dependencies, "now">,
    private readonly mail: OutgoingMail,
  ) {}

  /**
   * Whether mail is to be sent. See `Credentials.setupEmail`. An organization has it sent only for accounts that it
   * created; for others, its request is ignored.
   *
   * @param requested how the client asks for it
   * @param organizationId whose administrator asks for it; undefined: the provider's
   * @param endsLink whether the change of the account makes a sent link invalid
   * @throws InvalidValueError when the client asks for it and the account is not active
   */
  async isDue(
    repositories: Repositories,
    requested: Credentials["setupEmail"],
    account: Recipient,
    organizationId: string | undefined,
    endsLink: boolean,
  ): Promise<boolean> {
    const { id, active } = account;
    if (requested === undefined) return false;
    // The answer must not tell who created the account.
    if (requested === "send") requireActive(account);
    if (organizationId !== undefined) {
      const origin = await repositories.accounts.origin(id);
      if (origin.organizationId !== organizationId) return false;
    }
    if (requested === "send") return true;
    if (active !== true || (await passwordOf(repositories, account, organizationId)) !== undefined)
      return false;
    const waiting = await repositories.accountSetups.find(id, organizationId, { lock: false });
    return endsLink || waiting?.isValid !== true;
  }

  /**
   * Sends mail with a link to choose a password; earlier links become invalid.
   *
   * @param organizationId the organization whose administrator asks for it; undefined: the provider
   * @param account as the realm shows it; it is active
   * @throws InvalidValueError for an account that has a password, or no address; TooManyRequestsError when the client asks
   *   for it less than a minute after the last mail
   */
  async send(
    repositories: Repositories,
    { actor }: Principal,
    account: Recipient,
    organizationId: string | undefined,
    requested: Credentials["setupEmail"],
  ): Promise<void> {
    const { id } = account;
    const password = await passwordOf(repositories, account, organizationId);
    // An organization is not told of a password that is the person's own.
    if (password === "person's" && organizationId !== undefined) return;
    if (password !== undefined) {
      throw new InvalidValueError("'sendSetupEmail' is only possible for a User without a password");
    }
    const { address, isPersonal } = await destination(repositories, account, organizationId);
    const sentAt = this.deps.now();
    const before = await repositories.accountSetups.find(id, organizationId, { lock: true });
    const wait =
      before && requested === "send"
        ? Date.parse(later(before.sentAt, PAUSE_SECONDS)) - Date.parse(sentAt)
        : 0;
    if (wait > 0) throw new TooManyRequestsError(Math.ceil(wait / 1000));
    const expiresAt = later(sentAt, LINK_SECONDS);
    const setup = { accountId: id, organizationId, sentAt, expiresAt, isPersonal, address };
    const revision = await repositories.accountSetups.begin(setup);
    const within = organizationId === undefined ? {} : { organizationId };
    const mail = { kind: "account-setup", accountId: id, ...within, revision } as const;
    await this.mail.write(repositories, { actor, organizationId }, [mail], [address]);
  }
}

export const noAddress = () =>
  new InvalidValueError(
    "'sendSetupEmail' needs an e-mail address: add one to 'emails', or use an address as 'userName'",
  );

/** @throws InvalidValueError */
export function requireActive({ active }: Pick<Recipient, "active">): void {
  if (active === true) return;
  throw new InvalidValueError("'sendSetupEmail' needs an active User: set 'active' to true");
}

/** A person to whom a setup is mailed, as the realm shows the account. */
export type Recipient = Pick<AccountWithOrganizations, "id" | "userName" | "profile" | "active">;

/**
 * The password that a person has already, of the kind that a link would give: the organization's own, or the person's if
 * the link goes to an address of the person's.
 *
 * @param organizationId whose administrator asks; undefined: the provider's
 */
async function passwordOf(
  repositories: Repositories,
  account: Recipient,
  organizationId: string | undefined,
): Promise<"organization's" | "person's" | undefined> {
  const { accounts, memberships } = repositories;
  if (organizationId !== undefined && (await memberships.hasPassword(organizationId, account.id))) {
    return "organization's";
  }
  if ((await accounts.passwordHash(account.id)) === undefined) return undefined;
  if (organizationId === undefined) return "person's";
  const { isPersonal } = await destination(repositories, account, organizationId);
  return isPersonal ? "person's" : undefined;
}

/**
 * Where the mail goes, and whether it gives a password of the person: it does at the account's user name, and at an address
 * that the provider or the person wrote. At another address, which the organization wrote, it gives one that opens the
 * organization alone.
 *
 * @throws InvalidValueError when there is no address
 */
async function destination(
  { accounts }: Repositories,
  account: Pick<AccountWithOrganizations, "id" | "userName" | "profile">,
  organizationId: string | undefined,
): Promise<{ address: string; isPersonal: boolean }> {
  const { userName = account.userName, shared } = await accounts.origin(account.id);
  const profile = shared?.profile;
  const own = addressesOf({ userName, profile: profile ?? account.profile });
  const address =
    organizationId === undefined
      ? mailAddress({ userName, profile: profile ?? account.profile })
      : mailAddress(account);
  if (address === undefined) throw noAddress();
  return { address, isPersonal: own.some((each) => isSameMailbox(each, address)) };
}

/** What a person with a link to set up an account sees. */
export interface PendingAccount {
  readonly account: AccountWithOrganizations;
  /** The organization whose administrator had the link sent; undefined: the provider's. */
  readonly organization: Organization | undefined;
  /** ISO 8601 in UTC. */
  readonly expiresAt: string;
}

/** What people can do with links to set up their accounts. */
export class AccountSetupService {
  constructor(
    private readonly deps: Dependencies,
    private readonly links: Links,
    private readonly guard: BruteForceGuard,
    private readonly passwords: Passwords,
  ) {}

  /**
   * Reads the account of a link. Changes nothing.
   *
   * @param token the last part of the link
   * @throws UnknownLinkError for a link that Muster did not make, ClosedError for one that is no longer valid,
   *   TooManyRequestsError after too many unknown links
   */
  async open(token: string, origin: Origin): Promise<PendingAccount> {
    const { account, setup, organization } = await this.#follow(token, origin);
    return { account, organization, expiresAt: setup.expiresAt };
  }

  #follow(token: string, origin: Origin): Promise<Pending> {
    return this.guard.ofLinks("User", origin, () => this.#find(this.deps.work.read(PROVIDER_REALM), token));
  }

  /**
   * Sets the password that the account's owner has chosen.
   *
   * @returns the account's user name
   * @throws what `open` throws, InvalidValueError for an unusable password, TooManyRequestsError after too many attempts
   */
  async complete(token: string, password: string | undefined, origin: Origin): Promise<string> {
    const { account, setup: begun } = await this.#follow(token, origin);
    if (password === undefined) throw new InvalidValueError("Enter a password", "password");
    requireUsablePassword(password);
    const author = authorOf(begun, origin);
    const target = targetOf(account);
    await this.guard.count({ kind: "new password", owner: account.id, author, target });
    const passwordHash = await this.passwords.hash(turnOf(author), password, knownWords(account));
    return this.deps.work.write(PROVIDER_REALM, async (repositories) => {
      await repositories.accounts.find(account.id, "forUpdate");
      const { account: current, setup } = await this.#find(repositories, token);
      await this.#write(repositories, setup, passwordHash);
      await this.deps.changes.record(repositories, authorOf(setup, origin), {
        ...{ action: "change", target: targetOf(current), attributes: ["password"] },
        detail: "set up by the link in the e-mail",
      });
      return current.userName;
    });
  }

  /** Writes the password as the person's, or as one that opens the organization alone. */
  async #write(
    { accounts, memberships, ownAddresses }: Repositories,
    { accountId, organizationId, isPersonal, address }: AccountSetup,
    passwordHash: string,
  ): Promise<void> {
    const at = this.deps.now();
    if (!isPersonal && organizationId !== undefined) {
      await memberships.setPassword(organizationId, accountId, passwordHash, { isAssigned: false });
      return;
    }
    await accounts.setPassword(accountId, passwordHash, at);
    if (address !== undefined) await ownAddresses.prove(accountId, address, at);
  }

  async #find(repositories: Repositories, token: string): Promise<Pending> {
    const { accounts, accountSetups, organizations, records } = repositories;
    const link = this.links.readAccountSetup(token);
    const found = link && (await accounts.find(link.accountId));
    if (!found) throw new UnknownLinkError();
    const { organizationId } = link;
    const organization =
      organizationId === undefined ? undefined : await organizations.find(organizationId, { lock: false });
    const closed = (reason: ClosedReason, message: string) =>
      new ClosedError(reason, message, {
        organization: organization && { id: organization.id, name: organization.displayName },
      });
    const key = { organizationId: organizationId ?? "", accountId: found.id };
    // An organization's link shows the organization's names.
    const account = { ...found, ...(organizationId !== undefined && (await records.namesOf(key))) };
    const setup = await accountSetups.find(account.id, link.organizationId, { lock: false });
    if (!setup) throw closed("used", "This account is already set up; sign in with your password");
    if (account.active !== true) {
      throw closed("deactivated", "Your account has been deactivated; contact an administrator");
    }
    if (setup.revision !== link.revision || !setup.isValid) {
      throw closed("changed", "This link is no longer valid; look for a new link in a later e-mail");
    }
    if (setup.expiresAt <= this.deps.now()) {
      throw closed("expired", "This link has expired; ask an administrator for a new one");
    }
    return { account, organization, setup };
  }
}

interface Pending {
  readonly account: AccountWithOrganizations;
  readonly organization: Organization | undefined;
  readonly setup: AccountSetup;
}

/** The account's owner as an author, in the realm whose administrator had the link sent. */
function authorOf({ organizationId, accountId }: AccountSetup, origin: Origin): Author {
  const realm: Realm =
    organizationId === undefined ? PROVIDER_REALM : { type: "organization", organizationId };
  return linkAuthor(realm, accountId, accountId, origin);
}
