import type { Session } from "../../db/session.js";
import type { Taking } from "../../domain/removals/removal.js";
import { sql } from "../listing/sql.js";
import type { Sql } from "../listing/sql.js";
import { keepMemberships } from "../removals/taking.js";
import { inPortions } from "./portions.js";
import { IS_FOLLOWING, profileOfRecord } from "./record-view.js";

/**
 * Removes members of an organization, and keeps their records and what an undo needs; the organization's care for their
 * accounts ends.
 *
 * @param accountIds some may be no members
 * @returns the ids of the removed members
 */
export async function removeMembers(
  session: Session,
  organizationId: string,
  accountIds: readonly string[],
  taking: Taking,
): Promise<string[]> {
  const those = (ids: readonly string[]) =>
    sql(`account_id in (select items.value from ${session.dialect.textItems})`, JSON.stringify(ids));
  await lockFollowing(session, organizationId, those(accountIds));
  return inPortions(accountIds, (portion) => remove(session, organizationId, those(portion), taking));
}

/**
 * Like `removeMembers`, for the members of whom a condition is true.
 *
 * @param condition on the columns of memberships
 */
export async function removeMembersWhere(
  session: Session,
  organizationId: string,
  { text: condition, bindings }: Sql,
  taking: Taking,
): Promise<string[]> {
  const members = await session.rows<{ account_id: string }>(
    `select account_id from muster_memberships where organization_id = ? and ${condition} order by account_id`,
    [organizationId, ...bindings],
  );
  return removeMembers(
    session,
    organizationId,
    members.map((row) => row.account_id),
    taking,
  );
}

async function remove(
  session: Session,
  organizationId: string,
  { text: condition, bindings }: Sql,
  taking: Taking,
): Promise<string[]> {
  const { dialect } = session;
  const kept = ["user_name", "user_name_key", "display_name", "external_id"];
  const profile = (["profile", "search"] as const).map(
    (column) => `case when ${IS_FOLLOWING} then null else ${profileOfRecord(dialect, column)} end`,
  );
  const columns = [...kept, "profile", "search", "ended_at"];
  const leaving = await session.rows<{ account_id: string; is_in_care: boolean | number }>(
    `insert into muster_kept_records (organization_id, account_id, ${columns.join(", ")})
     select memberships.organization_id, memberships.account_id,
       ${kept.map((column) => `memberships.${column}`).join(", ")}, ${profile.join(", ")}, ?
     from muster_memberships as memberships join muster_accounts as accounts on accounts.id = memberships.account_id
     where memberships.organization_id = ? and memberships.${condition}
     on conflict (organization_id, account_id) do update set
       ${columns.map((column) => `${column} = excluded.${column}`).join(", ")}
     returning account_id, (select in_care and origin_organization_id = organization_id from muster_accounts
       where id = account_id) as is_in_care`,
    [taking.at, organizationId, ...bindings],
  );
  if (leaving.length > 0) {
    await keepMemberships(
      session,
      taking,
      sql(`memberships.organization_id = ? and memberships.${condition}`, organizationId, ...bindings),
    );
  }
  // The database would delete their places in teams one by one, and count each team as often.
  if (!dialect.hasOneWriter) {
    await session.rows(`delete from muster_team_memberships where organization_id = ? and ${condition}`, [
      organizationId,
      ...bindings,
    ]);
  }
  const removed = await session.rows<{ account_id: string }>(
    `delete from muster_memberships where organization_id = ? and ${condition} returning account_id`,
    [organizationId, ...bindings],
  );
  const inCare = leaving.flatMap((row) => (row.is_in_care ? [row.account_id] : []));
  if (inCare.length > 0) {
    await session.rows(
      `update muster_accounts set in_care = false where in_care and coalesce(origin_organization_id, '') = ?
       and id in (select items.value from ${dialect.textItems})`,
      [organizationId, JSON.stringify(inCare)],
    );
  }
  return removed.map((row) => row.account_id);
}

/**
 * Locks those members' accounts that follow their records, as everywhere before the memberships, so that the records are
 * kept as the organization wrote them last.
 *
 * @param condition on the columns of memberships
 */
async function lockFollowing(
  session: Session,
  organizationId: string,
  { text: condition, bindings }: Sql,
): Promise<void> {
  const { dialect } = session;
  if (dialect.hasOneWriter) return;
  await session.rows(
    `select id from muster_accounts where in_care and origin_organization_id = ? and id in
       (select account_id from muster_memberships as memberships
        where organization_id = ? and memberships.${condition})
     order by id ${dialect.forUpdate}`,
    [organizationId, organizationId, ...bindings],
  );
}
