import type { Dialect } from "../../db/dialect.js";
import type { Realm } from "../../domain/access/principal.js";
import type { Locations } from "../../domain/listing.js";
import { constant } from "../listing/fields.js";
import type { ResourceFields } from "../listing/fields.js";
import { prefixed, sql } from "../listing/sql.js";
import type { Sql } from "../listing/sql.js";
import { personName } from "../memberships/record-view.js";
import { STORED } from "./session-rows.js";

/** Which sessions a caller sees. */
export interface SessionViewer {
  /** Whether the caller sees all that act in the realm; in the provider's, all there are. */
  readonly seesRealm: boolean;
  /** The person who sees their own sessions; undefined for a machine. */
  readonly accountId: string | undefined;
  /** Whether the person sees also those of their own that act in other realms. */
  readonly seesOwnElsewhere: boolean;
}

/** The times before which sessions are over, as ISO 8601 in UTC. */
export interface SessionCut {
  readonly now: string;
  /** A session that was not used since has ended. */
  readonly idleSince: string;
}

/** SQL for the password that a session's credential has now. */
export const PASSWORD_NOW = `case when sessions.credential_organization_id is null
    then (select accounts.password_hash from muster_accounts as accounts where accounts.id = sessions.account_id)
    else (select memberships.password_hash from muster_memberships as memberships
      where memberships.organization_id = sessions.credential_organization_id
      and memberships.account_id = sessions.account_id) end`;

/** The sessions that have not ended and that a caller sees, as a relation named `sessions`. */
export function sessionView(realm: Realm, viewer: SessionViewer, { now, idleSince }: SessionCut): Sql {
  const isIn = realm.type === "provider" ? sql("true") : sql("sessions.realm = ?", realm.organizationId);
  const seen = [
    ...(viewer.seesRealm ? [isIn] : []),
    ...(viewer.accountId === undefined ? [] : [ownSessions(isIn, viewer.accountId, viewer)]),
  ];
  const columns = STORED.map((name) => `sessions.${name}`).join(", ");
  return sql(
    `(select ${columns},
        (select display_name from muster_organizations as organizations
          where organizations.id = sessions.realm) as organization_name,
        (select ${personName(realm, "sessions.realm")} from muster_accounts as accounts
          where accounts.id = sessions.account_id) as account_name
      from muster_sessions as sessions
      where expires_at > ? and last_used_at > ? and password_hash = ${PASSWORD_NOW}
      and (${seen.map(({ text }) => text).join(" or ") || "false"})) sessions`,
    ...[now, idleSince, ...seen.flatMap(({ bindings }) => bindings)],
  );
}

const ownSessions = (isIn: Sql, accountId: string, { seesOwnElsewhere }: SessionViewer): Sql =>
  seesOwnElsewhere
    ? sql("sessions.account_id = ?", accountId)
    : sql(`(sessions.account_id = ? and ${isIn.text})`, accountId, ...isIn.bindings);

export const sessionFields = (dialect: Dialect, locations: Locations): ResourceFields => ({
  table: "sessions",
  columns: {
    id: "sessions.id",
    user: "sessions.account_id",
    "user.value": "sessions.account_id",
    "user.$ref": prefixed(locations("User", ""), "sessions.account_id"),
    "user.display": dialect.plainText("sessions.account_name"),
    realm: dialect.plainText(
      "case when sessions.realm = 'provider' then 'provider' when sessions.realm is not null then 'organization' end",
    ),
    organization: dialect.plainText("case when sessions.realm <> 'provider' then sessions.realm end"),
    "organization.value": dialect.plainText("case when sessions.realm <> 'provider' then sessions.realm end"),
    "organization.$ref": prefixed(
      locations("Group", ""),
      "(case when sessions.realm <> 'provider' then sessions.realm end)",
    ),
    "organization.display": dialect.plainText("sessions.organization_name"),
    credential: dialect.plainText(
      "case when sessions.credential_organization_id is null then 'person' else 'organization' end",
    ),
    address: "sessions.address",
    client: dialect.plainText("sessions.client"),
    lastUsedAt: "sessions.last_used_at",
    expiresAt: "sessions.expires_at",
    meta: "sessions.id",
    "meta.resourceType": constant(dialect, "Session"),
    "meta.location": prefixed(locations("Session", ""), "sessions.id"),
    "meta.created": "sessions.created_at",
    "meta.lastModified": "sessions.created_at",
  },
  collections: {},
  documents: {},
});
