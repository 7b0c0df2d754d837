import type { AccountInput } from "../../domain/users/account.js";
import { ConflictError, ForbiddenError, InvalidValueError } from "../../domain/errors.js";
import { mailboxKey } from "../../domain/values/email.js";
import { addressOf } from "../../domain/invitations/invitation.js";
import type { Invitation } from "../../domain/invitations/invitation.js";
import { JsonDocument } from "../../domain/values/json.js";
import { PROVIDER_REALM, turnOf } from "../../domain/access/principal.js";
import { foldCase } from "../../domain/values/text.js";
import type { Repositories } from "../../repositories/unit-of-work.js";
import { isName } from "../../domain/values/plain-text.js";
import { requireStorable } from "../users/account-rules.js";
import { record } from "../audit/audit.js";
import type { Dependencies } from "../dependencies.js";
import type { BruteForceGuard, Origin } from "../limits/brute-force-guard.js";
import { closed, invitedAuthor } from "./open-invitations.js";
import type { OpenInvitation, OpenInvitations } from "./open-invitations.js";
import { knownWords, requireUsablePassword } from "../passwords/password-rules.js";
import type { Passwords } from "../passwords/passwords.js";

const CORE_USER = "urn:ietf:params:scim:schemas:core:2.0:User";

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

/** An offer to somebody whose address is known. */
type PersonalOffer = OpenInvitation & { readonly address: string };

/** Invitations as the people see them who are invited. */
export class AcceptanceService {
  constructor(
    private readonly deps: Dependencies,
    private readonly openInvitations: OpenInvitations,
    private readonly guard: BruteForceGuard,
    private readonly passwords: Passwords,
  ) {}

  /** As `Offers.look`. */
  async look(token: string, origin: Origin): Promise<OpenInvitation> {
    return (await this.openInvitations.look(token, origin)).offer;
  }

  /**
   * Accepts an invitation: makes an account for a new person, and the membership with its roles and teams.
   *
   * @throws what `look` throws, InvalidValueError for a name or password that will not do, ForbiddenError for a
   *   wrong password, or an address that is not proved, ConflictError
   */
  async accept(token: string, said: Acceptance, origin: Origin): Promise<Accepted> {
    const { offer, accountId } = await this.openInvitations.look(token, origin);
    requireProved(offer);
    if (offer.takes === "password")
      await this.#requirePassword(offer, accountId ?? "", said.password, origin);
    const person = offer.takes === "account" ? newPerson(offer.address, said) : undefined;
    if (person) requireStorable(this.deps, person);
    const passwordHash = person && (await this.#hash(offer, person, said.password, origin));
    const id = this.deps.newId();
    return this.deps.work.write(PROVIDER_REALM, async (repositories) => {
      await this.#lock(repositories, offer);
      if (accountId !== undefined) await repositories.accounts.find(accountId, "forUpdate");
      const now = await this.openInvitations.read(repositories, token);
      if (now.offer.takes !== offer.takes || now.accountId !== accountId) {
        throw justNow();
      }
      if (person) await this.#create(repositories, now.offer, { ...person, id, passwordHash }, origin);
      const accepted = accountId ?? id;
      await this.#join(repositories, { ...now.offer, address: offer.address }, accepted, origin);
      const { organizationId, organizationName } = offer.invitation;
      return { accountId: accepted, userName: offer.address, organizationId, organizationName };
    });
  }

  /**
   * Declines an invitation: nobody accepts it by this link any more.
   *
   * @throws what `look` throws, InvalidValueError for a link that was sent to nobody
   */
  async decline(token: string, origin: Origin): Promise<OpenInvitation> {
    const { offer } = await this.openInvitations.look(token, origin);
    const { invitation, address } = offer;
    const named = address === undefined ? undefined : addressOf(invitation, address);
    if (named === undefined) {
      throw new InvalidValueError("The invitation names nobody of that address, so nobody needs to decline");
    }
    return this.deps.work.write(PROVIDER_REALM, async (repositories) => {
      await this.#lock(repositories, offer);
      const now = await this.openInvitations.read(repositories, token);
      const { id, name } = now.offer.invitation;
      await repositories.invitations.decline(id, named, this.deps.now());
      await record(this.deps, repositories, invitedAuthor(now.offer.invitation, now.accountId, origin), {
        ...{ action: "change", target: { type: "Invitation", id, display: name } },
        ...{ changes: ["declinedBy"], detail: "declined" },
      });
      return now.offer;
    });
  }

  /** As everywhere, the organization is locked before what belongs to it. */
  async #lock({ organizations, invitations }: Repositories, { invitation }: OpenInvitation): Promise<void> {
    await organizations.find(invitation.organizationId, { lock: true });
    await invitations.find(invitation.id, this.deps.now(), { lock: true });
  }

  /** @throws ForbiddenError unless it is the account's */
  async #requirePassword(
    { invitation }: OpenInvitation,
    accountId: string,
    password: string | undefined,
    origin: Origin,
  ): Promise<void> {
    const author = invitedAuthor(invitation, accountId, origin);
    const guessed = { what: "password", whose: accountId, author, target: targetOf(invitation) } as const;
    await this.guard.check(guessed, async () => {
      const hash = await this.deps.work.read(PROVIDER_REALM).accounts.passwordHash(accountId);
      if (hash === undefined || password === undefined) return false;
      return this.passwords.isPassword(turnOf(author), password, hash);
    });
  }

  /** @throws InvalidValueError for a password that will not do, TooManyRequestsError for who tries many */
  async #hash(
    { invitation, address }: PersonalOffer,
    person: AccountInput,
    password: string | undefined,
    origin: Origin,
  ): Promise<string> {
    if (password === undefined) throw new InvalidValueError("A password is needed");
    requireUsablePassword(password);
    const whose = `${invitation.id} ${mailboxKey(address)}`;
    const author = invitedAuthor(invitation, undefined, origin);
    await this.guard.count({ what: "new password", whose, author, target: targetOf(invitation) });
    return this.passwords.hash(turnOf(author), password, knownWords(person));
  }

  async #create(
    repositories: Repositories,
    { invitation }: OpenInvitation,
    account: AccountInput & { readonly id: string; readonly passwordHash: string | undefined },
    origin: Origin,
  ): Promise<void> {
    const { id, userName } = account;
    const written = { ...account, version: 1, updatedAt: this.deps.now() };
    // The person's own from the start: no organization manages it.
    await repositories.accounts.insert(written);
    await record(this.deps, repositories, invitedAuthor(invitation, id, origin), {
      action: "create",
      target: { type: "User", id, display: userName },
      changes: ["userName", "name", "emails", "password"],
    });
  }

  async #join(
    repositories: Repositories,
    { invitation, address }: PersonalOffer,
    accountId: string,
    origin: Origin,
  ): Promise<void> {
    const { memberships, organizations, teams, invitations } = repositories;
    const { id, organizationId, inviter, name } = invitation;
    const named = addressOf(invitation, address);
    const at = this.deps.now();
    const addition = { source: "invitation", addedBy: inviter.tokenId, at } as const;
    if ((await memberships.add(organizationId, [accountId], addition)).length === 0) throw justNow();
    const roles = invitation.roles.map((value) => ({ value }));
    await memberships.update(organizationId, accountId, { externalId: undefined, active: true, roles }, at);
    for (const teamId of invitation.teamIds.toSorted()) {
      await teams.lock(teamId);
      const team = await teams.find(teamId);
      if (!team || (await teams.add(team, [accountId])).length === 0) continue;
      await teams.update({ ...team, version: team.version + 1, updatedAt: at });
    }
    const organization = await organizations.find(organizationId, { lock: false });
    if (!organization) throw closed("disabled");
    const memberCount = organization.memberCount + 1;
    await organizations.update({
      ...organization,
      ...{ memberCount, version: organization.version + 1, updatedAt: at },
    });
    await invitations.accept(id, named, accountId, at);
    await record(this.deps, repositories, invitedAuthor(invitation, accountId, origin), {
      action: "change",
      target: { type: "Invitation", id, display: name },
      changes: ["acceptedBy"],
      detail: `added ${accountId} to the organization`,
    });
  }
}

/** An invitation, as the audit log names it. */
const targetOf = ({ id, name }: Invitation) => ({ type: "Invitation", id, display: name });

const justNow = () => new ConflictError("Somebody has created or changed the account just now; try again");

/** @throws ForbiddenError for somebody who has to prove an address first */
function requireProved(offer: OpenInvitation): asserts offer is PersonalOffer {
  if (offer.takes === "address" || offer.takes === "code") {
    throw new ForbiddenError("Prove your address first, by a code that is sent to it");
  }
}

/** @throws InvalidValueError for a name that will not do */
function newPerson(address: string, { givenName, familyName }: Acceptance): AccountInput {
  const [firstName, lastName] = [givenName, familyName].map((name) => name?.normalize("NFC").trim() ?? "");
  if (!firstName || !lastName) throw new InvalidValueError("Your first and last name are needed");
  if (!isName(firstName) || !isName(lastName)) throw new InvalidValueError("A name has letters only");
  const displayName = `${firstName} ${lastName}`;
  const schemas = [CORE_USER];
  const profile = {
    schemas,
    name: { formatted: displayName, familyName: lastName, givenName: firstName },
    emails: [{ value: address, primary: true }],
  };
  const search = {
    schemas,
    name: {
      formatted: foldCase(displayName),
      familyName: foldCase(lastName),
      givenName: foldCase(firstName),
    },
    emails: [{ value: foldCase(address), primary: true }],
  };
  const person = {
    ...{ userName: address, displayName, active: true, roles: [] },
    profile: JsonDocument.ofValue(profile),
    search: JsonDocument.ofValue(search),
  };
  return person;
}
