import type { MailState } from "../mail/mail.js";
import type { MembershipSource } from "./membership.js";

/** A role that a person has in an organization. */
export interface OrganizationRole {
  readonly role: string;
  readonly organizationId: string;
  /** What the organization is called. */
  readonly organizationName?: string | undefined;
  /** Whether the role is the person's own, or comes by a team; undefined where a client does not say. */
  readonly type?: "direct" | "team" | undefined;
}

export interface TeamReference {
  readonly id: string;
  readonly displayName: string;
  /** The person's role in it. */
  readonly role: string | undefined;
}

/** What added a member, as a realm sees it: `provider` where an organization does not see more. */
export const ADDERS = ["user", "token", "invitation", "operator", "provider"] as const;
export type AdderType = (typeof ADDERS)[number];

/** When, how and by whom a person became a member of an organization. */
export interface Joining {
  readonly organizationId: string;
  readonly organizationName: string;
  /** ISO 8601 in UTC. */
  readonly joinedAt: string;
  readonly source: MembershipSource;
  readonly adder: {
    readonly type: AdderType;
    /** Undefined for what the realm does not see. */
    readonly id?: string | undefined;
    /** Undefined also for what is gone. */
    readonly name?: string | undefined;
  };
}

/** What a realm shows of a person's memberships, beyond the organizations themselves. */
export interface MembershipDetails {
  /** Only in the provider's realm: in an organization's, these are the `roles`. */
  readonly organizationRoles: readonly OrganizationRole[];
  readonly teams: readonly TeamReference[];
  /** In an organization's realm, of that one alone. */
  readonly memberships: readonly Joining[];
  /** When the person last did something in the realm; ISO 8601 in UTC. */
  readonly lastActiveAt: string | undefined;
  /** Whether a second factor guards the person's own password; in an organization's realm, the one that opens it alone. */
  readonly hasSecondFactor: boolean;
  /** What became of the last mail to set up the account; undefined without a pending setup. */
  readonly setupMail: MailState | undefined;
}

/** The details of a person who has none. */
export const NO_DETAILS: MembershipDetails = {
  ...{ organizationRoles: [], teams: [], memberships: [] },
  ...{ lastActiveAt: undefined, hasSecondFactor: false, setupMail: undefined },
};
