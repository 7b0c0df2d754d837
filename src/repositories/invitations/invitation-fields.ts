import type { Dialect } from "../../db/dialect.js";
import type { Realm } from "../../domain/access/principal.js";
import type { Locations } from "../../domain/listing.js";
import { memberName } from "../memberships/record-view.js";
import { constant, folded, text } from "../listing/fields.js";
import type { Collection, ResourceFields } from "../listing/fields.js";
import { prefixed, sql } from "../listing/sql.js";
import type { Sql } from "../listing/sql.js";

/** About how many bytes an invitation has: its description, and 256 for each element of its lists. */
export const INVITATION_BYTES = `(coalesce(octet_length(invitations.description), 0) + 256 * (invitations.accepted_count
  + (select count(*) from muster_invitation_emails as invitation_emails
    where invitation_emails.invitation_id = invitations.id)
  + (select count(*) from muster_invitation_roles as invitation_roles
    where invitation_roles.invitation_id = invitations.id)
  + (select count(*) from muster_invitation_teams as invitation_teams
    where invitation_teams.invitation_id = invitations.id)))`;

/**
 * The invitations that a realm sees, as a relation named `invitations`. Its column `status` is computed like
 * `invitationStatus` of the domain.
 */
export function invitationView(realm: Realm, now: string): Sql {
  const emails =
    "select 1 from muster_invitation_emails as invitation_emails where invitation_emails.invitation_id = invitations.id";
  const select = `select invitations.*, organizations.display_name as organization_name,
      organizations.display_name_key as organization_name_key,
      case when exists (${emails}) and not exists (${emails} and accepted_at is null and declined_at is null)
          then case when exists (${emails} and accepted_at is not null) then 'accepted' else 'declined' end
        when not enabled then 'disabled'
        when expires_at <= ? then 'expired'
        when accepted_count >= quota then 'exhausted'
        else 'pending' end as status
    from muster_invitations as invitations
      join muster_organizations as organizations on organizations.id = invitations.organization_id`;
  return realm.type === "provider"
    ? sql(`(${select}) invitations`, now)
    : sql(`(${select} where invitations.organization_id = ?) invitations`, now, realm.organizationId);
}

const values = (table: string): Collection => ({
  from: `${table} as element`,
  owner: "element.invitation_id",
  columns: { value: text("element.value") },
  order: "element.position",
});

/** The people who accepted, as a realm sees them: an organization does not see people who have left it again. */
export const acceptances = (realm: Realm) =>
  realm.type === "provider"
    ? "muster_invitation_acceptances as invitation_acceptances"
    : `(select invitation_acceptances.*, ${memberName(realm)} as name, ${memberName(realm, "_key")} as name_key
        from muster_invitation_acceptances as invitation_acceptances
        join muster_invitations as invitations on invitations.id = invitation_acceptances.invitation_id
        join muster_memberships as memberships on memberships.organization_id = invitations.organization_id
          and memberships.account_id = invitation_acceptances.account_id) invitation_acceptances`;

/** The name of a person who accepted. @param acceptances the alias of `acceptances`, beside `accounts` */
export const acceptorName = (realm: Realm, acceptances: string, suffix: "" | "_key" = "") =>
  realm.type === "provider" ? memberName(realm, suffix) : `${acceptances}.name${suffix}`;

export const invitationFields = (dialect: Dialect, realm: Realm, locations: Locations): ResourceFields => ({
  table: "invitations",
  columns: {
    id: "invitations.id",
    name: text("invitations.name"),
    description: text("invitations.description"),
    organization: "invitations.organization_id",
    "organization.value": "invitations.organization_id",
    "organization.$ref": prefixed(locations("Group", ""), "invitations.organization_id"),
    "organization.display": text("invitations.organization_name"),
    givenName: text("invitations.given_name"),
    familyName: text("invitations.family_name"),
    expiresAt: "invitations.expires_at",
    quota: "invitations.quota",
    enabled: "invitations.enabled",
    status: dialect.plainText("invitations.status"),
    meta: "invitations.id",
    "meta.resourceType": constant(dialect, "Invitation"),
    "meta.location": prefixed(locations("Invitation", ""), "invitations.id"),
    "meta.created": "invitations.created_at",
    "meta.lastModified": "invitations.updated_at",
    "meta.version": dialect.plainText(`'W/"' || invitations.version || '"'`),
  },
  collections: {
    emails: {
      ...values("muster_invitation_emails"),
      columns: {
        value: text("element.value"),
        mailStatus: "element.mail_state",
        mailStatusAt: "element.mail_at",
      },
    },
    declinedBy: values("(select * from muster_invitation_emails where declined_at is not null)"),
    roles: values("muster_invitation_roles"),
    teams: {
      from: "muster_invitation_teams as element join muster_teams as teams on teams.id = element.team_id",
      owner: "element.invitation_id",
      columns: {
        value: "element.team_id",
        display: text("teams.display_name"),
        $ref: prefixed(locations("Team", ""), "element.team_id"),
      },
      order: "element.position",
    },
    acceptedBy: {
      from: `(select * from ${acceptances(realm)}) element
        join muster_accounts as accounts on accounts.id = element.account_id`,
      owner: "element.invitation_id",
      columns: {
        value: "element.account_id",
        display: folded(acceptorName(realm, "element", "_key")),
        $ref: prefixed(locations("User", ""), "element.account_id"),
      },
      order: "element.accepted_at, element.account_id",
    },
  },
  documents: {},
});
