import { accountOf } from "../../domain/access/actor.js";
import { ContentionError, stoppingError, UnavailableError } from "../../domain/errors.js";
import type { ScimContext } from "../context.js";
import { ScimAnswer } from "../answers/answer.js";
import type { ResourceType } from "../resources/resource-type.js";
import { performCircle } from "./circle.js";
import { countCoalescable, performCoalesced } from "./coalesced-patches.js";
import { failedAll, inTransaction, perform } from "./operation.js";
import type { Created, Outcome, Surroundings } from "./operation.js";
import { readBulkRequest } from "../requests/bulk-request.js";
import type { BulkOperation, BulkRequest, MalformedOperation } from "../requests/bulk-request.js";
import { schedule } from "./schedule.js";
import { targetReader } from "./target.js";
import type { ReadTarget } from "./target.js";

/** How long a transaction takes at most before others get their turn to write, in milliseconds. */
const TRANSACTION_MS = 20;

const BULK_RESPONSE = "urn:ietf:params:scim:api:messages:2.0:BulkResponse";

/**
 * Answers a Bulk request (RFC 7644 section 3.7): each operation is done as the single request would be that it
 * stands for, in a transaction that it shares with its neighbours and behind a savepoint of its own.
 *
 * @throws ScimError for a body that is no Bulk request; 413 for too many operations; UnavailableError when nothing
 *   of it can be done now
 */
export async function bulkAnswer(
  context: ScimContext,
  types: readonly ResourceType[],
  body: unknown,
  maxOperations: number,
): Promise<ScimAnswer> {
  const request = await readBulkRequest(body, maxOperations);
  const outcomes = await new BulkRun(context, types, request).all();
  outcomes.sort((a, b) => a.position - b.position);
  const operations = outcomes.map((outcome) => rendered(outcome, request));
  return new ScimAnswer(200, `{"schemas":["${BULK_RESPONSE}"],"Operations":[${operations.join()}]}`);
}

/** RFC 7644 section 3.7.3. */
function rendered(
  { position, status, location, version, response }: Outcome,
  { operations }: BulkRequest,
): string {
  const { method, bulkId } = operations[position] ?? {};
  const text = JSON.stringify({ method, bulkId, location, version, status: String(status) });
  return response === undefined ? text : `${text.slice(0, -1)},"response":${response}}`;
}

/** One Bulk request while it is carried out. */
class BulkRun {
  readonly #steps: readonly (readonly number[])[];
  readonly #created: Created = new Map();
  readonly #readTarget: ReadTarget;
  /** Of operations that are not in a transaction with others. */
  readonly #alone: ScimContext;
  /** Why there is no use in going on. */
  #end: UnavailableError | undefined;

  constructor(
    private readonly context: ScimContext,
    types: readonly ResourceType[],
    private readonly request: BulkRequest,
  ) {
    const { baseUrl, principal } = context;
    this.#readTarget = targetReader(types, baseUrl, accountOf(principal.actor));
    this.#steps = schedule(targetsOf(request.operations));
    const onFault = (error: unknown) => {
      if (error instanceof UnavailableError) this.#end ??= error;
      else context.onFault(error);
    };
    this.#alone = { ...context, onFault };
  }

  /**
   * @returns what became of the operations, up to the one after which there are too many errors; when the server is
   *   stopping or the database fails, those that are not done any more have the status 503
   * @throws UnavailableError when all of them have that status
   */
  async all(): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    let step = 0;
    let errors = 0;
    while (step < this.#steps.length && errors < this.request.failOnErrors && !this.#isOver()) {
      const next = await this.#some(step, errors);
      for (const outcome of next.outcomes) outcomes.push(outcome);
      step += next.steps;
      errors += errorsIn(next.outcomes);
    }
    return this.#end ? this.#endedBy(this.#end, outcomes, step) : outcomes;
  }

  /** After a fault, each further operation would wait for the same. */
  #isOver(): boolean {
    if (this.context.ending.aborted) this.#end ??= stoppingError();
    return this.#end !== undefined;
  }

  #endedBy(end: UnavailableError, outcomes: readonly Outcome[], step: number): Outcome[] {
    if (outcomes.every(({ status }) => status === 503)) throw end;
    return [...outcomes, ...failedAll(this.#steps.slice(step).flat(), end, this.context)];
  }

  /** Some steps in one transaction, or one by itself when it has to wait for something else than the database. */
  async #some(first: number, errors: number): Promise<Some> {
    const takeOne = (step: number) => this.#step(step, this.#alone);
    if (this.#isSlow(first)) return this.#inOrder(first, errors, takeOne, () => false);
    let reached = first;
    try {
      return await this.context.services.batches.together(this.context.principal.realm, (services) => {
        const until = performance.now() + TRANSACTION_MS;
        const take = this.#taker(inTransaction(this.context, services));
        return this.#inOrder(first, errors, take, (step) => {
          const isNext = !this.#isSlow(step) && performance.now() < until;
          if (isNext) reached = step;
          return isNext;
        });
      });
    } catch (error) {
      // Nothing of it was kept.
      if (error instanceof UnavailableError && !(error instanceof ContentionError)) {
        this.#end = error;
        return { outcomes: [], steps: 0 };
      }
      // Done one by one, what is at fault fails alone, and says so in the log.
      return this.#inOrder(first, errors, takeOne, (step) => step <= reached && !this.#isOver());
    }
  }

  /** Takes steps until there are too many errors. @param isNext whether to take another one */
  async #inOrder(
    first: number,
    errors: number,
    take: (step: number) => Promise<Some>,
    isNext: (step: number) => boolean,
  ): Promise<Some> {
    const outcomes: Outcome[] = [];
    let left = this.request.failOnErrors - errors;
    let step = first;
    do {
      const next = await take(step);
      outcomes.push(...next.outcomes);
      left -= errorsIn(next.outcomes);
      step += next.steps;
    } while (left > 0 && step < this.#steps.length && isNext(step));
    return { outcomes, steps: step - first };
  }

  /** Takes steps that are neighbours at once, unless one of them is at fault, and the others one by one. */
  #taker(context: ScimContext): (step: number) => Promise<Some> {
    let apart = 0;
    return async (step) => {
      const count = step < apart ? 0 : countCoalescable(this.#operationsFrom(step));
      const outcomes = count > 1 ? await this.#atOnce(step, count, context) : undefined;
      if (outcomes) return { outcomes, steps: count };
      apart = Math.max(apart, step + count);
      return this.#step(step, context);
    };
  }

  #atOnce(first: number, count: number, context: ScimContext): Promise<Outcome[] | undefined> {
    const patches = this.#steps.slice(first, first + count).flatMap((step) => this.#placed(step));
    return performCoalesced(this.#surroundings(context), patches.filter(isWellFormed));
  }

  async #step(step: number, context: ScimContext): Promise<Some> {
    const circle = this.#placed(this.#steps[step] ?? []);
    const [[position, operation]] = circle as [(typeof circle)[number]];
    const outcomes = isAlone(circle)
      ? [await perform(this.#surroundings(context), operation, position)]
      : await performCircle(this.#surroundings(context), circle.filter(isWellFormed));
    return { outcomes, steps: 1 };
  }

  #surroundings(context: ScimContext): Surroundings {
    return { context, readTarget: this.#readTarget, created: this.#created };
  }

  #placed(step: readonly number[]): Placed<BulkOperation | MalformedOperation>[] {
    return step.map((position) => [position, this.#operation(position)]);
  }

  /** Those of steps that are one operation; undefined for the others. */
  *#operationsFrom(first: number): Generator<BulkOperation | MalformedOperation | undefined> {
    for (let index = first; index < this.#steps.length; index += 1) {
      const [position, ...more] = this.#steps[index] ?? [];
      yield position === undefined || more.length > 0 ? undefined : this.#operation(position);
    }
  }

  #operation(position: number): BulkOperation | MalformedOperation {
    const operation = this.request.operations[position];
    if (!operation) throw new RangeError(`There is no operation ${position}`);
    return operation;
  }

  #isSlow(step: number): boolean {
    return (this.#steps[step] ?? []).some((position) => {
      const operation = this.#operation(position);
      return "saysPassword" in operation && operation.saysPassword;
    });
  }
}

interface Some {
  readonly outcomes: Outcome[];
  /** How many steps that were. */
  readonly steps: number;
}

const errorsIn = (outcomes: readonly Outcome[]) => outcomes.filter(({ status }) => status >= 300).length;

type Placed<T> = readonly [position: number, operation: T];

const isWellFormed = (placed: Placed<BulkOperation | MalformedOperation>): placed is Placed<BulkOperation> =>
  "path" in placed[1];

/** Whether a step is one operation that does not refer to itself. */
function isAlone(step: readonly Placed<BulkOperation | MalformedOperation>[]): boolean {
  const [first] = step;
  return step.length === 1 && first !== undefined && !(isWellFormed(first) && refersToItself(first[1]));
}

const refersToItself = ({ method, bulkId, references }: BulkOperation) =>
  method === "POST" && bulkId !== undefined && references.has(bulkId);

/** The positions of the operations that each one refers to. */
function targetsOf(operations: BulkRequest["operations"]): number[][] {
  const positions = new Map<string, number>();
  operations.forEach(({ method, bulkId }, position) => {
    if (method === "POST" && bulkId !== undefined) positions.set(bulkId, position);
  });
  return operations.map((operation) =>
    "path" in operation ? [...operation.references].flatMap((bulkId) => positions.get(bulkId) ?? []) : [],
  );
}
