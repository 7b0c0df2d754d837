import type { AuditEvent } from "../../domain/audit/audit-event.js";
import { failure } from "./answer.js";
import type { ScimAnswer } from "./answer.js";
import type { ScimContext } from "../context.js";
import { toScimError } from "../errors.js";
import { UnavailableError } from "../../domain/errors.js";

/**
 * The answer to a refused request. Refused writes go into the audit log, and also reads that the caller may not make, or
 * reads in an organization's realm of resources that do not exist there.
 */
export async function refusal(
  { principal, services, isDryRun, onFault }: ScimContext,
  { action, target }: Pick<AuditEvent, "action" | "target">,
  error: unknown,
): Promise<ScimAnswer> {
  // An unavailable server has refused nothing, and could not write the audit log either.
  const refused = error instanceof UnavailableError ? undefined : toScimError(error);
  const isRead = action === "read" || action === "search";
  const isProbing =
    refused?.status === 403 || (refused?.status === 404 && principal.realm.type === "organization");
  if (refused && (!isRead || isProbing)) {
    const { status, scimType, message } = refused;
    const detail = isDryRun ? `Dry run: ${message}` : message;
    await services.audit.refused(principal, { action, target, status, scimType, detail });
  }
  return failure(error, onFault);
}
