import type { Session } from "../../db/session.js";
import { constraintViolation } from "../../db/violations.js";
import { ConflictError, InvalidValueError } from "../../domain/errors.js";
import type { MemberOrigin } from "../../domain/memberships/membership.js";
import { inPortions } from "./portions.js";
import { followingColumns, UNIQUE_NAME } from "./record-view.js";
import { RecordRepository } from "./records.js";

/** How, by whom and when a member is added. */
export interface Addition {
  readonly origin: MemberOrigin;
  /** Whether the organization sees what the provider and the person wrote in the account, beyond names. */
  readonly showsProfile: boolean;
  readonly at: string;
}

/** The columns of an origin. */
const ORIGIN = ["source", "added_by", "added_by_account_id", "added_by_invitation_id", "added_by_provider"];

const originBindings = ({ source, tokenId, accountId, invitationId, isProviders }: MemberOrigin) => [
  ...[source, tokenId ?? null, accountId ?? null, invitationId ?? null, isProviders],
];

interface AccountId {
  account_id: string;
}

/**
 * Makes accounts members; existing members do not change, and unknown ids are skipped. The care that another organization
 * had of the accounts ends.
 *
 * @returns the ids of the new members
 * @throws InvalidValueError when one of the accounts is deleted at the same time, ConflictError when the organization
 *   gave all the names that an account could have there to other people
 */
export async function addMembers(
  session: Session,
  organizationId: string,
  accountIds: readonly string[],
  addition: Addition,
): Promise<string[]> {
  try {
    await lockAccounts(session, accountIds);
    return await inPortions(accountIds, (portion) => insert(session, organizationId, portion, addition));
  } catch (error) {
    const constraint = constraintViolation(error)?.constraint;
    if (constraint === UNIQUE_NAME) {
      throw new ConflictError(
        "Another User of the organization has the userName of a User to be added; change that userName first",
      );
    }
    if (constraint !== "muster_memberships_account_id_foreign") throw error;
    throw new InvalidValueError(
      "A User to be added as a member was deleted at the same time; read the Users again and retry",
    );
  }
}

async function insert(
  session: Session,
  organizationId: string,
  accountIds: readonly string[],
  addition: Addition,
): Promise<string[]> {
  const { dialect } = session;
  const { taken, inCare } = await standings(session, organizationId, accountIds);
  const following = followingColumns(dialect, {
    organizationId: "organizations.id",
    showsProfile: addition.showsProfile ? "true" : "false",
    isTaken: taken.length === 0 ? "false" : "taken.value is not null",
  });
  const names =
    taken.length === 0
      ? ""
      : `left join (select items.value from ${dialect.textItems}) taken
    on taken.value = accounts.id`;
  const added = await session.rows<AccountId>(
    `insert into muster_memberships (organization_id, account_id, ${ORIGIN.join(", ")}, created_at,
       updated_at, shows_profile, ${Object.keys(following).join(", ")})
     select organizations.id, accounts.id, ${ORIGIN.map(() => "?").join(", ")}, ?, ?, ?, ${Object.values(following).join(", ")}
     from muster_organizations as organizations cross join muster_accounts as accounts ${names}
       where organizations.id = ? and accounts.id in (select items.value from ${dialect.textItems})
     on conflict (organization_id, account_id) do nothing returning account_id`,
    [
      ...[...originBindings(addition.origin), addition.at, addition.at, addition.showsProfile],
      ...(taken.length === 0 ? [] : [JSON.stringify(taken)]),
      ...[organizationId, JSON.stringify(accountIds)],
    ],
  );
  const joined = added.map((row) => row.account_id);
  const records = new RecordRepository(session);
  if (addition.showsProfile) await records.followEmails(organizationId, joined);
  const isJoined = new Set(joined);
  await records.endCare(inCare.filter((id) => isJoined.has(id)));
  return joined;
}

/** What is written of the accounts in this moment has to be in the new records. */
async function lockAccounts(session: Session, accountIds: readonly string[]): Promise<void> {
  const { dialect } = session;
  if (dialect.hasOneWriter) return;
  await session.rows(
    `select id from muster_accounts where id in (select items.value from ${dialect.textItems})
     order by id ${dialect.forUpdate}`,
    [JSON.stringify(accountIds)],
  );
}

/**
 * What has to be known of accounts before they are added: whose user names other people have in the organization, and who
 * is in another organization's care. It is asked before the insertion, since a statement that inserts and looks up in the
 * same table can read all that it has inserted, over and over.
 */
async function standings(
  session: Session,
  organizationId: string,
  accountIds: readonly string[],
): Promise<{ taken: string[]; inCare: string[] }> {
  const rows = await session.rows<{ id: string; is_taken: boolean | number; is_in_care: boolean | number }>(
    // A cross join, since SQLite then looks them up in this order.
    `select * from (select accounts.id as id,
         exists (select 1 from muster_memberships as others where others.organization_id = ?
           and others.user_name_key = accounts.user_name_key and others.account_id <> accounts.id) as is_taken,
         (accounts.in_care and accounts.origin_organization_id is distinct from ?) as is_in_care
       from ${session.dialect.textItems} cross join muster_accounts as accounts where accounts.id = items.value) standings
     where is_taken or is_in_care`,
    [organizationId, organizationId, JSON.stringify(accountIds)],
  );
  return {
    taken: rows.flatMap((row) => (row.is_taken ? [row.id] : [])),
    inCare: rows.flatMap((row) => (row.is_in_care ? [row.id] : [])),
  };
}
