import { accountOf } from "../../domain/access/actor.js";
import { ContentionError, stoppingError, UnavailableError } from "../../domain/errors.js";
import { inTransaction } from "../context.js";
import type { ScimContext } from "../context.js";
import { ScimAnswer } from "../answers/answer.js";
import type { ResourceType } from "../resources/resource-type.js";
import { performCircle } from "./circle.js";
import { countCoalescable, performCoalesced } from "./coalesced-patches.js";
import { failedAll, perform } from "./operation.js";
import type { Created, Outcome, Surroundings } from "./operation.js";
import { requireFewOperations, rehearsed } from "../dry-run/dry-run.js";
import type { DryOperation } from "../dry-run/dry-run.js";
import { readBulkRequest } from "../requests/bulk-request.js";
import type { BulkOperation, BulkRequest, MalformedOperation } from "../requests/bulk-request.js";
import { schedule } from "./schedule.js";
import { targetReader } from "./target.js";
import type { ReadTarget } from "./target.js";

/** How long one transaction takes at most, so that other writes get their turn, in milliseconds. */
const TRANSACTION_MS = 20;

const BULK_RESPONSE = "urn:ietf:params:scim:api:messages:2.0:BulkResponse";

/**
 * Answers a Bulk request (RFC 7644 section 3.7). Each operation runs like the single request that it stands for, in a
 * transaction that it shares with other operations, and fails by itself. In a dry run, all of them share one, which is undone.
 *
 * @throws ScimError for a body that is not a Bulk request; 413 for too many operations; UnavailableError when none of the
 *   operations can run now
 */
export async function bulkAnswer(
  context: ScimContext,
  types: readonly ResourceType[],
  body: unknown,
  maxOperations: number,
): Promise<ScimAnswer> {
  const request = await readBulkRequest(body, maxOperations);
  if (context.isDryRun) return dryRunOf(context, types, request);
  const outcomes = await outcomesOf(context, types, request);
  const operations = outcomes.map((outcome) => rendered(outcome, request));
  return new ScimAnswer(200, `{"schemas":["${BULK_RESPONSE}"],"Operations":[${operations.join()}]}`);
}

/** The outcomes in the order of the request. */
async function outcomesOf(
  context: ScimContext,
  types: readonly ResourceType[],
  request: BulkRequest,
): Promise<Outcome[]> {
  const outcomes = await new BulkRun(context, types, request).all();
  return outcomes.sort((a, b) => a.position - b.position);
}

function dryRunOf(
  context: ScimContext,
  types: readonly ResourceType[],
  request: BulkRequest,
): Promise<ScimAnswer> {
  requireFewOperations(request.operations.length);
  return rehearsed(context, { type: "Bulk" }, async (undone) => {
    const outcomes = await outcomesOf(undone, types, request);
    return outcomes.map(({ position, status, response }): DryOperation => {
      const operation = request.operations[position];
      const path = operation && "path" in operation ? operation.path : undefined;
      const { method, bulkId } = operation ?? {};
      // Not the response of one that succeeds: it has the secret of a token that is undone.
      return { method, bulkId, path, status, error: status >= 300 ? response : undefined };
    });
  });
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

/** A running Bulk request. */
class BulkRun {
  readonly #steps: readonly (readonly number[])[];
  readonly #created: Created = new Map();
  readonly #readTarget: ReadTarget;
  /** The context of operations that do not share a transaction. */
  readonly #alone: ScimContext;
  /** Why the remaining operations cannot run. */
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
   * @returns the outcomes of the operations, up to the one that reaches `failOnErrors`. When the server is stopping or the
   *   database fails, the remaining operations have the status 503
   * @throws UnavailableError when all of them have that status
   */
  async all(): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    let step = 0;
    let errors = 0;
    while (step < this.#steps.length && errors < this.request.failOnErrors && !this.#isOver()) {
      const next = await this.#runBatch(step, errors);
      for (const outcome of next.outcomes) outcomes.push(outcome);
      step += next.steps;
      errors += errorsIn(next.outcomes);
    }
    return this.#end ? this.#endedBy(this.#end, outcomes, step) : outcomes;
  }

  /** After the database failed, each further operation would wait for the same error. */
  #isOver(): boolean {
    if (this.context.ending.aborted) this.#end ??= stoppingError();
    return this.#end !== undefined;
  }

  #endedBy(end: UnavailableError, outcomes: readonly Outcome[], step: number): Outcome[] {
    if (outcomes.every(({ status }) => status === 503)) throw end;
    return [...outcomes, ...failedAll(this.#steps.slice(step).flat(), end, this.context)];
  }

  /** Runs some steps in one transaction, or a single step by itself when it contains a password, which is slow to hash. */
  async #runBatch(first: number, errors: number): Promise<Progress> {
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
      // The transaction was rolled back.
      if (error instanceof UnavailableError && !(error instanceof ContentionError)) {
        this.#end = error;
        return { outcomes: [], steps: 0 };
      }
      // Running the steps one by one lets only the faulty operation fail, and logs its error.
      return this.#inOrder(first, errors, takeOne, (step) => step <= reached && !this.#isOver());
    }
  }

  /** Runs steps until there are too many errors. @param isNext whether to run another one */
  async #inOrder(
    first: number,
    errors: number,
    take: (step: number) => Promise<Progress>,
    isNext: (step: number) => boolean,
  ): Promise<Progress> {
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

  /** Runs consecutive PATCHes of one resource together, unless one of them fails, and other steps one by one. */
  #taker(context: ScimContext): (step: number) => Promise<Progress> {
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

  async #step(step: number, context: ScimContext): Promise<Progress> {
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

  /** The operations of steps with a single one; undefined for the other steps. */
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
      return "hasPassword" in operation && operation.hasPassword;
    });
  }
}

interface Progress {
  readonly outcomes: Outcome[];
  /** How many steps have run. */
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
