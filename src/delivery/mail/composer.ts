import type { Brand } from "../../config/brand.js";
import { mailAddress } from "../../domain/users/account.js";
import type { Account } from "../../domain/users/account.js";
import { waitingAddresses } from "../../domain/invitations/invitation.js";
import type { Mail, MailKind } from "../../domain/mail/mail.js";
import { PROVIDER_REALM } from "../../domain/access/principal.js";
import type { Realm } from "../../domain/access/principal.js";
import { isSameMailbox, mailboxKey } from "../../domain/values/email.js";
import type { Repositories, UnitOfWork } from "../../repositories/unit-of-work.js";
import { nameOf, namesFor, userNameOf } from "./names.js";
import { DESCRIPTION_LENGTH, quoted, quotedList } from "./quoted.js";
import type { Rendered, Templates } from "./templates.js";

/** Mail that is ready to go. */
export interface ComposedMail {
  readonly to: string;
  readonly message: Rendered;
  /** The link in it, if it has one for the recipient to follow. */
  readonly link: string | undefined;
}

export type ComposeMail = (mail: Mail) => Promise<ComposedMail | undefined>;

/** Makes the secrets that go out by mail. */
export interface Secrets {
  toInvitation(link: { invitationId: string; revision: number; address: string }): string;
  toAccountSetup(link: { accountId: string; organizationId?: string; revision: number }): string;
  toAddressProof(link: { accountId: string; revision: number }): string;
  toPasswordReset(link: { accountId: string; organizationId?: string; revision: number }): string;
  code(invitationId: string, addressKey: string, number: number): string;
}

export interface MailComposerParts {
  readonly work: UnitOfWork;
  readonly now: () => string;
  readonly templates: Templates;
  readonly brand: Brand;
  readonly productUrl: string | undefined;
  readonly secrets: Secrets;
}

/** The values for the template of a mail, and the recipient. */
interface Content {
  readonly to: string;
  readonly link?: string;
  readonly [name: string]: unknown;
}

/** The current content of a mail; undefined when there is no longer a reason to send it. */
type Write = (
  mail: Mail,
  repositories: Repositories,
  deps: Pick<MailComposerParts, "now" | "secrets">,
) => Promise<Content | undefined>;

const KINDS: Readonly<Record<MailKind, Write>> = {
  invitation: aboutInvitation,
  "invitation-code": withCode,
  "account-setup": aboutSetup,
  "password-reset": aboutReset,
  "address-proof": aboutAddress,
  "membership-added": (mail, repositories, deps) => aboutMembership(mail, repositories, deps, true),
  "membership-removed": (mail, repositories, deps) => aboutMembership(mail, repositories, deps, false),
  "second-factor-added": aboutFactor,
  "second-factor-removed": aboutFactor,
  "address-proved": aboutOwnAddresses,
  "address-removed": aboutOwnAddresses,
  "user-name-changed": aboutOwnAddresses,
  "tokens-orphaned": aboutTokens,
};

/**
 * The most notices of a subject to one person in an hour, so that adding and removing a person repeatedly does not fill the
 * mailbox.
 */
const NOTICES_AN_HOUR = 6;
const OF_MEMBERSHIPS = ["membership-added", "membership-removed"] as const;
const OF_FACTORS = ["second-factor-added", "second-factor-removed"] as const;

/** Composes mail from the state at the time of sending: mail about something that was withdrawn meanwhile is not sent. */
export function mailComposer(deps: MailComposerParts): ComposeMail {
  const { work, templates, brand, productUrl } = deps;
  const shown = { ...brand, logoUrl: drawableLogo(brand.logoUrl) };
  return async (mail) => {
    const content = await KINDS[mail.kind](mail, work.read(PROVIDER_REALM), deps);
    if (!content) return undefined;
    const message = templates.render(mail.kind, { ...shown, productUrl, ...content });
    return { to: content.to, message, link: content.link };
  };
}

/** Mail programs draw no SVG. */
const drawableLogo = (url: string | undefined) =>
  url === undefined || new URL(url).pathname.toLowerCase().endsWith(".svg") ? undefined : url;

async function aboutInvitation(
  { invitationId = "", revision, address = "" }: Mail,
  { invitations, records }: Repositories,
  { now, secrets }: Pick<MailComposerParts, "now" | "secrets">,
): Promise<Content | undefined> {
  const invitation = await invitations.find(invitationId, now(), { lock: false });
  if (invitation?.status !== "pending" || invitation.revision !== revision) return undefined;
  if (!waitingAddresses(invitation).some((each) => isSameMailbox(each, address))) return undefined;
  const { accountId } = invitation.inviter;
  const { organizationId, organizationName, givenName, roles, teams, expiresAt, description } = invitation;
  const inviterName = accountId && (await records.nameOf({ organizationId, accountId }));
  return {
    to: address,
    link: secrets.toInvitation({ invitationId, revision, address }),
    expiresAt,
    organizationName: quoted(organizationName),
    givenName: givenName && quoted(givenName),
    description: description && quoted(description, DESCRIPTION_LENGTH),
    inviterName: inviterName && quoted(inviterName),
    roles: quotedList(roles),
    teams: quotedList(teams.map(({ display }) => display)),
  };
}

async function withCode(
  { invitationId = "", revision, address = "" }: Mail,
  { invitations, invitationCodes }: Repositories,
  { now, secrets }: Pick<MailComposerParts, "now" | "secrets">,
): Promise<Content | undefined> {
  const invitation = await invitations.find(invitationId, now(), { lock: false });
  const key = mailboxKey(address);
  const current = await invitationCodes.find(invitationId, key);
  if (!invitation || current?.number !== revision || current.expiresAt <= now()) return undefined;
  const organizationName = quoted(invitation.organizationName);
  const code = secrets.code(invitationId, key, revision);
  return { to: address, code, organizationName, expiresAt: current.expiresAt };
}

async function aboutSetup(
  { accountId = "", organizationId, revision }: Mail,
  repositories: Repositories,
  { now, secrets }: Pick<MailComposerParts, "now" | "secrets">,
): Promise<Content | undefined> {
  const account = await repositories.accounts.find(accountId);
  const setup = await repositories.accountSetups.find(accountId, organizationId, { lock: false });
  const to = setup?.address;
  if (to === undefined || account?.active !== true) return undefined;
  if (setup?.revision !== revision || !setup.isValid || setup.expiresAt <= now()) return undefined;
  const names = await namesFor(repositories, account, organizationId);
  const within = organizationId === undefined ? {} : { organizationId };
  const link = secrets.toAccountSetup({ accountId, revision, ...within });
  return names && { to, link, ...names, expiresAt: setup.expiresAt };
}

async function aboutReset(
  { accountId = "", organizationId, revision }: Mail,
  repositories: Repositories,
  { now, secrets }: Pick<MailComposerParts, "now" | "secrets">,
): Promise<Content | undefined> {
  const account = await repositories.accounts.find(accountId);
  const reset = await repositories.passwordResets.find(accountId, organizationId);
  if (account?.active !== true || reset?.revision !== revision) return undefined;
  if (!reset.isCurrent || reset.expiresAt <= now()) return undefined;
  const names = await namesFor(repositories, account, organizationId);
  const within = organizationId === undefined ? {} : { organizationId };
  const link = secrets.toPasswordReset({ accountId, revision, ...within });
  return names && { to: reset.address, link, ...names, expiresAt: reset.expiresAt };
}

async function aboutAddress(
  { accountId = "", revision }: Mail,
  { accounts, ownAddresses }: Repositories,
  { now, secrets }: Pick<MailComposerParts, "now" | "secrets">,
): Promise<Content | undefined> {
  const account = await accounts.find(accountId);
  const pending = await ownAddresses.findPending(accountId, revision);
  if (account?.active !== true || !pending || pending.expiresAt <= now()) return undefined;
  return {
    to: pending.address,
    link: secrets.toAddressProof({ accountId, revision }),
    userName: userNameOf(account),
    expiresAt: pending.expiresAt,
  };
}

async function aboutMembership(
  { accountId = "", organizationId, organizationName }: Mail,
  { accounts, memberships, organizations, outbox }: Repositories,
  { now }: Pick<MailComposerParts, "now">,
  isMember: boolean,
): Promise<Content | undefined> {
  const account = await accounts.find(accountId);
  // The mail has the name of a deleted organization, which no longer has members.
  const organization =
    organizationId === undefined
      ? organizationName && { displayName: organizationName }
      : await organizations.find(organizationId, { lock: false });
  const to = account && (await addressOf(account, organizationId, accounts));
  if (!organization || to === undefined || account?.active !== true) return undefined;
  const isStillMember =
    organizationId !== undefined && (await memberships.isMember(organizationId, accountId));
  if (isStillMember !== isMember) return undefined;
  if (await areMany(outbox, accountId, OF_MEMBERSHIPS, now())) return undefined;
  return {
    to,
    name: nameOf(account),
    userName: userNameOf(account),
    organizationName: quoted(organization.displayName),
  };
}

async function aboutFactor(
  { accountId = "", organizationId, address: to, createdAt }: Mail,
  repositories: Repositories,
  { now }: Pick<MailComposerParts, "now">,
): Promise<Content | undefined> {
  const account = await repositories.accounts.find(accountId);
  if (to === undefined || account?.active !== true) return undefined;
  // Each realm's apart: an organization that has many sent must not suppress those about the person's own factor.
  const about = organizationId === undefined ? {} : { organizationId };
  if (await areMany(repositories.outbox, accountId, OF_FACTORS, now(), about)) return undefined;
  const names = await namesFor(repositories, account, organizationId);
  return names && { to, ...names, at: createdAt };
}

/** To an address that the person had before. It names none of the others, since it may have another reader by now. */
async function aboutOwnAddresses(
  { kind, accountId = "", address: to, createdAt }: Mail,
  { accounts, outbox }: Repositories,
  { now }: Pick<MailComposerParts, "now">,
): Promise<Content | undefined> {
  const account = await accounts.find(accountId);
  if (to === undefined || account?.active !== true) return undefined;
  // Not limited for removals, which are few: a thief could remove addresses of their own until the limit is reached.
  const isLimited = kind !== "address-removed";
  if (isLimited && (await areMany(outbox, accountId, [kind], now()))) return undefined;
  return { to, name: nameOf(account), at: createdAt };
}

async function areMany(
  outbox: Repositories["outbox"],
  accountId: string,
  kinds: readonly MailKind[],
  now: string,
  about?: Pick<Mail, "organizationId">,
): Promise<boolean> {
  const anHourAgo = new Date(Date.parse(now) - 3_600_000).toISOString();
  return (await outbox.sentSince(accountId, kinds, anHourAgo, about)) >= NOTICES_AN_HOUR;
}

/** The most orphaned tokens that one mail names. */
const NAMED_TOKENS = 20;

async function aboutTokens(
  { accountId = "", organizationId }: Mail,
  { accounts, accessTokens, organizations, power }: Repositories,
): Promise<Content | undefined> {
  const account = await accounts.find(accountId);
  const to = account && (await addressOf(account, organizationId, accounts));
  if (to === undefined || !(await power.isHeld(accountId, organizationId))) return undefined;
  const realm: Realm =
    organizationId === undefined ? PROVIDER_REALM : { type: "organization", organizationId };
  const tokens = await accessTokens.orphaned(realm, NAMED_TOKENS);
  const organization =
    organizationId === undefined ? undefined : await organizations.find(organizationId, { lock: false });
  if (tokens.length === 0) return undefined;
  return {
    ...{ to, name: account && nameOf(account), organizationName: organization?.displayName },
    tokens: tokens.map(({ id, name, makerName }) => ({ id, name, makerName })),
  };
}

/**
 * Where mail about an organization reaches a person: at an address that the provider or the person wrote, or at the user
 * name; at one that an organization wrote only if the mail is about that one.
 */
async function addressOf(
  account: Pick<Account, "id" | "userName" | "profile">,
  organizationId: string | undefined,
  accounts: Repositories["accounts"],
): Promise<string | undefined> {
  const { shared, organizationId: origin } = await accounts.origin(account.id);
  if (!shared) return mailAddress(account);
  const isOrigins = organizationId !== undefined && origin === organizationId;
  return (
    mailAddress({ ...account, profile: shared.profile }) ?? (isOrigins ? mailAddress(account) : undefined)
  );
}
