import type { Session } from "../../db/session.js";

/** How often something happened since a window of time began. */
export interface Counted {
  readonly count: number;
  /** When the window ends, as ISO 8601 in UTC. */
  readonly resetsAt: string;
}

/** Counts what has a limit, in fixed windows of time, for all processes on one database. */
export class RateLimitRepository {
  constructor(private readonly session: Session) {}

  /**
   * Counts, and begins a window when there is none. No window ends later than one that begins now: that would be
   * one of a clock that has been set back since.
   *
   * @param name of what is counted, and whose
   * @param until when a window ends that begins now
   */
  async count(name: string, amount: number, now: string, until: string): Promise<Counted> {
    const row = await this.session.first<{ count: number; resets_at: string }>(
      `insert into muster_rate_limits as rate_limits (name, count, resets_at) values (?, ?, ?)
       on conflict (name) do update set
         count = case when rate_limits.resets_at <= ? then excluded.count else rate_limits.count + excluded.count end,
         resets_at = case when rate_limits.resets_at <= ? then excluded.resets_at
           else ${this.session.dialect.least("rate_limits.resets_at", "excluded.resets_at")} end
       returning count, resets_at`,
      [name, amount, until, now, now],
    );
    return { count: row?.count ?? amount, resetsAt: row?.resets_at ?? until };
  }

  async forget(name: string): Promise<void> {
    await this.session.rows("delete from muster_rate_limits where name = ?", [name]);
  }

  /** Forgets windows that are over. */
  async prune(now: string): Promise<void> {
    await this.session.rows("delete from muster_rate_limits where resets_at <= ?", [now]);
  }
}
