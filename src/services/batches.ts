import type { Realm } from "../domain/access/principal.js";
import type { UnitOfWork } from "../repositories/unit-of-work.js";
import { PasswordsOfBatch } from "./passwords/passwords-of-batch.js";
import type { PasswordHasher } from "./passwords/passwords.js";
import { PendingRefusals } from "./audit/refusals.js";
import type { RefusalLog } from "./audit/refusals.js";

/** What operations use outside their transaction: refusals are written after it, passwords are hashed before it. */
export interface Outside {
  readonly refusals: RefusalLog;
  readonly passwords: PasswordHasher;
  /** Whether all that the operations do is undone, as in a dry run. */
  readonly isUndone?: boolean;
}

/** Runs operations of several services in one transaction. */
export class BatchService<Services> {
  /**
   * @param outside writes refusals after a transaction, and hashes passwords before it
   * @param createServices makes the services for one transaction
   */
  constructor(
    private readonly work: UnitOfWork,
    private readonly outside: Outside,
    private readonly createServices: (work: UnitOfWork, outside: Outside) => Services,
  ) {}

  /**
   * Runs operations in one transaction. Each succeeds or is rolled back by itself; all are rolled back when
   * `operations` throws. `operations` may be called again: after a conflict with another transaction, and when it
   * contains passwords, which are hashed outside the transaction because hashing takes long.
   *
   * @param realm whose turn the transaction takes in the queue
   * @param operations calls the services one at a time, and must have no other side effects
   */
  async together<T>(realm: Realm, operations: (services: Services) => Promise<T>): Promise<T> {
    let refusals = new PendingRefusals();
    const passwords = new PasswordsOfBatch(this.outside.passwords);
    const result = await passwords.hashedBefore(() =>
      this.work.together(realm, (joined) => {
        refusals = new PendingRefusals();
        const inside = { ...this.outside, refusals, passwords };
        return passwords.required(operations(this.createServices(joined, inside)));
      }),
    );
    await this.outside.refusals.add(refusals.refusals);
    return result;
  }
}
