import type { Principal } from "../../domain/access/principal.js";
import type { AuditTarget } from "../../domain/audit/audit-event.js";
import type { Effects } from "../../domain/dry-runs/effects.js";
import { organizationOf } from "../../domain/changes/change.js";
import type { UnitOfWork } from "../../repositories/unit-of-work.js";
import { recordEvent } from "../audit/audit.js";
import { PendingRefusals } from "../audit/refusals.js";
import type { Outside } from "../batches.js";
import { Changes } from "../changes/changes.js";
import type { ChangeListener } from "../changes/changes.js";
import type { Dependencies } from "../dependencies.js";
import { PasswordsOfBatch } from "../passwords/passwords-of-batch.js";
import type { PasswordHasher } from "../passwords/passwords.js";
import { describeEffects } from "./described-effects.js";

/** What would come of operations. */
export interface DryRun<T> {
  /** What the operations gave. */
  readonly result: T;
  readonly effects: Effects;
}

/** Instead of the audit log and mail: nothing happens that they could tell of. */
const noteChanges: ChangeListener = (repositories, author, changes) => {
  for (const change of changes) {
    repositories.changes?.push({ ...change, organizationId: organizationOf(author, change) });
  }
  return Promise.resolve();
};

/** Runs operations of several services to find out what would come of them, and undoes them. */
export class DryRunService<Services> {
  /**
   * @param outside writes refusals after the transaction, and judges passwords before it
   * @param createServices makes the services for one transaction
   */
  constructor(
    private readonly deps: Dependencies,
    private readonly outside: Outside,
    private readonly createServices: (
      deps: Pick<Dependencies, "work" | "changes">,
      outside: Outside,
    ) => Services,
  ) {}

  /**
   * Runs operations in a transaction that is rolled back. What must last is written after that: that somebody asked, what was
   * refused, and what counts for a rate limit, so that asking is not free.
   *
   * @param operations calls the services one at a time, may be called again, and must have no other side effects
   * @param targetOf what the audit log names for a result; undefined: it was refused, which is recorded already
   * @throws UnavailableError also when it takes too long; TooManyRequestsError, and what `operations` throws
   */
  async run<T>(
    principal: Principal,
    operations: (services: Services) => Promise<T>,
    targetOf: (result: T) => AuditTarget | undefined,
  ): Promise<DryRun<T>> {
    const { work, now } = this.deps;
    const passwords = new PasswordsOfBatch(judgedOnly(this.outside.passwords));
    const changes = new Changes([noteChanges]);
    let refusals = new PendingRefusals();
    const {
      result,
      effects,
      changes: noted,
      counts,
    } = await passwords.hashedBefore(() =>
      work.rehearse(principal.realm, now(), (joined: UnitOfWork) => {
        refusals = new PendingRefusals();
        const services = this.createServices(
          { work: joined, changes },
          { refusals, passwords, isUndone: true },
        );
        return passwords.required(operations(services));
      }),
    );
    await this.outside.refusals.add(refusals.refusals);
    const target = targetOf(result);
    if (target || counts.length > 0) {
      await work.write(principal.realm, async (repositories) => {
        for (const count of counts) await repositories.rateLimits.count(...count);
        if (!target) return;
        const display = noted.find((change) => change.target.id === target.id)?.target.display;
        const named = target.id === undefined ? target : { ...target, display };
        const entry = {
          action: "dry-run",
          target: named,
          status: 200,
          detail: describeEffects(effects),
        } as const;
        await recordEvent(this.deps, repositories, principal, entry);
      });
    }
    return { result, effects };
  }
}

/** Judges passwords, and does not hash them: nobody will ever compare one with the hash. */
const judgedOnly = (passwords: PasswordHasher): PasswordHasher => ({
  judge: (...args) => passwords.judge(...args),
  hash: async (...args) => {
    await passwords.judge(...args);
    return "";
  },
});
