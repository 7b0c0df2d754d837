import type { UnitOfWork } from "../repositories/unit-of-work.js";

/** Lets operations of several services happen in one transaction. */
export class BatchService<Services> {
  /** @param serve makes the services, working with what they are given */
  constructor(
    private readonly work: UnitOfWork,
    private readonly serve: (work: UnitOfWork) => Services,
  ) {}

  /**
   * Runs operations in one transaction: each is kept or undone by itself, and all are undone when `operations`
   * throws. It may be run again after losing a race.
   *
   * @param operations calls the services that it is given, one at a time, and nothing else that has effects
   */
  together<T>(operations: (services: Services) => Promise<T>): Promise<T> {
    return this.work.together((joined) => operations(this.serve(joined)));
  }
}
