import type { AuditEvent } from "../domain/audit/audit-event.js";
import type { Change } from "../domain/changes/change.js";

/** What has been counted against a rate limit, as `RateLimitRepository.count` was called. */
export type LimitCount = readonly [name: string, amount: number, now: string, until: string];

/**
 * What units of work within one transaction leave behind beside their rows: audit events, which are written together, and, for
 * a dry run, what was counted and changed.
 */
export class Trace {
  readonly events: AuditEvent[] = [];
  readonly counts: LimitCount[] = [];
  readonly changes: Change[] = [];

  /** Marks a place. @returns takes back all that was added since */
  mark(): () => void {
    const lists = [this.events, this.counts, this.changes];
    const lengths = lists.map(({ length }) => length);
    return () => {
      lists.forEach((list, index) => {
        list.length = lengths[index] ?? 0;
      });
    };
  }
}
