import type { Realm } from "../domain/access/principal.js";
import type { UnitOfWork } from "../repositories/unit-of-work.js";
import { PasswordsOfBatch } from "./passwords/passwords-of-batch.js";
import type { PasswordHasher } from "./passwords/passwords.js";
import { HeldRefusals } from "./audit/refusals.js";
import type { RefusalLog } from "./audit/refusals.js";

/** What operations use that has to stay out of their transaction. */
export interface Outside {
  readonly refusals: RefusalLog;
  readonly passwords: PasswordHasher;
}

/** Lets operations of several services happen in one transaction. */
export class BatchService<Services> {
  /**
   * @param outside where goes what was refused in a transaction, once it is over, and who hashes passwords before it
   * @param serve makes the services, working with what they are given
   */
  constructor(
    private readonly work: UnitOfWork,
    private readonly outside: Outside,
    private readonly serve: (work: UnitOfWork, outside: Outside) => Services,
  ) {}

  /**
   * Runs operations in one transaction: each is kept or undone by itself, and all are undone when `operations`
   * throws. It may be run again after losing a race, and when there are passwords in it: nothing waits for those
   * while the transaction keeps others from writing.
   *
   * @param realm whose turn it is
   * @param operations calls the services that it is given, one at a time, and nothing else that has effects
   */
  async together<T>(realm: Realm, operations: (services: Services) => Promise<T>): Promise<T> {
    let refusals = new HeldRefusals();
    const passwords = new PasswordsOfBatch(this.outside.passwords);
    const result = await passwords.hashedBefore(() =>
      this.work.together(realm, (joined) => {
        refusals = new HeldRefusals();
        return passwords.required(operations(this.serve(joined, { refusals, passwords })));
      }),
    );
    await this.outside.refusals.add(refusals.refusals);
    return result;
  }
}
