import type { Session } from "../../db/session.js";
import type { LimitCount } from "../trace.js";

/** A count in the current window of time. */
export interface WindowCount {
  readonly count: number;
  /** When the window ends, as ISO 8601 in UTC. */
  readonly resetsAt: string;
}

/** Counts for rate limits, in fixed windows of time, shared by all processes on one database. */
export class RateLimitRepository {
  /** @param noted gets what is counted, for a dry run, whose counts are written again after it is undone */
  constructor(
    private readonly session: Session,
    private readonly noted?: LimitCount[],
  ) {}

  /**
   * Counts, and begins a window when there is none. A window never ends later than one that begins now, even when the
   * clock has been set back since it began.
   *
   * @param name identifies what is counted, and for whom
   * @param until when a window that begins now ends
   */
  async count(name: string, amount: number, now: string, until: string): Promise<WindowCount> {
    this.noted?.push([name, amount, now, until]);
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

  /** Deletes windows that are over. */
  async prune(now: string): Promise<void> {
    await this.session.rows("delete from muster_rate_limits where resets_at <= ?", [now]);
  }
}
