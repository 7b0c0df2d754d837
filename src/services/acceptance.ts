import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import type { AccountInput } from "../domain/account.js";
import {
  ConflictError,
  ForbiddenError,
  GoneError,
  InvalidValueError,
  NotFoundError,
  TooManyRequestsError,
} from "../domain/errors.js";
import { isAddressedTo } from "../domain/invitation.js";
import type { Invitation, InvitationStatus } from "../domain/invitation.js";
import { JsonDocument } from "../domain/json.js";
import { requireKeyLength } from "../domain/limits.js";
import { PROVIDER_REALM } from "../domain/principal.js";
import type { Principal, Realm } from "../domain/principal.js";
import { hasRole, PROVIDER_ADMIN } from "../domain/role.js";
import { foldCase } from "../domain/text.js";
import type { Repositories } from "../repositories/unit-of-work.js";
import { record } from "./audit.js";
import type { Collaborators } from "./collaborators.js";
import type { Links } from "./links.js";
import { requireStrongPassword } from "./new-passwords.js";
import { hashPassword, isPassword } from "./passwords.js";

type Origin = Principal["origin"];

/** What somebody sees who has a link. */
export interface Offer {
  readonly invitation: Invitation;
  /** The address that the link was sent to. */
  readonly address: string;
  /** Who invites, if it is a person. */
  readonly inviterName: string | undefined;
  /** What it takes to accept: a new account, the password of the one there is, or no more than a click. */
  readonly takes: "account" | "password" | "nothing";
}

/** What somebody says who accepts. */
export interface Acceptance {
  readonly givenName?: string | undefined;
  readonly familyName?: string | undefined;
  /** The one that the person is going to have, or has. */
  readonly password?: string | undefined;
}

/** What accepting has come to. */
export interface Accepted {
  readonly accountId: string;
  readonly userName: string;
  readonly organizationId: string;
  readonly organizationName: string;
}

/** How often in a quarter of an hour a link that is none can be tried from an address of the network, and a password. */
const LINKS = { points: 30, duration: 900 };
const PASSWORDS = { points: 10, duration: 900 };

const OVER: Readonly<Record<Exclude<InvitationStatus, "pending">, string>> = {
  accepted: "This invitation has been accepted already",
  expired: "This invitation has expired; ask whoever invited you for a new one",
  disabled: "This invitation has been taken back",
  exhausted: "This invitation has been used up",
};

/** Invitations as the people see them who are invited. */
export class AcceptanceService {
  readonly #links = new RateLimiterMemory(LINKS);
  readonly #passwords = new RateLimiterMemory(PASSWORDS);

  constructor(
    private readonly given: Collaborators,
    private readonly links: Links,
  ) {}

  /**
   * What a link leads to. Looking changes nothing.
   *
   * @param token the last part of the link
   * @throws NotFoundError for a link that is none, GoneError for one that is void, ConflictError for a member,
   *   ForbiddenError for one that was sent to nobody, TooManyRequestsError for who tries many
   */
  async look(token: string, origin: Origin): Promise<Offer> {
    return (await this.#offer(this.given.work.read(PROVIDER_REALM), token, origin)).offer;
  }

  /**
   * Accepts an invitation: makes an account for a new person, and the membership with its roles and teams.
   *
   * @throws what `look` throws, InvalidValueError for a name or password that will not do, ForbiddenError for a
   *   wrong password
   */
  async accept(token: string, said: Acceptance, origin: Origin): Promise<Accepted> {
    const repositories = this.given.work.read(PROVIDER_REALM);
    const { offer, accountId } = await this.#offer(repositories, token, origin);
    if (offer.takes === "password") await this.#requirePassword(repositories, accountId ?? "", said.password);
    const isNew = offer.takes === "account";
    const person = isNew ? newPerson(offer.address, said) : undefined;
    const passwordHash = isNew && said.password !== undefined ? await hashPassword(said.password) : undefined;
    const id = this.given.newId();
    return this.given.work.write(PROVIDER_REALM, async (repositories) => {
      // As everywhere, the organization is locked before what belongs to it.
      await repositories.organizations.find(offer.invitation.organizationId, { lock: true });
      await repositories.invitations.find(offer.invitation.id, this.given.now(), { lock: true });
      const now = await this.#offer(repositories, token, origin);
      if (now.offer.takes !== offer.takes || now.accountId !== accountId) {
        throw new ConflictError("Somebody has created or changed the account just now; try again");
      }
      if (person) await this.#create(repositories, now.offer, { ...person, id, passwordHash }, origin);
      const accepted = accountId ?? id;
      await this.#join(repositories, now.offer, accepted, origin);
      const { organizationId, organizationName } = offer.invitation;
      return { accountId: accepted, userName: offer.address, organizationId, organizationName };
    });
  }

  async #offer(
    repositories: Repositories,
    token: string,
    origin: Origin,
  ): Promise<{ offer: Offer; accountId: string | undefined }> {
    const link = this.links.readInvitation(token);
    const { accounts, invitations, memberships } = repositories;
    const invitation = link && (await invitations.find(link.invitationId, this.given.now(), { lock: false }));
    if (!invitation) {
      await count(this.#links, origin?.address ?? "");
      throw new NotFoundError("Invitation", "of this link");
    }
    if (invitation.status !== "pending") throw new GoneError(OVER[invitation.status]);
    const { address, revision } = link;
    if (revision !== invitation.revision) {
      throw new GoneError(
        "This invitation was changed after the link was sent; there is mail with a new one",
      );
    }
    if (address === undefined) {
      throw new ForbiddenError(
        "Only the link in a mail proves whose address it is; ask to have it sent to you",
      );
    }
    const key = foldCase(address);
    if (invitation.acceptedEmails.some((each) => foldCase(each) === key)) throw new GoneError(OVER.accepted);
    if (!isAddressedTo(invitation, address)) throw new GoneError(OVER.disabled);
    if (!(await mayStillInvite(repositories, invitation, this.given.now()))) {
      throw new GoneError("Whoever invited you may not invite any more; ask somebody else");
    }
    const accountId = await accounts.findIdByUserName(address);
    if (accountId !== undefined && (await memberships.isMember(invitation.organizationId, accountId))) {
      throw new ConflictError(`You are a member of ${invitation.organizationName} already`);
    }
    const account = accountId === undefined ? undefined : await accounts.find(accountId);
    if (account && account.active !== true) {
      throw new ForbiddenError("Your account has been deactivated; ask whoever invited you");
    }
    const hasPassword = accountId !== undefined && (await accounts.passwordHash(accountId)) !== undefined;
    const { inviter } = invitation;
    const person = inviter.accountId === undefined ? undefined : await accounts.find(inviter.accountId);
    const takes = account ? (hasPassword ? "password" : "nothing") : "account";
    const inviterName = person?.displayName ?? person?.userName;
    return { offer: { invitation, address, inviterName, takes }, accountId };
  }

  /** @throws ForbiddenError unless it is the account's */
  async #requirePassword(
    { accounts }: Repositories,
    accountId: string,
    password: string | undefined,
  ): Promise<void> {
    await count(this.#passwords, accountId);
    const hash = await accounts.passwordHash(accountId);
    const isRight = hash !== undefined && password !== undefined && (await isPassword(password, hash));
    if (!isRight) throw new ForbiddenError("This is not the password of your account");
    await this.#passwords.delete(accountId);
  }

  async #create(
    repositories: Repositories,
    { invitation }: Offer,
    account: AccountInput & { readonly id: string; readonly passwordHash: string | undefined },
    origin: Origin,
  ): Promise<void> {
    const { id, userName } = account;
    const written = { ...account, version: 1, updatedAt: this.given.now() };
    await repositories.accounts.insert(written, invitation.organizationId);
    await record(this.given, repositories, actor(invitation, id, origin), {
      action: "create",
      target: { type: "User", id, display: userName },
      changes: ["userName", "name", "emails", "password"],
    });
  }

  async #join(
    repositories: Repositories,
    { invitation, address }: Offer,
    accountId: string,
    origin: Origin,
  ): Promise<void> {
    const { memberships, organizations, teams, invitations } = repositories;
    const { id, organizationId, inviter, name } = invitation;
    const at = this.given.now();
    const addition = { source: "invitation", addedBy: inviter.tokenId, at } as const;
    await memberships.add(organizationId, [accountId], addition);
    const roles = invitation.roles.map((value) => ({ value }));
    await memberships.update(organizationId, accountId, { externalId: undefined, active: true, roles }, at);
    for (const teamId of invitation.teamIds) {
      const team = await teams.find(teamId);
      if (!team || (await teams.add(team, [accountId])).length === 0) continue;
      await teams.update({ ...team, version: team.version + 1, updatedAt: at });
    }
    const organization = await organizations.find(organizationId, { lock: false });
    if (!organization) throw new GoneError(OVER.disabled);
    const memberCount = organization.memberCount + 1;
    await organizations.update({
      ...organization,
      ...{ memberCount, version: organization.version + 1, updatedAt: at },
    });
    await invitations.accept(id, address, accountId, at);
    await record(this.given, repositories, actor(invitation, accountId, origin), {
      action: "change",
      target: { type: "Invitation", id, display: name },
      changes: ["acceptedBy"],
      detail: `added ${accountId} to the organization`,
    });
  }
}

const actor = ({ organizationId }: Invitation, accountId: string, origin: Origin) => ({
  realm: { type: "organization", organizationId } satisfies Realm as Realm,
  accountId,
  ...(origin && { origin }),
});

/** Nobody gives what the inviter may not give any more. */
async function mayStillInvite(
  { accounts, accessTokens, memberships }: Repositories,
  { inviter, organizationId }: Invitation,
  now: string,
): Promise<boolean> {
  const { tokenId, accountId } = inviter;
  if (accountId === undefined) {
    const token = await accessTokens.find(tokenId);
    return token !== undefined && (token.expiresAt === undefined || token.expiresAt > now);
  }
  if (await memberships.isAdministrator(organizationId, accountId)) return true;
  const account = await accounts.find(accountId);
  return account?.active === true && hasRole(account.roles, PROVIDER_ADMIN);
}

/** @throws InvalidValueError for a name or password that will not do */
function newPerson(address: string, { givenName, familyName, password }: Acceptance): AccountInput {
  const [given, family] = [givenName, familyName].map((name) => name?.normalize("NFC").trim() ?? "");
  if (!given || !family) throw new InvalidValueError("Your first and last name are needed");
  if (/\p{Cc}|\p{Surrogate}/u.test(given + family)) throw new InvalidValueError("A name has letters only");
  requireKeyLength({ givenName: given, familyName: family });
  if (password === undefined) throw new InvalidValueError("A password is needed");
  requireStrongPassword(password, [address, ...address.split(/[@.]/), given, family]);
  const displayName = `${given} ${family}`;
  const profile = {
    name: { formatted: displayName, familyName: family, givenName: given },
    emails: [{ value: address, primary: true }],
  };
  const search = {
    name: {
      formatted: foldCase(displayName),
      familyName: foldCase(family),
      givenName: foldCase(given),
    },
    emails: [{ value: foldCase(address), primary: true }],
  };
  return {
    ...{ userName: address, displayName, active: true, roles: [] },
    profile: JsonDocument.ofValue(profile),
    search: JsonDocument.ofValue(search),
  };
}

/** @throws TooManyRequestsError */
async function count(limiter: RateLimiterMemory, key: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (error) {
    if (!(error instanceof RateLimiterRes)) throw error;
    throw new TooManyRequestsError(Math.ceil(error.msBeforeNext / 1000));
  }
}
