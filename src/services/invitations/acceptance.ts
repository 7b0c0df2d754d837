import type { AccountInput } from "../../domain/users/account.js";
import { ConflictError, ForbiddenError, InvalidValueError, UniquenessError } from "../../domain/errors.js";
import { mailboxKey } from "../../domain/values/email.js";
import { addressOf, invitationTarget } from "../../domain/invitations/invitation.js";
import { hasMembers, rolesChange } from "../../domain/changes/change.js";
import type { Change } from "../../domain/changes/change.js";
import type { Organization } from "../../domain/organizations/organization.js";
import { teamTarget } from "../../domain/teams/team.js";
import type { Invitation } from "../../domain/invitations/invitation.js";
import { originByInvitation } from "../../domain/memberships/membership.js";
import { PROVIDER_REALM, turnOf } from "../../domain/access/principal.js";
import type { Repositories } from "../../repositories/unit-of-work.js";
import { requireStorable } from "../users/account-rules.js";
import { newPerson } from "../users/new-person.js";
import { join } from "../memberships/joining.js";
import type { Dependencies } from "../dependencies.js";
import type { BruteForceGuard, Origin } from "../limits/brute-force-guard.js";
import { closed, invitedAuthor } from "./open-invitations.js";
import type { FoundInvitation, OpenInvitation, OpenInvitations } from "./open-invitations.js";
import { knownWords, requireUsablePassword } from "../passwords/password-rules.js";
import type { Passwords } from "../passwords/passwords.js";

/** What a person enters to accept an invitation. */
export interface Acceptance {
  readonly givenName?: string | undefined;
  readonly familyName?: string | undefined;
  /** The new password, or the one that the person's account has. */
  readonly password?: string | undefined;
}

/** The result of accepting an invitation. */
export interface Accepted {
  readonly accountId: string;
  readonly userName: string;
  readonly organizationId: string;
  readonly organizationName: string;
}

/** An open invitation to a person whose address is known. */
type PersonalInvitation = OpenInvitation & { readonly address: string };

/** What invited people can do with their invitations. */
export class AcceptanceService {
  constructor(
    private readonly deps: Dependencies,
    private readonly openInvitations: OpenInvitations,
    private readonly guard: BruteForceGuard,
    private readonly passwords: Passwords,
  ) {}

  /** Like `OpenInvitations.open`. */
  async open(token: string, origin: Origin): Promise<OpenInvitation> {
    return (await this.openInvitations.open(token, origin)).offer;
  }

  /**
   * Accepts an invitation: makes an account for a new person, and the membership with its roles and teams.
   *
   * @throws what `open` throws, InvalidValueError for an unusable name or password, ForbiddenError for a wrong
   *   password or an address that is not proved, ConflictError when the account changed at the same time
   */
  async accept(token: string, input: Acceptance, origin: Origin): Promise<Accepted> {
    const found = await this.openInvitations.open(token, origin);
    const { offer, accountId } = found;
    requireProved(offer);
    if (offer.takes === "password") await this.#requirePassword(found, input.password, origin);
    const person = offer.takes === "account" ? newPerson(offer.address, input) : undefined;
    if (person) requireStorable(this.deps, person);
    const passwordHash = person && (await this.#hash(offer, person, input.password, origin));
    const id = this.deps.newId();
    return this.deps.work.write(PROVIDER_REALM, async (repositories) => {
      const { organization, found: now } = await this.#lock(
        repositories,
        token,
        offer,
        "invitation and account",
      );
      const isSame = now.accountId === accountId && now.passwordHash === found.passwordHash;
      if (now.offer.takes !== offer.takes || !isSame) throw changedMeanwhile();
      const { invitation } = now.offer;
      if (person) await this.#create(repositories, invitation, { ...person, id, passwordHash }, origin);
      const accepted = { organization, invitation, address: offer.address, accountId: accountId ?? id };
      await this.#join(repositories, accepted, origin);
      return {
        ...{ accountId: accepted.accountId, userName: offer.address },
        ...{ organizationId: organization.id, organizationName: organization.displayName },
      };
    });
  }

  /**
   * Declines an invitation: from now on, it cannot be accepted with this link.
   *
   * @throws what `open` throws, InvalidValueError for a link that was not sent to an address
   */
  async decline(token: string, origin: Origin): Promise<OpenInvitation> {
    const { offer } = await this.openInvitations.open(token, origin);
    const { invitation, address } = offer;
    const named = address === undefined ? undefined : addressOf(invitation, address);
    if (named === undefined) {
      throw new InvalidValueError(
        "This invitation is not addressed to you personally, so you do not need to decline it",
      );
    }
    return this.deps.work.write(PROVIDER_REALM, async (repositories) => {
      const { found: now } = await this.#lock(repositories, token, offer, "invitation");
      const declined = now.offer.invitation;
      await repositories.invitations.decline(declined.id, named, this.deps.now());
      // Without the account: the person does not join, so the organization is not told who it is.
      await this.deps.changes.record(repositories, invitedAuthor(declined, undefined, origin), {
        ...{ action: "change", ...invitationTarget(declined) },
        ...{ attributes: ["declinedBy"], detail: "declined" },
      });
      return now.offer;
    });
  }

  /**
   * Locks an invitation and reads it. As everywhere, the organization is locked before what belongs to it.
   *
   * @throws what `OpenInvitations.read` throws
   */
  async #lock(
    repositories: Repositories,
    token: string,
    { invitation }: OpenInvitation,
    locked: "invitation" | "invitation and account",
  ): Promise<{ organization: Organization; found: FoundInvitation }> {
    const organization = await repositories.organizations.find(invitation.organizationId, { lock: true });
    const found = await this.openInvitations.read(repositories, token, locked);
    if (!organization) throw closed("disabled");
    return { organization, found };
  }

  /** @throws ForbiddenError unless it is the account's password */
  async #requirePassword(
    { offer: { invitation }, accountId = "", passwordHash }: FoundInvitation,
    password: string | undefined,
    origin: Origin,
  ): Promise<void> {
    // Without the account, as long as the person has not joined.
    const author = invitedAuthor(invitation, undefined, origin);
    const attempt = {
      kind: "password",
      owner: accountId,
      author,
      target: invitationTarget(invitation).target,
    } as const;
    await this.guard.check(attempt, async () => {
      if (passwordHash === undefined || password === undefined) return false;
      return this.passwords.isPassword(turnOf(author), password, passwordHash);
    });
  }

  /** @throws InvalidValueError for an unusable password, TooManyRequestsError after too many attempts */
  async #hash(
    { invitation, address }: PersonalInvitation,
    person: AccountInput,
    password: string | undefined,
    origin: Origin,
  ): Promise<string> {
    if (password === undefined) throw new InvalidValueError("Enter a password", "password");
    requireUsablePassword(password);
    const owner = `${invitation.id} ${mailboxKey(address)}`;
    const author = invitedAuthor(invitation, undefined, origin);
    await this.guard.count({
      kind: "new password",
      owner,
      author,
      target: invitationTarget(invitation).target,
    });
    return this.passwords.hash(turnOf(author), password, knownWords(person));
  }

  async #create(
    repositories: Repositories,
    invitation: Invitation,
    account: AccountInput & { readonly id: string; readonly passwordHash: string | undefined },
    origin: Origin,
  ): Promise<void> {
    const { id, userName } = account;
    // In no organization's care: the person owns the profile from the start.
    try {
      await repositories.accounts.insert({ ...account, version: 1, updatedAt: this.deps.now() });
    } catch (error) {
      // On PostgreSQL, another organization's invitation can be accepted in this very moment.
      if (error instanceof UniquenessError) throw changedMeanwhile();
      throw error;
    }
    await this.deps.changes.record(repositories, invitedAuthor(invitation, id, origin), {
      action: "create",
      target: { type: "User", id, display: userName },
      attributes: ["userName", "name", "emails", "password"],
    });
  }

  async #join(
    repositories: Repositories,
    { organization, invitation, address, accountId }: AcceptedInvitation,
    origin: Origin,
  ): Promise<void> {
    const { memberships, invitations } = repositories;
    const { id, inviter } = invitation;
    const at = this.deps.now();
    const addition = { origin: originByInvitation(id, inviter.tokenId), showsProfile: true };
    const members = await join(this.deps, repositories, organization, accountId, addition);
    if (!hasMembers(members)) throw changedMeanwhile();
    const roles = invitation.roles.map((value) => ({ value }));
    const membership = { externalId: undefined, active: true, roles };
    await memberships.update(organization.id, accountId, membership, at);
    const teams = await joinTeams(repositories, invitation.teamIds, accountId, at);
    await repositories.activity.touch([{ accountId, organizationId: organization.id, at }]);
    await invitations.accept(id, addressOf(invitation, address), accountId, at);
    // The account's user name is the address.
    await repositories.accounts.proveAddress(accountId, address, at);
    const place = { organizationId: organization.id };
    const accepted: Change = {
      ...{ action: "change", ...invitationTarget(invitation), attributes: ["acceptedBy"], members },
      roles: rolesChange(accountId, [], invitation.roles, place),
    };
    const author = invitedAuthor(invitation, accountId, origin);
    await this.deps.changes.record(repositories, author, accepted, ...teams);
  }
}

/** An accepted invitation, and the account that accepted it. */
interface AcceptedInvitation {
  readonly organization: Organization;
  readonly invitation: Invitation;
  readonly address: string;
  readonly accountId: string;
}

/** Adds a member to teams, skipping deleted ones. @returns the changes of the teams */
async function joinTeams(
  { teams }: Repositories,
  teamIds: readonly string[],
  accountId: string,
  at: string,
): Promise<Change[]> {
  const changes: Change[] = [];
  for (const teamId of teamIds.toSorted()) {
    await teams.lock(teamId);
    const team = await teams.find(teamId);
    const added = team ? await teams.add(team, [accountId]) : [];
    if (!team || added.length === 0) continue;
    await teams.update({ ...team, version: team.version + 1, updatedAt: at });
    changes.push({ action: "change", ...teamTarget(team), members: { added, removed: [] } });
  }
  return changes;
}

const changedMeanwhile = () =>
  new ConflictError("The account was created or changed at the same time; try again");

/** @throws ForbiddenError when the person has to prove an address first */
function requireProved(offer: OpenInvitation): asserts offer is PersonalInvitation {
  if (offer.takes === "address" || offer.takes === "code") {
    throw new ForbiddenError("Prove your address first: request a code and enter it");
  }
}
