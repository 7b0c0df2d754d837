import type { Request } from "express";
import { DRY_RUN } from "../../scim/context.js";
import { invalidValue } from "../../scim/errors.js";

/** Requests that write nothing have no dry run, and their header is ignored. */
const READING = ["GET", "HEAD", "OPTIONS"];

/** Whether a request is to be done only as if. @throws ScimError 400 `invalidValue` for a header that is neither true nor false */
export function asksForDryRun(request: Request): boolean {
  if (READING.includes(request.method)) return false;
  const value = request.get(DRY_RUN);
  if (value === undefined) return false;
  switch (value.trim().toLowerCase()) {
    case "true":
      return true;
    case "false":
      return false;
    default:
      throw invalidValue(`The header '${DRY_RUN}' must be 'true' or 'false'`);
  }
}
