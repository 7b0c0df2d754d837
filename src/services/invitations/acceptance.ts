import type { AccountInput } from "../../domain/users/account.js";
import { ForbiddenError, InvalidValueError, UniquenessError } from "../../domain/errors.js";
import { mailboxKey } from "../../domain/values/email.js";
import { addressOf, invitationTarget } from "../../domain/invitations/invitation.js";
import type { Invitation } from "../../domain/invitations/invitation.js";
import { PROVIDER_REALM, turnOf } from "../../domain/access/principal.js";
import type { SecondFactor } from "../../domain/sessions/second-factor.js";
import type { Repositories } from "../../repositories/unit-of-work.js";
import { requireStorable } from "../users/account-rules.js";
import { newPerson } from "../users/new-person.js";
import type { Dependencies } from "../dependencies.js";
import type { BruteForceGuard, Origin } from "../limits/brute-force-guard.js";
import type { AccountProof, Browser } from "./account-proof.js";
import { changedMeanwhile, joinByInvitation } from "./joining-by-invitation.js";
import type { Accepted } from "./joining-by-invitation.js";
import { invitedAuthor } from "./open-invitations.js";
import type { OpenInvitation, OpenInvitations, PersonalInvitation } from "./open-invitations.js";
import { knownWords, requireUsablePassword } from "../passwords/password-rules.js";
import type { Passwords } from "../passwords/passwords.js";

/** What a person enters to accept an invitation. */
export interface Acceptance {
  readonly givenName?: string | undefined;
  readonly familyName?: string | undefined;
  /** The new password, or the one that the person's account has. */
  readonly password?: string | undefined;
  /** Of the second factor that guards it. */
  readonly code?: string | undefined;
}

/** What invited people can do with their invitations. */
export class AcceptanceService {
  constructor(
    private readonly deps: Dependencies,
    private readonly openInvitations: OpenInvitations,
    private readonly guard: BruteForceGuard,
    private readonly passwords: Passwords,
    private readonly proof: AccountProof,
  ) {}

  /** Like `OpenInvitations.open`. */
  async open(token: string, origin: Origin): Promise<OpenInvitation> {
    return (await this.openInvitations.open(token, origin)).offer;
  }

  /**
   * Accepts an invitation: makes an account for a new person, and the membership with its roles and teams.
   *
   * @throws what `open` throws, InvalidValueError for an unusable name or password, ForbiddenError for a wrong
   *   password or code or an address that is not proved, ConflictError when the account changed at the same time
   */
  async accept(token: string, input: Acceptance, browser: Browser): Promise<Accepted> {
    const { origin } = browser;
    const found = await this.openInvitations.open(token, origin);
    const { offer, accountId } = found;
    requireProved(offer);
    const isOwned = offer.takes === "password";
    const factor = isOwned ? await this.proof.require(found, input, browser) : undefined;
    const person = offer.takes === "account" ? newPerson(offer.address, input) : undefined;
    if (person) requireStorable(this.deps, person);
    const passwordHash = person && (await this.#hash(offer, person, input.password, origin));
    const account = { id: accountId ?? this.deps.newId(), userName: offer.address };
    return this.deps.work.write(PROVIDER_REALM, async (repositories) => {
      const locked = await this.openInvitations.lock(repositories, token, offer, "invitation and account");
      const { organization, found: now } = locked;
      const isSame = now.accountId === accountId && now.passwordHash === found.passwordHash;
      if (now.offer.takes !== offer.takes || !isSame) throw changedMeanwhile();
      if (isOwned) await requireFactor(repositories, account.id, factor);
      const { invitation } = now.offer;
      if (person)
        await this.#create(repositories, invitation, { ...person, ...account, passwordHash }, origin);
      // The account's user name is the address.
      await repositories.ownAddresses.prove(account.id, offer.address, this.deps.now());
      const accepted = { organization, invitation, address: offer.address, account };
      const author = invitedAuthor(invitation, account.id, origin);
      return joinByInvitation(this.deps, repositories, accepted, author);
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
      const { found: now } = await this.openInvitations.lock(repositories, token, offer, "invitation");
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
}

/** A factor that was set up in this moment guards the account already. @param shown the one that the person has shown */
async function requireFactor(
  { secondFactors }: Repositories,
  accountId: string,
  shown: SecondFactor | undefined,
): Promise<void> {
  const factor = await secondFactors.find({ accountId, organizationId: undefined });
  if (factor?.id !== shown?.id) throw changedMeanwhile();
}

/** @throws ForbiddenError when the person has to prove an address first */
function requireProved(offer: OpenInvitation): asserts offer is PersonalInvitation {
  if (offer.takes === "address" || offer.takes === "code") {
    throw new ForbiddenError("Prove your address first: request a code and enter it");
  }
}
