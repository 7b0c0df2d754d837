import { DomainError } from "../../domain/errors.js";
import { ofOperation, willAnswer } from "../context.js";
import { ScimError } from "../errors.js";
import { pathOf } from "../requests/place.js";
import { described } from "./operation.js";
import type { Outcome, Surroundings } from "./operation.js";
import type { BulkOperation, MalformedOperation } from "../requests/bulk-request.js";

/** How many operations are coalesced at most, so that other writes do not wait long. */
const MAX_COALESCED = 100;

type Operation = BulkOperation | MalformedOperation | undefined;

/**
 * Counts consecutive PATCHes of the same resource, which can be written together at the cost of one.
 *
 * @param operations in the order in which they run; undefined for a step of several operations
 * @returns how many there are at the beginning
 */
export function countCoalescable(operations: Iterable<Operation>): number {
  let path: string | undefined;
  let count = 0;
  for (const operation of operations) {
    if (count === MAX_COALESCED || !isPlainPatch(operation) || (path ?? operation.path) !== operation.path)
      break;
    path = operation.path;
    count += 1;
  }
  return count;
}

/** Whether an operation is a PATCH of any version of a resource, and refers to no other operation. */
const isPlainPatch = (operation: Operation): operation is BulkOperation =>
  operation !== undefined &&
  "path" in operation &&
  operation.method === "PATCH" &&
  operation.version === undefined &&
  operation.references.size === 0;

/**
 * Runs consecutive PATCHes of one resource together.
 *
 * @returns their outcomes; undefined when nothing was written, and they have to run one by one
 */
export async function performCoalesced(
  { context, readTarget }: Surroundings,
  patches: readonly (readonly [position: number, operation: BulkOperation])[],
): Promise<Outcome[] | undefined> {
  const [[, { path }]] = patches as [(typeof patches)[number]];
  try {
    const target = readTarget("PATCH", path);
    const bodies = patches.map(([, { data }]) => data);
    const all = ofOperation(context, "PATCH", pathOf(target));
    willAnswer(all, 204);
    const answers = await target.type.operations.modifyTogether?.(all, target.id ?? "", bodies);
    return answers?.flatMap((answer, index) => {
      const [position] = patches[index] ?? [];
      return position === undefined ? [] : [described(target, context, position, answer)];
    });
  } catch (error) {
    // One of them failed. Running them one by one gives it its own error.
    if (error instanceof DomainError || error instanceof ScimError) return undefined;
    throw error;
  }
}
