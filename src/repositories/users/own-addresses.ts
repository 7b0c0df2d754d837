import type { Session } from "../../db/session.js";
import { isSameMailbox } from "../../domain/values/email.js";
import { foldCase } from "../../domain/values/text.js";

/** An address that a person proved by a mail to it. */
export interface ProvedAddress {
  /** As it was written. */
  readonly address: string;
  /** ISO 8601 in UTC. */
  readonly provedAt: string;
}

/** An address that a link was sent to, which proves it. */
export interface PendingAddress {
  readonly accountId: string;
  readonly address: string;
  /** Links with another revision are void. */
  readonly revision: number;
  /** ISO 8601 in UTC. */
  readonly expiresAt: string;
}

interface PendingRow {
  account_id: string;
  address: string;
  revision: number;
  expires_at: string;
}

/** How many addresses of a person are read. */
const MAX_READ = 100;

/** A proof lasts as long as the password that the person had when they asked for it. */
const PASSWORD_IS_SAME = `password_hash = (select accounts.password_hash from muster_accounts as accounts
  where accounts.id = pending.account_id)`;

/** The addresses that people proved, and those that links were sent to. Not limited to a realm. */
export class OwnAddressRepository {
  constructor(private readonly session: Session) {}

  /** The addresses that a person proved, the latest first. */
  async proved(accountId: string): Promise<ProvedAddress[]> {
    const rows = await this.session.rows<{ address: string; proved_at: string }>(
      `select address, proved_at from muster_proved_addresses where account_id = ?
       order by proved_at desc limit ?`,
      [accountId, MAX_READ],
    );
    return rows.map((row) => ({ address: row.address, provedAt: row.proved_at }));
  }

  /** Remembers that a person proved an address by a mail to it. */
  async prove(accountId: string, address: string, at: string): Promise<void> {
    await this.session.rows(
      `insert into muster_proved_addresses (account_id, value_key, address, proved_at) values (?, ?, ?, ?)
       on conflict (account_id, value_key) do update set address = excluded.address, proved_at = excluded.proved_at`,
      [accountId, foldCase(address), address, at],
    );
  }

  /** Forgets all addresses that a person proved, and was sent links to. */
  async forgetAll(accountId: string): Promise<void> {
    await this.session.rows("delete from muster_proved_addresses where account_id = ?", [accountId]);
    await endPendingAddresses(this.session, accountId);
  }

  /** Forgets that a person proved an address, or was sent links to it; one that only looks the same, they keep. */
  async forget(accountId: string, address: string): Promise<void> {
    const key = [accountId, foldCase(address)];
    for (const table of ["muster_proved_addresses", "muster_pending_addresses"]) {
      const found = await this.session.first<{ address: string }>(
        `select address from ${table} where account_id = ? and value_key = ?`,
        key,
      );
      if (!found || !isSameMailbox(found.address, address)) continue;
      await this.session.rows(`delete from ${table} where account_id = ? and value_key = ?`, key);
    }
  }

  /** The addresses whose links still prove them. @param now ISO 8601 in UTC */
  async pending(accountId: string, now: string): Promise<PendingAddress[]> {
    const rows = await this.session.rows<PendingRow>(
      `select account_id, address, revision, expires_at from muster_pending_addresses as pending
       where account_id = ? and expires_at > ? and ${PASSWORD_IS_SAME} order by expires_at desc limit ?`,
      [accountId, now, MAX_READ],
    );
    return rows.map(toPending);
  }

  /** What a link proves; undefined when it was used, or is void. */
  async findPending(accountId: string, revision: number): Promise<PendingAddress | undefined> {
    const row = await this.session.first<PendingRow>(
      `select account_id, address, revision, expires_at from muster_pending_addresses as pending
       where account_id = ? and revision = ? and ${PASSWORD_IS_SAME}`,
      [accountId, revision],
    );
    return row && toPending(row);
  }

  /** Remembers a link; earlier ones to that address become void. @param passwordHash that of the person now */
  async begin(
    { accountId, address, revision, expiresAt }: PendingAddress,
    passwordHash: string,
  ): Promise<void> {
    await this.session.rows(
      `insert into muster_pending_addresses (account_id, value_key, address, revision, password_hash, expires_at)
       values (?, ?, ?, ?, ?, ?)
       on conflict (account_id, value_key) do update set address = excluded.address, revision = excluded.revision,
         password_hash = excluded.password_hash, expires_at = excluded.expires_at`,
      [accountId, foldCase(address), address, revision, passwordHash, expiresAt],
    );
  }

  /** Ends a link that was used. */
  async endPending({ accountId, revision }: PendingAddress): Promise<void> {
    await this.session.rows("delete from muster_pending_addresses where account_id = ? and revision = ?", [
      accountId,
      revision,
    ]);
  }

  /** Forgets links that expired before a time. */
  async prune(before: string): Promise<void> {
    await this.session.rows("delete from muster_pending_addresses where expires_at < ?", [before]);
  }
}

/** Makes all links void that would prove an address of a person. */
export async function endPendingAddresses(session: Session, accountId: string): Promise<void> {
  await session.rows("delete from muster_pending_addresses where account_id = ?", [accountId]);
}

const toPending = (row: PendingRow): PendingAddress => ({
  accountId: row.account_id,
  address: row.address,
  revision: row.revision,
  expiresAt: row.expires_at,
});
