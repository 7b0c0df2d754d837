import { isJsonObject } from "../../domain/values/json.js";
import type { JsonValue } from "../../domain/values/json.js";
import { ScimError } from "../errors.js";
import { inTransaction } from "../context.js";
import { failedAll, perform, refused } from "./operation.js";
import type { Outcome, Surroundings } from "./operation.js";
import type { BulkOperation } from "../requests/bulk-request.js";

/** How many operations can refer to each other in a circle, since all of them run in one transaction. */
const MAX_CIRCLE = 100;

type Placed = readonly [position: number, operation: BulkOperation];

/** Rolls back a circle when one of its operations has failed. */
class CircleBrokenError extends Error {
  constructor(readonly outcome: Outcome) {
    super("An operation in a circle failed");
  }
}

/**
 * Runs operations that refer to each other in a circle (RFC 7644 section 3.7.1), all of them or none. Each creates its
 * resource without the references to later ones, and writes it again when all exist. The errors are 413 for each operation
 * of a circle that is too long, 409 for each when another one has failed, and that of a fault.
 */
export async function performCircle(
  surroundings: Surroundings,
  circle: readonly Placed[],
): Promise<Outcome[]> {
  const { context } = surroundings;
  if (circle.length > MAX_CIRCLE) {
    const detail = `${circle.length} operations refer to each other in a circle; at most ${MAX_CIRCLE} can`;
    return refuseAll(surroundings, circle, new ScimError(413, undefined, detail));
  }
  try {
    return await context.services.batches.together(context.principal.realm, (services) =>
      performAll({ ...surroundings, context: inTransaction(context, services) }, circle),
    );
  } catch (error) {
    if (!(error instanceof CircleBrokenError)) return undone(surroundings, circle, error);
    const refusal = new ScimError(
      409,
      undefined,
      "This operation belongs to a circle of references in which an operation failed",
    );
    return refuseAll(surroundings, circle, refusal, error.outcome);
  }
}

async function performAll(surroundings: Surroundings, circle: readonly Placed[]): Promise<Outcome[]> {
  const { created } = surroundings;
  const bulkIds = new Set(circle.map(([, { bulkId = "" }]) => bulkId));
  for (const bulkId of bulkIds) created.delete(bulkId);
  const outcomes: Outcome[] = [];
  for (const [position, operation] of circle) {
    outcomes.push(requireDone(await perform(surroundings, operation, position, bulkIds)));
  }
  for (const [index, [position, operation]] of circle.entries()) {
    const first = outcomes[index];
    if (!first?.location) continue;
    const rewrite: BulkOperation = {
      ...operation,
      method: "PUT",
      path: first.location,
      bulkId: undefined,
      version: undefined,
      data: withoutPassword(operation.data),
    };
    const { version } = requireDone(await perform(surroundings, rewrite, position));
    outcomes[index] = { ...first, version };
  }
  return outcomes;
}

function requireDone(outcome: Outcome): Outcome {
  if (outcome.status >= 300) throw new CircleBrokenError(outcome);
  return outcome;
}

/** The first write has set the password; the second must not set it again. */
function withoutPassword(data: JsonValue | undefined): JsonValue | undefined {
  if (!isJsonObject(data)) return data;
  return Object.fromEntries(Object.entries(data).filter(([name]) => name.toLowerCase() !== "password"));
}

/** The outcomes when a fault has rolled back the circle. */
function undone({ context, created }: Surroundings, circle: readonly Placed[], error: unknown): Outcome[] {
  for (const [, { bulkId }] of circle) if (bulkId !== undefined) created.set(bulkId, { isRefused: true });
  return failedAll(
    circle.map(([position]) => position),
    error,
    context,
  );
}

async function refuseAll(
  { context, created }: Surroundings,
  circle: readonly Placed[],
  error: ScimError,
  failed?: Outcome,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const [position, operation] of circle) {
    const { bulkId } = operation;
    if (bulkId !== undefined) created.set(bulkId, { isRefused: true });
    outcomes.push(
      failed?.position === position
        ? { ...failed, location: undefined }
        : await refused(context, operation, undefined, position, error),
    );
  }
  return outcomes;
}
