import type { Invitation, InvitationStatus, InvitedAddress } from "../scim/resources.ts";

/** For whom an invitation is. */
export type InvitationKind = "people" | "domain" | "link";

const DOMAIN = "*@";

export function kindOf({ emails = [] }: Pick<Invitation, "emails">): InvitationKind {
  if (emails.length === 0) return "link";
  return emails.some(({ value }) => value.startsWith(DOMAIN)) ? "domain" : "people";
}

/** @param address of everybody of a domain: '*@example.com' */
export const domainOf = (address: string) => address.slice(DOMAIN.length);

/** The part of an address that people read: '*@example.com' as 'example.com'. */
export const readable = (address: string) =>
  address.startsWith(DOMAIN) ? `Everybody at ${domainOf(address)}` : address;

/** What people call an invitation: its name, whom it is for, or what it is. */
export function nameOfInvitation({ name, givenName, familyName, emails = [] }: Invitation): string {
  const person = [givenName, familyName].filter(Boolean).join(" ");
  const [first] = emails;
  if (name !== undefined) return name;
  if (person !== "") return person;
  if (!first) return "Open link";
  return emails.length === 1 ? readable(first.value) : `${emails.length.toLocaleString()} people`;
}

/** Whom it is for, below its name; undefined when the name says so. */
export function addressesOf(invitation: Invitation): string | undefined {
  const addresses = (invitation.emails ?? []).map(({ value }) => readable(value)).join(", ");
  if (addresses === "") return invitation.name === undefined ? undefined : "Open link";
  return addresses === nameOfInvitation(invitation) ? undefined : addresses;
}

export const STATUSES: Readonly<Record<InvitationStatus, string>> = {
  pending: "Pending",
  accepted: "Accepted",
  declined: "Declined",
  expired: "Expired",
  disabled: "Disabled",
  exhausted: "Used up",
};

export const MAIL_STATUSES: Readonly<Record<NonNullable<InvitedAddress["mailStatus"]>, string>> = {
  waiting: "Being sent",
  sent: "Sent",
  void: "Not sent",
  failed: "Failed",
};
