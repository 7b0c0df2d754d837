import type { Session } from "../../db/session.js";
import type { Realm } from "../../domain/access/principal.js";
import type { ItemKind, UndoResult } from "../../domain/removals/removal.js";
import { belongsTo } from "./removal-fields.js";
import type { ItemGroup } from "./restoring.js";

/** The place of an item among those of its removal and kind, which are in the order of these ids. */
export interface ItemKey {
  readonly organizationId: string;
  readonly resourceId: string;
  readonly accountId: string;
}

interface KeyRow {
  organization_id: string;
  resource_id: string;
  account_id: string;
}

interface ResultRow extends KeyRow {
  kind: ItemKind;
  display: string | null;
  state: "restored" | "failed" | "struck";
  detail: string | null;
}

/** How far a removal is undone: which of its items have come back, and which cannot. */
export class Undoing {
  constructor(
    private readonly session: Session,
    private readonly realm: Realm,
  ) {}

  /**
   * Ends the gathering of a removal; what is being taken at this moment still belongs to it.
   *
   * @returns when it expires; undefined: the realm does not have it
   */
  async close(id: string): Promise<string | undefined> {
    const expiresAt = await this.#lock(id, this.session.dialect.forDelete);
    if (expiresAt === undefined) return undefined;
    await this.session.rows("update muster_removals set is_open = false where id = ? and is_open", [id]);
    return expiresAt;
  }

  /**
   * Has two undos of one removal take turns, and an undo and its being forgotten.
   *
   * @returns when it expires; undefined: the realm does not have it
   */
  lock(id: string): Promise<string | undefined> {
    return this.#lock(id, this.session.dialect.forUpdate);
  }

  async #lock(id: string, how: string): Promise<string | undefined> {
    const own = belongsTo(this.realm);
    const row = await this.session.first<{ expires_at: string }>(
      `select removals.expires_at from muster_removals as removals where removals.id = ? and ${own.text} ${how}`,
      [id, ...own.bindings],
    );
    return row?.expires_at;
  }

  /** The next items that have not come back, after one. */
  async next(id: string, kind: ItemKind, after: ItemKey, limit: number): Promise<ItemKey[]> {
    const rows = await this.session.rows<KeyRow>(
      `select organization_id, resource_id, account_id from muster_removal_items
       where removal_id = ? and kind = ? and (organization_id, resource_id, account_id) > (?, ?, ?)
       and (state is null or state = 'failed')
       order by organization_id, resource_id, account_id limit ?`,
      [id, kind, after.organizationId, after.resourceId, after.accountId, limit],
    );
    return rows.map((row) => ({
      organizationId: row.organization_id,
      resourceId: row.resource_id,
      accountId: row.account_id,
    }));
  }

  /** Writes what became of items. @param detail why they cannot come back, or what is other than before */
  async settle(
    group: ItemGroup,
    accountIds: readonly string[],
    state: "restored" | "failed",
    detail?: string,
  ): Promise<void> {
    if (accountIds.length === 0) return;
    await this.session.rows(
      `update muster_removal_items set state = ?, detail = ? where removal_id = ? and kind = ? and organization_id = ?
       and resource_id = ? and account_id in (select items.value from ${this.session.dialect.textItems})`,
      [
        ...[state, detail ?? null, group.removalId, group.kind, group.organizationId, group.resourceId],
        JSON.stringify(accountIds),
      ],
    );
  }

  /** Notes that all has come back that still can. */
  async finish(id: string, at: string): Promise<void> {
    await this.session.rows("update muster_removals set undone_at = ? where id = ? and undone_at is null", [
      at,
      id,
    ]);
  }

  /** How many things have come back, and how many cannot; parts of something larger count only if they cannot. */
  async totals(id: string): Promise<{ restored: number; failed: number }> {
    const row = await this.session.first<{ restored: number | string; failed: number | string }>(
      `select count(case when state = 'restored' and not is_part then 1 end) as restored,
         count(case when state in ('failed', 'struck') then 1 end) as failed
       from muster_removal_items where removal_id = ?`,
      [id],
    );
    return { restored: Number(row?.restored ?? 0), failed: Number(row?.failed ?? 0) };
  }

  /** What became of each, those that cannot come back first. */
  async results(id: string, limit: number): Promise<UndoResult[]> {
    const rows = await this.session.rows<ResultRow>(
      `select kind, organization_id, resource_id, account_id, display, state, detail from muster_removal_items
       where removal_id = ? and state is not null and not (is_part and state = 'restored')
       order by case when state = 'restored' then 1 else 0 end, kind, organization_id, resource_id, account_id limit ?`,
      [id, limit],
    );
    const some = (value: string) => (value === "" ? undefined : value);
    return rows.map((row) => ({
      kind: row.kind,
      organizationId: some(row.organization_id),
      resourceId: some(row.resource_id),
      accountId: some(row.account_id),
      display: row.display ?? undefined,
      isRestored: row.state === "restored",
      detail: row.state === "struck" ? "was removed again by another actor" : (row.detail ?? undefined),
    }));
  }
}
