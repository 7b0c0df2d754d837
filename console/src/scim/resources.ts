export const USER = "urn:ietf:params:scim:schemas:core:2.0:User";

export const TEAM = "urn:muster:params:scim:schemas:core:2.0:Team";

export const INVITATION = "urn:muster:params:scim:schemas:core:2.0:Invitation";

export const GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group";

export const PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/** The extension in which Muster says what a User is in organizations. */
export const MEMBERSHIP = "urn:muster:params:scim:schemas:extension:membership:2.0:User";

/** The extension in which Muster says what it knows of a Group. */
export const ORGANIZATION = "urn:muster:params:scim:schemas:extension:organization:2.0:Group";

export const ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/** Something that is named elsewhere. */
export interface Reference {
  readonly value: string;
  readonly $ref?: string;
  readonly display?: string;
}

/** A value of a list, such as an address. */
export interface Valued {
  readonly value?: string;
  readonly type?: string;
  readonly primary?: boolean;
  readonly display?: string;
}

export interface PostalAddress {
  readonly type?: string;
  readonly formatted?: string;
  readonly streetAddress?: string;
  readonly postalCode?: string;
  readonly locality?: string;
  readonly region?: string;
  readonly country?: string;
}

export interface Resource {
  readonly id: string;
  readonly meta: { readonly version?: string; readonly created?: string; readonly lastModified?: string };
}

export interface User extends Resource {
  readonly userName: string;
  readonly displayName?: string;
  readonly externalId?: string;
  readonly active?: boolean;
  readonly name?: { readonly formatted?: string; readonly givenName?: string; readonly familyName?: string };
  readonly title?: string;
  readonly userType?: string;
  readonly preferredLanguage?: string;
  readonly locale?: string;
  readonly timezone?: string;
  readonly emails?: readonly Valued[];
  readonly phoneNumbers?: readonly Valued[];
  readonly addresses?: readonly PostalAddress[];
  readonly roles?: readonly Valued[];
  /** In an organization's realm, the person's teams; in the provider's, the organizations. */
  readonly groups?: readonly Reference[];
  readonly [ENTERPRISE]?: {
    readonly employeeNumber?: string;
    readonly costCenter?: string;
    readonly organization?: string;
    readonly division?: string;
    readonly department?: string;
    readonly manager?: { readonly value?: string; readonly displayName?: string };
  };
  readonly [MEMBERSHIP]?: {
    readonly state?: "invited";
    readonly lastActiveAt?: string;
    readonly memberships?: readonly Membership[];
    readonly organizationRoles?: readonly OrganizationRole[];
    readonly teams?: readonly TeamSeat[];
    readonly setupMailStatus?: string;
    readonly setupMailStatusAt?: string;
    readonly hasSecondFactor?: boolean;
  };
}

/** How a person became a member. */
export interface Membership extends Reference {
  readonly joinedAt?: string;
  readonly source?: "scim" | "admin" | "invitation";
  readonly addedByType?: "user" | "token" | "invitation" | "operator" | "provider";
  readonly addedByDisplay?: string;
}

export interface OrganizationRole {
  readonly value: string;
  readonly organization: string;
  readonly display?: string;
  readonly type?: "direct" | "team";
}

export interface Group extends Resource {
  readonly displayName: string;
  readonly externalId?: string;
  readonly [ORGANIZATION]?: {
    readonly description?: string;
    readonly memberCount?: number;
    readonly requiresSecondFactor?: boolean;
  };
}

/** A set of people inside one organization; identity providers call it a group. */
export interface Team extends Resource {
  readonly displayName: string;
  readonly description?: string;
  readonly externalId?: string;
  readonly organization: Reference;
  /** Roles in the organization that the members have by it. */
  readonly roles?: readonly Valued[];
  readonly memberCount?: number;
}

/** A team that a person is in. */
export interface TeamSeat extends Reference {
  readonly role?: string;
}

/** How an invitation stands. */
export type InvitationStatus = "pending" | "accepted" | "declined" | "expired" | "disabled" | "exhausted";

/** An address that is invited, and what became of the last mail to it. */
export interface InvitedAddress {
  readonly value: string;
  readonly mailStatus?: "waiting" | "sent" | "void" | "failed";
  readonly mailStatusAt?: string;
}

export interface Invitation extends Resource {
  readonly name?: string;
  readonly description?: string;
  readonly organization: Reference;
  /** Addresses, or `*@` with a domain; none: an open link. */
  readonly emails?: readonly InvitedAddress[];
  readonly givenName?: string;
  readonly familyName?: string;
  readonly roles?: readonly Valued[];
  readonly teams?: readonly Reference[];
  readonly expiresAt?: string;
  readonly quota?: number;
  readonly enabled?: boolean;
  readonly status: InvitationStatus;
  /** While it can be accepted, for those who may pass it on. */
  readonly link?: string;
  readonly acceptedBy?: readonly Reference[];
  readonly declinedBy?: readonly Valued[];
}

/** Where the session acts, and what it may do there. */
export interface Realm {
  readonly type: "provider" | "organization";
  readonly organization?: Reference;
  readonly readOnly: boolean;
  readonly grantableRoles?: readonly {
    readonly value: string;
    readonly display: string;
    readonly type: string;
  }[];
  /** In the words of the access table, such as `read Users`. */
  readonly actions?: readonly string[];
  /** The teams in which a role gives power to a person who is no administrator. */
  readonly teams?: readonly TeamSeat[];
}

export interface List<T> {
  /** Absent when more match than the server counts. */
  readonly totalResults?: number;
  readonly Resources: readonly T[];
  readonly nextCursor?: string;
}

/** What the server can do, as far as the console asks. */
export interface ServiceProviderConfig {
  readonly bulk: { readonly maxOperations: number; readonly maxPayloadSize: number };
}
