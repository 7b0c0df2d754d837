import { isDeepStrictEqual } from "node:util";
import { mayDo, requireAccess } from "../../domain/access/policy.js";
import {
  ForbiddenError,
  InvalidValueError,
  NotFoundError,
  TooManyRequestsError,
  UniquenessError,
} from "../../domain/errors.js";
import { isId } from "../../domain/values/id.js";
import {
  exactAddresses,
  invitationTarget,
  requireInvitation,
  waitingAddresses,
} from "../../domain/invitations/invitation.js";
import type { Invitation, InvitationInput } from "../../domain/invitations/invitation.js";
import type { Listing, Page } from "../../domain/listing.js";
import { accountOf, tokenIdOf } from "../../domain/access/actor.js";
import type { Principal } from "../../domain/access/principal.js";
import { hasRole, PROVIDER_ADMIN } from "../../domain/access/roles.js";
import { foldCase } from "../../domain/values/text.js";
import type { Repositories } from "../../repositories/unit-of-work.js";
import { requireVersion } from "../dependencies.js";
import type { Dependencies, ExpectedVersions } from "../dependencies.js";
import { requireStillAllowed } from "../roles/current-principal.js";
import { requireGrants } from "../roles/grants.js";
import type { Links } from "./links.js";
import type { OutgoingMail } from "../mail/outgoing-mail.js";

/** When one of these changes, the invitation offers something else, and links that were sent before become invalid. */
const OFFER_ATTRIBUTES = ["emails", "roles", "teamIds", "enabled"] as const;

/** The minimum time between two mails of an invitation, in milliseconds. */
const RESEND_PAUSE_MS = 60_000;

const ATTRIBUTES = [
  "name",
  "description",
  "givenName",
  "familyName",
  "expiresAt",
  "quota",
  ...OFFER_ATTRIBUTES,
] as const;

/** What administrators can do with invitations. Each method throws ForbiddenError when the caller may not call it. */
export class InvitationService {
  constructor(
    private readonly deps: Dependencies,
    private readonly links: Links,
    private readonly mail: OutgoingMail,
  ) {}

  /** @throws NotFoundError */
  async get(principal: Principal, id: string): Promise<Invitation> {
    requireAccess(principal, "read Invitations");
    const found = await this.#find(this.deps.work.read(principal.realm), id, false);
    return this.#withLink(principal, found);
  }

  async list(principal: Principal, listing: Listing): Promise<Page<Invitation>> {
    requireAccess(principal, "read Invitations");
    const page = await this.deps.work.readMany(principal).invitations.list(listing, this.deps.now());
    return { ...page, items: page.items.map((each) => this.#withLink(principal, each)) };
  }

  /**
   * Invites people to an organization; each address gets mail.
   *
   * @param organizationId undefined: the caller's own
   * @throws InvalidValueError, ForbiddenError for roles that an invitation cannot give, UniquenessError for an address
   *   of a member, TooManyRequestsError beyond the limits of mail
   */
  async create(
    principal: Principal,
    organizationId: string | undefined,
    sent: InvitationInput,
  ): Promise<Invitation> {
    requireAccess(principal, "create Invitations");
    const input = withoutDuplicates(sent);
    const at = this.deps.now();
    requireOffer(input, at);
    const id = this.deps.newId();
    const { realm, actor } = principal;
    const within = organizationId ?? (realm.type === "organization" ? realm.organizationId : undefined);
    return this.deps.work.write(realm, async (repositories) => {
      await requireStillAllowed(this.deps, repositories, principal, "create Invitations");
      const organization =
        within !== undefined && isId(within)
          ? await repositories.organizations.find(within, { lock: false })
          : undefined;
      if (!organization) {
        throw new InvalidValueError(
          "An Invitation needs an 'organization': send the id of a Group as its 'value'",
        );
      }
      await requireTeams(this.deps, repositories, principal, organization.id, input.teamIds);
      await requireNoMembers(repositories, organization.id, exactAddresses(input));
      await repositories.invitations.insert({
        ...input,
        ...{ id, organizationId: organization.id, inviter: inviterOf(principal), revision: 1, version: 1 },
        ...{ createdAt: at, updatedAt: at },
      });
      const invitation = await this.#find(repositories, id, false);
      // An invitation without addresses counts towards the limits of mail as one mail.
      if (exactAddresses(invitation).length === 0) {
        await this.mail.count(repositories, { actor, organizationId: organization.id }, 1);
      }
      await this.#write(repositories, principal, invitation);
      const attributes = ATTRIBUTES.filter((name) => isSet(input[name])).map(attributeName);
      const change = { action: "create", ...invitationTarget(invitation), attributes } as const;
      await this.deps.changes.record(repositories, principal, change);
      return this.#withLink(principal, invitation);
    });
  }

  /**
   * Changes an invitation; without a difference, its version stays. When the offer changes, including `enabled`, sent
   * links become invalid, those who have not accepted get new mail, and the caller becomes the inviter.
   *
   * @param apply returns the new attributes; may be called more than once, so it must have no side effects
   * @throws NotFoundError, VersionMismatchError, and what `create` throws
   */
  async change(
    principal: Principal,
    id: string,
    apply: (current: Invitation) => InvitationInput,
    expected: ExpectedVersions,
  ): Promise<Invitation> {
    requireAccess(principal, "change Invitations");
    return this.deps.work.write(principal.realm, async (repositories) => {
      await requireStillAllowed(this.deps, repositories, principal, "change Invitations");
      const current = await this.#find(repositories, id, true);
      requireVersion("Invitation", current, expected);
      const input = withoutDuplicates(apply(current));
      const changes = ATTRIBUTES.filter((name) => !isDeepStrictEqual(current[name], input[name]));
      if (changes.length === 0) return this.#withLink(principal, current);
      const at = this.deps.now();
      requireOffer(input, input.expiresAt === current.expiresAt ? undefined : at);
      await requireTeams(this.deps, repositories, principal, current.organizationId, input.teamIds);
      const known = new Set(current.emails.map(foldCase));
      const added = exactAddresses(input).filter((address) => !known.has(foldCase(address)));
      await requireNoMembers(repositories, current.organizationId, added);
      const isNewOffer = OFFER_ATTRIBUTES.some((name) => changes.includes(name));
      await repositories.invitations.update(
        {
          ...{ ...input, id, version: current.version + 1, updatedAt: at },
          revision: current.revision + (isNewOffer ? 1 : 0),
        },
        current,
      );
      if (isNewOffer) await repositories.invitations.setInviter(id, inviterOf(principal));
      const changed = await this.#find(repositories, id, false);
      if (isNewOffer) await this.#write(repositories, principal, changed);
      const attributes = changes.map(attributeName);
      const change = { action: "change", ...invitationTarget(changed), attributes } as const;
      await this.deps.changes.record(repositories, principal, change);
      return this.#withLink(principal, changed);
    });
  }

  /**
   * Sends an invitation again to those who have not answered. The caller becomes the inviter.
   *
   * @throws NotFoundError, InvalidValueError when the invitation is not pending or has no address left,
   *   TooManyRequestsError when the last mail was less than a minute ago
   */
  async resend(principal: Principal, id: string): Promise<Invitation> {
    requireAccess(principal, "change Invitations");
    return this.deps.work.write(principal.realm, async (repositories) => {
      await requireStillAllowed(this.deps, repositories, principal, "change Invitations");
      const current = await this.#find(repositories, id, true);
      const { status } = current;
      if (status !== "pending")
        throw new InvalidValueError(
          `The invitation is ${status}, so it cannot be sent; only pending invitations can`,
        );
      const last = await repositories.outbox.lastWritten(id);
      const wait = last === undefined ? 0 : Date.parse(last) + RESEND_PAUSE_MS - Date.parse(this.deps.now());
      if (wait > 0) throw new TooManyRequestsError(Math.ceil(wait / 1000));
      await repositories.invitations.setInviter(id, inviterOf(principal));
      if ((await this.#write(repositories, principal, current)) === 0) {
        throw new InvalidValueError(
          "The invitation has no e-mail address to send mail to; pass on its 'link' instead",
        );
      }
      const change = { action: "change", ...invitationTarget(current), detail: "sent again" } as const;
      await this.deps.changes.record(repositories, principal, change);
      return this.#withLink(principal, current);
    });
  }

  /** Withdraws an invitation: its links become invalid at once. @throws NotFoundError, VersionMismatchError */
  async delete(principal: Principal, id: string, expected: ExpectedVersions): Promise<void> {
    requireAccess(principal, "delete Invitations");
    await this.deps.work.write(principal.realm, async (repositories) => {
      const current = await this.#find(repositories, id, true);
      requireVersion("Invitation", current, expected);
      await repositories.invitations.delete(id);
      await this.deps.changes.record(repositories, principal, {
        ...{ action: "delete", ...invitationTarget(current) },
      });
    });
  }

  /** Writes mail to those who can accept. @returns the number of recipients @throws TooManyRequestsError */
  async #write(repositories: Repositories, { actor }: Principal, invitation: Invitation): Promise<number> {
    if (invitation.status !== "pending") return 0;
    const { id, revision, organizationId } = invitation;
    const mails = waitingAddresses(invitation).map(
      (address) => ({ kind: "invitation", invitationId: id, revision, address }) as const,
    );
    await this.mail.write(repositories, { actor, organizationId }, mails);
    return mails.length;
  }

  /** A person with the link can accept what it offers, so only callers who may offer it see the link. */
  #withLink(principal: Principal, invitation: Invitation): Invitation {
    const isVisible = invitation.status === "pending" && mayDo(principal, "see links of Invitations");
    return isVisible
      ? {
          ...invitation,
          link: this.links.toInvitation({ invitationId: invitation.id, revision: invitation.revision }),
        }
      : invitation;
  }

  async #find({ invitations }: Repositories, id: string, lock: boolean): Promise<Invitation> {
    const found = isId(id) ? await invitations.find(id, this.deps.now(), { lock }) : undefined;
    if (!found) throw new NotFoundError("Invitation", id);
    return found;
  }
}

const inviterOf = ({ actor }: Principal): Invitation["inviter"] => ({
  tokenId: tokenIdOf(actor),
  accountId: accountOf(actor),
  makerId: actor.type === "token" ? actor.makerId : undefined,
});

/** @param now the time that `expiresAt` must be after; undefined when `expiresAt` does not change */
function requireOffer(input: InvitationInput, now: string | undefined): void {
  requireInvitation(input);
  if (now !== undefined && input.expiresAt !== undefined && input.expiresAt <= now) {
    throw new InvalidValueError("'expiresAt' is in the past; send a time in the future");
  }
  if (
    hasRole(
      input.roles.map((value) => ({ value })),
      PROVIDER_ADMIN,
    )
  ) {
    throw new ForbiddenError(
      `An invitation can only give roles in an organization; '${PROVIDER_ADMIN}' is a role in the provider`,
    );
  }
}

/** @throws InvalidValueError for a team of another organization, ForbiddenError for one whose roles the caller may not give */
async function requireTeams(
  deps: Dependencies,
  repositories: Repositories,
  principal: Principal,
  organizationId: string,
  teamIds: readonly string[],
): Promise<void> {
  for (const id of teamIds) {
    const team = isId(id) ? await repositories.teams.find(id) : undefined;
    if (team?.organizationId !== organizationId) {
      throw new InvalidValueError(`There is no Team '${id}' in the organization of the invitation`);
    }
    await requireGrants(deps, repositories, principal, [], team.roles);
  }
}

/** @throws UniquenessError for an address that is the organization's user name of a member */
async function requireNoMembers(
  { records }: Repositories,
  organizationId: string,
  addresses: readonly string[],
): Promise<void> {
  for (const address of addresses) {
    if ((await records.findMember(organizationId, address)) !== undefined) {
      throw new UniquenessError("member", "userName", address);
    }
  }
}

function withoutDuplicates(input: InvitationInput): InvitationInput {
  const once = (values: readonly string[]) => [
    ...new Map(values.map((value) => [foldCase(value), value] as const)).values(),
  ];
  return { ...input, emails: once(input.emails), roles: once(input.roles), teamIds: once(input.teamIds) };
}

const isSet = (value: InvitationInput[(typeof ATTRIBUTES)[number]]) =>
  Array.isArray(value) ? value.length > 0 : value !== undefined && value !== true;

/** The attribute's name in SCIM. */
const attributeName = (name: (typeof ATTRIBUTES)[number]) => (name === "teamIds" ? "teams" : name);
