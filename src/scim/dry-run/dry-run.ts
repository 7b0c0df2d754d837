import type { AuditTarget } from "../../domain/audit/audit-event.js";
import type { ConcernedOrganization, Effects } from "../../domain/dry-runs/effects.js";
import type { Locations } from "../../domain/listing.js";
import { ScimAnswer } from "../answers/answer.js";
import { refusal } from "../answers/refusal.js";
import { inTransaction } from "../context.js";
import type { ScimContext } from "../context.js";
import { ScimError } from "../errors.js";
import { pathOf, SEARCH } from "../requests/place.js";
import type { Place } from "../requests/place.js";
import { MAX_DRY_OPERATIONS } from "./limit.js";
import { answerAt, auditActionOf } from "../resources/answer.js";
import type { ResourceRequest } from "../resources/answer.js";

const MESSAGE = "urn:muster:params:scim:api:messages:2.0:DryRun";

/** What would come of one operation. */
export interface DryOperation {
  readonly method: string | undefined;
  readonly bulkId?: string | undefined;
  /** As the client sent it. */
  readonly path: string | undefined;
  readonly status: number;
  /** The error, as JSON. */
  readonly error?: string | undefined;
}

/** @throws ScimError 413 */
export function requireFewOperations(count: number): void {
  if (count <= MAX_DRY_OPERATIONS) return;
  const detail = `A dry run can have at most ${MAX_DRY_OPERATIONS} operations, not ${count}`;
  throw new ScimError(413, undefined, detail);
}

/** Carries out a request to a place, or finds out what would come of it, and answers it. Errors become answers, too. */
export async function answerOrRehearse(
  context: ScimContext,
  place: Place,
  request: ResourceRequest,
): Promise<ScimAnswer> {
  const writes = request.method !== "GET" && request.method !== "HEAD" && place.action !== SEARCH;
  if (!context.isDryRun || !writes) return answerAt(context, place, request);
  const { method } = request;
  const target = { type: place.type.name, id: place.id };
  let refused: ScimAnswer | undefined;
  try {
    const answer = await rehearsed(context, target, async (undone) => {
      const { status, body, headers } = await answerAt(undone, place, request);
      refused = status >= 300 ? new ScimAnswer(status, body, headers) : undefined;
      return refused ? undefined : [{ method, path: pathOf(place), status }];
    });
    return refused ?? answer;
  } catch (error) {
    return refusal(context, { action: auditActionOf(method, place), target }, error);
  }
}

/**
 * Finds out what would come of operations, and answers that.
 *
 * @param target what the audit log names
 * @param run carries them out with the context that it gets, and gives what came of each; undefined: they were refused together
 * @throws UnavailableError, TooManyRequestsError
 */
export async function rehearsed(
  context: ScimContext,
  target: AuditTarget,
  run: (undone: ScimContext) => Promise<DryOperation[] | undefined>,
): Promise<ScimAnswer> {
  const { services, principal, locations } = context;
  const { result, effects } = await services.dryRuns.run(
    principal,
    (undone) => run(inTransaction(context, undone)),
    (operations) => operations && target,
  );
  return new ScimAnswer(200, rendered(result ?? [], effects, locations));
}

function rendered(operations: readonly DryOperation[], effects: Effects, locations: Locations): string {
  return JSON.stringify({
    schemas: [MESSAGE],
    operations: operations.map(({ status, error, ...operation }) => ({
      ...operation,
      status: String(status),
      ...(error !== undefined && { error: JSON.parse(error) as unknown }),
    })),
    effects: toEffects(effects, locations),
  });
}

function toEffects(effects: Effects, locations: Locations) {
  const { memberships, seats, roles, accounts, tokens, created, changed } = effects;
  const { lastAdministratorOf, leavesProviderWithoutAdministrator, emptied } = effects;
  const reference = ({ id, displayName }: ConcernedOrganization) => ({
    value: id,
    $ref: locations("Group", id),
    display: displayName,
  });
  return {
    ...{ memberships, teams: seats, roles, accounts, tokens, created, changed },
    lastAdministratorOf: [
      ...lastAdministratorOf.map(reference),
      ...(leavesProviderWithoutAdministrator ? [PROVIDER] : []),
    ],
    emptied: emptied.map(reference),
  };
}

/** The provider is no organization, so it has no id. */
const PROVIDER = { display: "the provider" };
