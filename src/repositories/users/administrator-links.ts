import type { Session } from "../../db/session.js";

/** A link by which a person becomes an administrator of the provider. Times are ISO 8601 in UTC. */
export interface AdministratorLink {
  readonly id: string;
  /** Whether a start made it; otherwise, the operator did. */
  readonly isOfStart: boolean;
  readonly createdAt: string;
  readonly expiresAt: string;
  /** Undefined as long as it is neither. */
  readonly endedAs: "used" | "replaced" | undefined;
}

interface LinkRow {
  id: string;
  is_of_start: boolean | number;
  created_at: string;
  expires_at: string;
  ended_as: AdministratorLink["endedAs"] | null;
}

/** Links by which people become administrators of the provider, by the hashes of their last parts. */
export class AdministratorLinkRepository {
  constructor(private readonly session: Session) {}

  async insert(link: AdministratorLink, tokenHash: string): Promise<void> {
    await this.session.rows(
      `insert into muster_administrator_links (id, token_hash, is_of_start, created_at, expires_at)
       values (?, ?, ?, ?, ?)`,
      [link.id, tokenHash, link.isOfStart, link.createdAt, link.expiresAt],
    );
  }

  async findByHash(tokenHash: string): Promise<AdministratorLink | undefined> {
    const row = await this.session.first<LinkRow>(
      "select * from muster_administrator_links where token_hash = ?",
      [tokenHash],
    );
    return (
      row && {
        id: row.id,
        isOfStart: Boolean(row.is_of_start),
        createdAt: row.created_at,
        expiresAt: row.expires_at,
        endedAs: row.ended_as ?? undefined,
      }
    );
  }

  /** Locks all links, so that those who follow them wait for each other: there are few. */
  async lock(): Promise<void> {
    await this.session.rows(
      `select id from muster_administrator_links order by id ${this.session.dialect.forUpdate}`,
    );
  }

  async use(id: string): Promise<void> {
    await this.session.rows("update muster_administrator_links set ended_as = 'used' where id = ?", [id]);
  }

  /** Ends the links that earlier starts made. */
  async replaceOfStarts(): Promise<void> {
    await this.session.rows(
      "update muster_administrator_links set ended_as = 'replaced' where is_of_start and ended_as is null",
    );
  }

  /** Forgets links that expired before a time. */
  async forget(before: string): Promise<void> {
    await this.session.rows("delete from muster_administrator_links where expires_at < ?", [before]);
  }
}
