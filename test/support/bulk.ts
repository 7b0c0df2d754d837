import { expectStatus } from "./assertions.js";
import type { ScimClient } from "./client.js";

export const BULK_REQUEST = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
const PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/** An operation of a Bulk request, as it is sent. */
export interface BulkOperation {
  readonly method: string;
  readonly path: string;
  readonly bulkId?: string;
  readonly version?: string;
  readonly data?: unknown;
}

/** What a Bulk answer says of an operation. */
export interface BulkOutcome {
  readonly method: string;
  readonly bulkId?: string;
  readonly status: string;
  readonly location?: string;
  readonly version?: string;
  readonly response?: Readonly<Record<string, unknown>>;
}

/** Sends a Bulk request. @returns what became of each operation */
export async function sendBulk(
  scim: ScimClient,
  operations: readonly BulkOperation[],
  more: object = {},
): Promise<BulkOutcome[]> {
  const answer = await scim.post("/Bulk", { schemas: [BULK_REQUEST], ...more, Operations: operations });
  return expectStatus(answer, 200).Operations as BulkOutcome[];
}

/** The data of a PATCH. */
export const patchData = (...operations: readonly object[]) => ({
  schemas: [PATCH_OP],
  Operations: operations,
});

export const statusesOf = (outcomes: readonly BulkOutcome[]) => outcomes.map(({ status }) => Number(status));

export const idOf = (outcome: BulkOutcome | undefined) => outcome?.location?.split("/").at(-1) ?? "";
