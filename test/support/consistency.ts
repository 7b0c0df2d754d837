import { expect } from "chai";
import { readSettings } from "../../src/config/settings.js";
import { openDatabase } from "../../src/db/open.js";
import { checkAll } from "../../src/repositories/invariants/check.js";

const count = (target: string, action: string) =>
  `select count(*) from muster_audit_events as events
   where events.target_id = ${target} and events.action = '${action}' and events.result = 'success'`;

/** What the audit log does not tell as it is. */
const AUDIT_AGAINST_STATE = {
  // An undo creates again.
  "accounts that are there were created once more than deleted": `select accounts.id from muster_accounts as accounts
    where (${count("accounts.id", "create")}) <> 1 + (${count("accounts.id", "delete")})`,
  "accounts that are gone were deleted as often as created": `select created.target_id as id
    from muster_audit_events as created
    where created.action = 'create' and created.target_type = 'User' and created.target_id is not null
    and not exists (select 1 from muster_accounts as accounts where accounts.id = created.target_id)
    and (${count("created.target_id", "create")}) <> (${count("created.target_id", "delete")})`,
  // An acceptance is an event of the invitation.
  "each version of an organization is a change of it, or an acceptance": `select organizations.id
    from muster_organizations as organizations
    where version <> (select count(*) from muster_audit_events as events
      where events.target_id = organizations.id and events.result = 'success')
      + (select coalesce(sum(accepted_count), 0) from muster_invitations as invitations
      where invitations.organization_id = organizations.id)`,
  "each invitation has its mail": `select invitations.id from muster_invitations as invitations
    where not exists (select 1 from muster_outbox as mail where mail.invitation_id = invitations.id)`,
};

/** Nothing of what has to be true of a database is broken, and the audit log tells what is there. */
export async function expectConsistent(databaseUrl: string): Promise<void> {
  const database = await openDatabase(readSettings({ DATABASE_URL: databaseUrl }).database);
  try {
    await database.snapshot(async (session) => {
      for await (const { name, broken } of checkAll(session)) expect(broken, name).to.deep.equal([]);
      for (const [name, sql] of Object.entries(AUDIT_AGAINST_STATE))
        expect(await session.rows(sql), name).to.deep.equal([]);
    });
  } finally {
    await database.close();
  }
}
