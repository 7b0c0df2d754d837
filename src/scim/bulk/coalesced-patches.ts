import { DomainError } from "../../domain/errors.js";
import { ScimError } from "../errors.js";
import { described } from "./operation.js";
import type { Outcome, Surroundings } from "./operation.js";
import type { BulkOperation, MalformedOperation } from "../requests/bulk-request.js";

/** How many operations are done at once: few enough for others not to wait long. */
const AT_ONCE = 100;

type Operation = BulkOperation | MalformedOperation | undefined;

/**
 * Neighbouring PATCHes of the same resource, which can be done at the cost of one.
 *
 * @param operations in the order in which they are done; undefined for what is more than an operation
 * @returns how many there are at the beginning
 */
export function countCoalescable(operations: Iterable<Operation>): number {
  let path: string | undefined;
  let count = 0;
  for (const operation of operations) {
    if (count === AT_ONCE || !isPlainPatch(operation) || (path ?? operation.path) !== operation.path) break;
    path = operation.path;
    count += 1;
  }
  return count;
}

/** Whether an operation changes a resource in whatever version, and refers to no other operation. */
const isPlainPatch = (operation: Operation): operation is BulkOperation =>
  operation !== undefined &&
  "path" in operation &&
  operation.method === "PATCH" &&
  operation.version === undefined &&
  operation.references.size === 0;

/**
 * Does neighbours at once.
 *
 * @returns what became of them; undefined when they have to be done one by one, and nothing was done
 */
export async function performCoalesced(
  { context, readTarget }: Surroundings,
  patches: readonly (readonly [position: number, operation: BulkOperation])[],
): Promise<Outcome[] | undefined> {
  const [[, { path }]] = patches as [(typeof patches)[number]];
  try {
    const target = readTarget("PATCH", path);
    const bodies = patches.map(([, { data }]) => data);
    const answers = await target.type.operations.modifyTogether?.(context, target.id ?? "", bodies);
    return answers?.flatMap((answer, index) => {
      const [position] = patches[index] ?? [];
      return position === undefined ? [] : [described(target, context, position, answer)];
    });
  } catch (error) {
    // One of them is at fault; done one by one, it says so itself.
    if (error instanceof DomainError || error instanceof ScimError) return undefined;
    throw error;
  }
}
