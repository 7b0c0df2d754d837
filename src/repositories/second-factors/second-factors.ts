import type { Session } from "../../db/session.js";
import type { FactorOwner, SecondFactor } from "../../domain/sessions/second-factor.js";

interface FactorRow {
  id: string;
  account_id: string;
  organization_id: string | null;
  secret: string;
  created_at: string;
}

const COLUMNS = "factors.id, factors.account_id, factors.organization_id, factors.secret, factors.created_at";

const OF_OWNER = "factors.account_id = ? and coalesce(factors.organization_id, '') = ?";

const ownerOf = ({ accountId, organizationId }: FactorOwner) => [accountId, organizationId ?? ""];

/** Second factors: at most one for each password that a person can have. Not limited to a realm. */
export class SecondFactorRepository {
  constructor(private readonly session: Session) {}

  async find(owner: FactorOwner): Promise<SecondFactor | undefined> {
    const row = await this.session.first<FactorRow>(
      `select ${COLUMNS} from muster_second_factors as factors where ${OF_OWNER}`,
      ownerOf(owner),
    );
    return row && toFactor(row);
  }

  /**
   * @param lastStep the time step of the code that confirmed it
   * @returns false when there is one already
   */
  async insert(factor: SecondFactor, lastStep: number): Promise<boolean> {
    const { id, accountId, organizationId, sealedSecret, createdAt } = factor;
    const inserted = await this.session.rows(
      `insert into muster_second_factors (id, account_id, organization_id, secret, last_step, created_at)
       values (?, ?, ?, ?, ?, ?) on conflict (account_id, coalesce(organization_id, '')) do nothing returning id`,
      [id, accountId, organizationId ?? null, sealedSecret, lastStep, createdAt],
    );
    return inserted.length > 0;
  }

  /**
   * Takes the code of a time step. Each is taken once, in whatever process.
   *
   * @returns false when that code or a later one was taken before
   */
  async takeStep(id: string, step: number): Promise<boolean> {
    const taken = await this.session.rows(
      "update muster_second_factors set last_step = ? where id = ? and last_step < ? returning id",
      [step, id, step],
    );
    return taken.length > 0;
  }

  /** Takes a recovery code. Each is taken once. @returns false when there is no such code */
  async takeRecoveryCode(id: string, codeHash: string): Promise<boolean> {
    const taken = await this.session.rows(
      "delete from muster_recovery_codes where factor_id = ? and code_hash = ? returning code_hash",
      [id, codeHash],
    );
    return taken.length > 0;
  }

  async replaceRecoveryCodes(id: string, codeHashes: readonly string[]): Promise<void> {
    await this.session.rows("delete from muster_recovery_codes where factor_id = ?", [id]);
    await this.session.rows(
      `insert into muster_recovery_codes (factor_id, code_hash)
       values ${codeHashes.map(() => "(?, ?)").join(", ")}`,
      codeHashes.flatMap((hash) => [id, hash]),
    );
  }

  /** Factors in the order of their ids, with their secrets. @param after the id before the first one */
  async sealed(after: string, limit: number): Promise<Pick<SecondFactor, "id" | "sealedSecret">[]> {
    const rows = await this.session.rows<Pick<FactorRow, "id" | "secret">>(
      "select id, secret from muster_second_factors where id > ? order by id limit ?",
      [after, limit],
    );
    return rows.map(({ id, secret }) => ({ id, sealedSecret: secret }));
  }

  /** Replaces the encrypted form of a secret, unless it was replaced before. */
  async reseal({ id, from, to }: Record<"id" | "from" | "to", string>): Promise<void> {
    await this.session.rows("update muster_second_factors set secret = ? where id = ? and secret = ?", [
      ...[to, id, from],
    ]);
  }

  async recoveryCodesLeft(id: string): Promise<number> {
    const row = await this.session.first<{ count: number | string }>(
      "select count(*) as count from muster_recovery_codes where factor_id = ?",
      [id],
    );
    return Number(row?.count ?? 0);
  }

  /** Removes a factor, with its recovery codes and the sign-ins that wait for it. @returns whether there was one */
  async delete(owner: FactorOwner): Promise<boolean> {
    const deleted = await this.session.rows(
      `delete from muster_second_factors as factors where ${OF_OWNER} returning id`,
      ownerOf(owner),
    );
    return deleted.length > 0;
  }

  /**
   * Has a person's own factor go with the password that it guards, when that becomes an organization's. The organization's
   * own password stays with the factor that it has, or without one; then the person's own factor ends with its password.
   */
  async giveTo(organizationId: string, accountId: string): Promise<void> {
    await this.session.rows(
      `update muster_second_factors set organization_id = ?
       where account_id = ? and organization_id is null
       and exists (select 1 from muster_memberships as memberships
         join muster_accounts as accounts on accounts.id = memberships.account_id
         where memberships.organization_id = ? and memberships.account_id = ?
         and memberships.password_hash is null and accounts.password_hash is not null)
       and not exists (select 1 from muster_second_factors as others
         where others.account_id = ? and others.organization_id = ?)`,
      [organizationId, accountId, organizationId, accountId, accountId, organizationId],
    );
    await this.delete({ accountId, organizationId: undefined });
  }
}

const toFactor = (row: FactorRow): SecondFactor => ({
  id: row.id,
  accountId: row.account_id,
  organizationId: row.organization_id ?? undefined,
  sealedSecret: row.secret,
  createdAt: row.created_at,
});
