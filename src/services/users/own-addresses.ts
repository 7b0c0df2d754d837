import { actorOfSession } from "../roles/current-principal.js";
import { PROVIDER_REALM } from "../../domain/access/principal.js";
import type { Author } from "../../domain/access/principal.js";
import {
  ClosedError,
  ConflictError,
  ForbiddenError,
  InvalidValueError,
  UnknownLinkError,
} from "../../domain/errors.js";
import { MAX_ADDRESSES, MAX_PROOFS_AN_HOUR } from "../../domain/limits/attempts.js";
import type { PersonSession } from "../../domain/sessions/session.js";
import { addressesOf } from "../../domain/users/account.js";
import type { AccountWithOrganizations } from "../../domain/users/account.js";
import { valuesOfEmails, withoutAddress } from "../../domain/users/own-profile.js";
import { isEmailAddress, isSameMailbox, mailboxKey } from "../../domain/values/email.js";
import type { PendingAddress } from "../../repositories/users/own-addresses.js";
import type { Repositories } from "../../repositories/unit-of-work.js";
import type { Dependencies } from "../dependencies.js";
import type { Links } from "../invitations/links.js";
import type { BruteForceGuard, Origin } from "../limits/brute-force-guard.js";
import { countWithin, DAY, HOUR, later } from "../limits/rate-limits.js";
import type { OutgoingMail } from "../mail/outgoing-mail.js";
import { passwordChanged } from "../sessions/current-password.js";
import type { CurrentPassword } from "../sessions/current-password.js";
import { targetOf } from "./account-rules.js";
import { newRevision } from "./forgotten-password.js";
import { lockOwn, requireOneself } from "./own-account.js";
import { OwnAddressNotices } from "./own-address-notices.js";
import { personalAddresses } from "./reset-addresses.js";
import { renameAccount, writeAccount } from "./written-account.js";

/** An address of a person, as they see it themselves. Times are ISO 8601 in UTC. */
export interface OwnAddress {
  readonly address: string;
  readonly isUserName: boolean;
  /** Whether the account has it in `emails`. */
  readonly isInProfile: boolean;
  /** Undefined: the person has not proved it. */
  readonly provedAt?: string;
  /** Until when the link works that proves it. */
  readonly pendingUntil?: string;
}

/** What a person enters to prove an address, to make it the user name, and to remove it. */
export interface EnteredAddress {
  readonly email: string | undefined;
  readonly currentPassword: string | undefined;
}

/** How long a link works, in seconds. */
const LINK_SECONDS = DAY;

/** The addresses of people who are signed in with a credential of their own. Each method throws ForbiddenError for others. */
export class OwnAddressService {
  readonly #notices: OwnAddressNotices;

  constructor(
    private readonly deps: Dependencies,
    private readonly links: Links,
    private readonly guard: BruteForceGuard,
    private readonly mail: OutgoingMail,
    private readonly password: CurrentPassword,
  ) {
    this.#notices = new OwnAddressNotices(deps);
  }

  /** The addresses of the account: its user name first, then those of the profile, then the others. */
  async list(session: PersonSession): Promise<OwnAddress[]> {
    const { accountId } = requireOneself(actorOfSession(session));
    const { accounts, ownAddresses } = this.deps.work.read(PROVIDER_REALM, accountId);
    const account = await accounts.find(accountId);
    if (!account) return [];
    const listed = new Map<string, OwnAddress>();
    const add = (address: string, facts: Partial<OwnAddress>) => {
      const key = mailboxKey(address);
      const known = listed.get(key) ?? { address, isUserName: false, isInProfile: false };
      listed.set(key, { ...known, ...facts });
    };
    if (isEmailAddress(account.userName)) add(account.userName, { isUserName: true });
    for (const each of addressesOf({ userName: "", profile: account.profile }))
      add(each, { isInProfile: true });
    for (const { address, provedAt } of await ownAddresses.proved(accountId)) add(address, { provedAt });
    for (const { address, expiresAt } of await ownAddresses.pending(accountId, this.deps.now())) {
      add(address, { pendingUntil: expiresAt });
    }
    return [...listed.values()];
  }

  /** The name that the person signs in with, for password managers. */
  async userName(session: PersonSession): Promise<string | undefined> {
    const { accountId } = requireOneself(actorOfSession(session));
    const account = await this.deps.work.read(PROVIDER_REALM, accountId).accounts.find(accountId);
    return account?.userName;
  }

  /**
   * Sends a link to an address, which proves it. Nothing tells whether another account has the address, or how much mail
   * others have had sent to it: beyond the limit of the address, no mail is sent.
   *
   * @throws InvalidValueError for what is no address, ConflictError for one that is proved already and beyond as many as a
   *   person can have, ForbiddenError for a wrong password, TooManyRequestsError beyond the limits of the account, and of the
   *   people whose accounts the same organization created
   */
  async ask(
    session: PersonSession,
    { email, currentPassword }: EnteredAddress,
    origin: Origin,
  ): Promise<void> {
    const author = oneself(session, origin);
    const address = (email ?? "").trim();
    if (!isEmailAddress(address)) throw new InvalidValueError("Enter an e-mail address", "email");
    const { accountId } = session;
    await this.#writeWithPassword(session, currentPassword, author, async (repositories, account, hash) => {
      const { accounts, ownAddresses } = repositories;
      await this.#requireNew(repositories, accountId, address);
      const limit = { points: MAX_PROOFS_AN_HOUR, seconds: HOUR };
      await countWithin(this.deps, repositories, `proofs of addresses of ${accountId}`, limit);
      const [revision, now] = [newRevision(), this.deps.now()];
      await ownAddresses.prune(later(now, -DAY));
      await ownAddresses.begin({ accountId, address, revision, expiresAt: later(now, LINK_SECONDS) }, hash);
      const { organizationId: createdBy } = await accounts.origin(accountId);
      const mail = { kind: "address-proof", accountId, address, revision } as const;
      const personal = await personalAddresses(repositories, account);
      const isOwn = personal.some((each) => isSameMailbox(each, address));
      await this.mail.writeSilently(repositories, { actor: author.actor, createdBy, isOwn }, mail);
      await this.deps.changes.record(repositories, author, {
        ...{ action: "change", target: targetOf(account) },
        detail: "asked for the proof of a new address",
      });
    });
  }

  /**
   * What a link proves. Changes nothing.
   *
   * @param token the last part of the link
   * @throws UnknownLinkError for a link that Muster did not make, ForbiddenError for one of another account, ClosedError for
   *   one that is no longer valid, TooManyRequestsError after too many unknown links
   */
  async open(session: PersonSession, token: string, origin: Origin): Promise<PendingAddress> {
    const { accountId } = requireOneself(actorOfSession(session));
    const repositories = this.deps.work.read(PROVIDER_REALM, accountId);
    return this.guard.ofLinks("User", origin, () => this.#find(repositories, accountId, token));
  }

  /** Proves the address of a link, which ends, and tells the person. @throws what `open` throws */
  async confirm(session: PersonSession, token: string, origin: Origin): Promise<void> {
    await this.open(session, token, origin);
    const author = oneself(session, origin);
    await this.deps.work.write(PROVIDER_REALM, async (repositories) => {
      const account = await lockOwn(repositories, author);
      const pending = await this.#find(repositories, account.id, token);
      await this.#notices.added(repositories, account, "address-proved", pending.address);
      await repositories.ownAddresses.endPending(pending);
      await repositories.ownAddresses.prove(account.id, pending.address, this.deps.now());
      const change = { action: "change", target: targetOf(account), detail: "proved an address" } as const;
      await this.deps.changes.record(repositories, author, change);
    });
  }

  /**
   * Makes a proved address the account's user name, and tells the person. That ends an organization's care.
   *
   * @throws InvalidValueError for an address that is not proved, ConflictError when another account has the user name,
   *   ForbiddenError for a wrong password
   */
  async makeUserName(
    session: PersonSession,
    { email = "", currentPassword }: EnteredAddress,
    origin: Origin,
  ): Promise<void> {
    const author = oneself(session, origin);
    await this.#writeWithPassword(session, currentPassword, author, async (repositories, account) => {
      const proved = await repositories.ownAddresses.proved(account.id);
      const found = proved.find(({ address }) => isSameMailbox(address, email));
      if (!found) throw new InvalidValueError("Prove this address by a mail to it first", "email");
      const userName = found.address;
      if (userName === account.userName) return;
      const holder = await repositories.accounts.findIdByUserName(userName);
      if (holder !== undefined && holder !== account.id) throw taken(userName);
      await this.#notices.added(repositories, account, "user-name-changed", userName);
      await renameAccount(repositories, account, userName, this.deps.now());
      await this.deps.changes.record(repositories, author, {
        ...{ action: "change", target: targetOf({ ...account, userName }), attributes: ["userName"] },
        detail: "a proved address was made the user name",
      });
    });
  }

  /**
   * Removes an address: forgets that the person proved it, or asked to prove it, and takes it out of `emails`. If mail about
   * the account went there, the person is told there.
   *
   * @throws InvalidValueError for another address, ConflictError for the user name, ForbiddenError for a wrong password
   */
  async remove(
    session: PersonSession,
    { email = "", currentPassword }: EnteredAddress,
    origin: Origin,
  ): Promise<void> {
    const author = oneself(session, origin);
    await this.#writeWithPassword(session, currentPassword, author, async (repositories, account) => {
      const { ownAddresses } = repositories;
      const isMeant = (address: string) => isSameMailbox(address, email);
      if (isMeant(account.userName)) {
        throw new ConflictError(
          `'${account.userName}' is your user name; make another address the user name first`,
        );
      }
      const listed = valuesOfEmails(account.profile.value.emails).find(isMeant);
      const pending = await ownAddresses.pending(account.id, this.deps.now());
      const personal = (await personalAddresses(repositories, account)).find(isMeant);
      const found = personal ?? listed ?? pending.find(({ address }) => isMeant(address))?.address;
      if (found === undefined)
        throw new InvalidValueError("Your account does not have this address", "email");
      if (personal !== undefined) await this.#notices.removed(repositories, account, personal);
      await ownAddresses.forget(account.id, found);
      if (listed !== undefined) await this.#takeOut(repositories, account, listed);
      const attributes = listed === undefined ? {} : { attributes: ["emails"] };
      await this.deps.changes.record(repositories, author, {
        ...{ action: "change", target: targetOf(account), detail: "removed an address", ...attributes },
      });
    });
  }

  /** Takes an address out of `emails`, as the person says. */
  async #takeOut(
    repositories: Repositories,
    account: AccountWithOrganizations,
    address: string,
  ): Promise<void> {
    const search = await repositories.accounts.searched(account.id);
    const next = { ...account, ...withoutAddress({ ...account, search }, address) };
    const written = { version: account.version + 1, updatedAt: this.deps.now(), passwordHash: undefined };
    const attributes = { personal: ["emails"], all: ["emails"] };
    await writeAccount(repositories, account, { ...next, ...written }, attributes);
  }

  /** Writes what a session alone is not enough for. @throws what `CurrentPassword.require` throws */
  async #writeWithPassword(
    session: PersonSession,
    currentPassword: string | undefined,
    author: Author,
    write: (repositories: Repositories, account: AccountWithOrganizations, hash: string) => Promise<void>,
  ): Promise<void> {
    const { hash } = await this.password.require(session, currentPassword, author);
    await this.deps.work.write(PROVIDER_REALM, async (repositories) => {
      const account = await lockOwn(repositories, author);
      if ((await repositories.sessions.passwordHash(session.id)) !== hash) throw passwordChanged();
      await write(repositories, account, hash);
    });
  }

  async #requireNew({ ownAddresses }: Repositories, accountId: string, address: string): Promise<void> {
    const proved = await ownAddresses.proved(accountId);
    if (proved.some((each) => isSameMailbox(each.address, address))) {
      throw new ConflictError("You have proved this address already", "email");
    }
    const pending = await ownAddresses.pending(accountId, this.deps.now());
    const others = pending.filter((each) => !isSameMailbox(each.address, address));
    if (proved.length + others.length < MAX_ADDRESSES) return;
    throw new ConflictError(`You have ${MAX_ADDRESSES} addresses already; remove one first`, "email");
  }

  async #find(
    { ownAddresses }: Pick<Repositories, "ownAddresses">,
    accountId: string,
    token: string,
  ): Promise<PendingAddress> {
    const link = this.links.readAddressProof(token);
    if (!link) throw new UnknownLinkError();
    if (link.accountId !== accountId) {
      throw new ForbiddenError(
        "This link is for another account; sign in with the account that asked for it",
      );
    }
    const pending = await ownAddresses.findPending(accountId, link.revision);
    if (!pending) {
      throw new ClosedError("changed", "This link was used, or is no longer valid; ask for a new one");
    }
    if (pending.expiresAt > this.deps.now()) return pending;
    throw new ClosedError("expired", "This link has expired; ask for a new one");
  }
}

/** A person who is signed in as the author of what they do with their account, wherever the session acts. */
const oneself = (session: PersonSession, origin: Origin): Author => ({
  actor: requireOneself(actorOfSession(session)),
  realm: PROVIDER_REALM,
  ...(origin && { origin }),
});

const taken = (userName: string) =>
  new ConflictError(
    `Another account has the user name '${userName}'. You can choose a password for that account by a mail to this address`,
    "email",
  );
