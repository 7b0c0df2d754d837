import type { Session } from "../../db/session.js";
import { counted, NUMBERS } from "./removal-fields.js";

interface KeyRow {
  kind: string;
  organization_id: string;
  resource_id: string;
  account_id: string;
}

const KEY = ["kind", "organization_id", "resource_id", "account_id"];

/** Forgets what removals keep, in portions. Not limited to a realm. */
export class Forgetting {
  constructor(private readonly session: Session) {}

  /**
   * Removals that have expired, or began too long ago, and still have items, also if their forgetting was interrupted, or are
   * not settled.
   *
   * @param now ISO 8601 in UTC
   */
  async expired(now: string, beganBefore: string, limit: number): Promise<string[]> {
    const rows = await this.session.rows<{ id: string }>(
      `select id from muster_removals as removals where (expires_at <= ? or created_at < ?) and (users is null
         or exists (select 1 from muster_removal_items as items where items.removal_id = removals.id)) limit ?`,
      [now, beganBefore, limit],
    );
    return rows.map(({ id }) => id);
  }

  /** Writes the numbers of a removal's items down, once, before the items go. @param now ISO 8601 in UTC */
  async settle(id: string, now: string): Promise<void> {
    const numbers = NUMBERS.map((name) => `${name} = ${counted(name, "muster_removals.id")}`);
    await this.session.rows(
      `update muster_removals set ${numbers.join(", ")}, is_open = false,
         expires_at = ${this.session.dialect.least("expires_at", "cast(? as text)")}
       where id = ? and users is null`,
      [now, id],
    );
  }

  /**
   * Deletes the next items of a removal. What an earlier removal has of the same people cannot come back any more: they were
   * taken again since.
   *
   * @returns whether there may be more
   */
  async forgetItems(id: string, limit: number): Promise<boolean> {
    const last = await this.session.first<KeyRow>(
      `select ${KEY.join(", ")} from muster_removal_items where removal_id = ?
       order by ${KEY.join(", ")} limit 1 offset ?`,
      [id, limit - 1],
    );
    const upTo = last ? `and (${KEY.map((name) => `gone.${name}`).join(", ")}) <= (?, ?, ?, ?)` : "";
    const bindings = [
      id,
      ...(last ? [last.kind, last.organization_id, last.resource_id, last.account_id] : []),
    ];
    await this.session.rows(
      `update muster_removal_items set state = 'struck', detail = null where (state is null or state = 'failed')
       and (removal_id, ${KEY.join(", ")}) in (
         select older.removal_id, ${KEY.map((name) => `older.${name}`).join(", ")}
         from muster_removal_items as gone cross join muster_removal_items as older
         where gone.removal_id = ? ${upTo} and older.account_id <> '' and older.account_id = gone.account_id
         and older.organization_id = gone.organization_id and older.removal_id <> gone.removal_id
         and older.taken_at < gone.taken_at
         and (older.kind = gone.kind and older.resource_id = gone.resource_id
           -- who left has lost also what was taken from them before
           or gone.kind = 'membership' and (gone.state is null or gone.state <> 'restored')
             and older.kind in ('seat', 'deactivation')))`,
      bindings,
    );
    await this.session.rows(
      `delete from muster_removal_items as gone where gone.removal_id = ? ${upTo}`,
      bindings,
    );
    return last !== undefined;
  }

  /** The organizations that a removal has, if they are not there again. */
  async endedOrganizations(id: string): Promise<string[]> {
    const rows = await this.session.rows<{ id: string }>(
      `select organization_id as id from muster_removal_items as items where removal_id = ? and kind = 'organization'
       and not exists (select 1 from muster_organizations as organizations where organizations.id = items.organization_id)`,
      [id],
    );
    return rows.map((row) => row.id);
  }

  /** Has the removals of the realms of organizations expire. @param now ISO 8601 in UTC @returns their ids */
  async expireOf(organizationIds: readonly string[], now: string): Promise<string[]> {
    if (organizationIds.length === 0) return [];
    const { dialect } = this.session;
    const rows = await this.session.rows<{ id: string }>(
      `update muster_removals set is_open = false, expires_at = ${dialect.least("expires_at", "cast(? as text)")}
       where organization_id in (select items.value from ${dialect.textItems}) returning id`,
      [now, JSON.stringify(organizationIds)],
    );
    return rows.map(({ id }) => id);
  }

  /** Deletes a removal without items. */
  async delete(id: string): Promise<void> {
    await this.session.rows("delete from muster_removals where id = ?", [id]);
  }

  /** Deletes removals without items that began before a time. @returns how many */
  async prune(before: string, limit: number): Promise<number> {
    const rows = await this.session.rows(
      `delete from muster_removals where id in (select removals.id from muster_removals as removals
         where removals.users is not null and removals.created_at < ?
         and not exists (select 1 from muster_removal_items as items where items.removal_id = removals.id) limit ?)
       returning 1`,
      [before, limit],
    );
    return rows.length;
  }
}
