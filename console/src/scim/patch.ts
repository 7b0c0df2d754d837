import type { BulkOperation } from "./client.ts";
import { PATCH_OP } from "./resources.ts";

/** An operation of a PATCH (RFC 7644 section 3.5.2). */
export interface PatchOperation {
  readonly op: "add" | "remove" | "replace";
  readonly path: string;
  readonly value?: unknown;
}

/** A PATCH in a Bulk. */
export const patchIn = (path: string, ...operations: readonly PatchOperation[]): BulkOperation => ({
  method: "PATCH",
  path,
  data: { schemas: [PATCH_OP], Operations: operations },
});
