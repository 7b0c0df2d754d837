import type { UnitOfWork } from "../repositories/unit-of-work.js";
import { HeldRefusals } from "./refusals.js";
import type { RefusalLog } from "./refusals.js";

/** Lets operations of several services happen in one transaction. */
export class BatchService<Services> {
  /**
   * @param refusals where goes what was refused in a transaction, once it is over
   * @param serve makes the services, working with what they are given
   */
  constructor(
    private readonly work: UnitOfWork,
    private readonly refusals: RefusalLog,
    private readonly serve: (work: UnitOfWork, refusals: RefusalLog) => Services,
  ) {}

  /**
   * Runs operations in one transaction: each is kept or undone by itself, and all are undone when `operations`
   * throws. It may be run again after losing a race.
   *
   * @param operations calls the services that it is given, one at a time, and nothing else that has effects
   */
  async together<T>(operations: (services: Services) => Promise<T>): Promise<T> {
    let held = new HeldRefusals();
    const result = await this.work.together((joined) => {
      held = new HeldRefusals();
      return operations(this.serve(joined, held));
    });
    await this.refusals.add(held.refusals);
    return result;
  }
}
