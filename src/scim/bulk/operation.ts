import type { JsonValue } from "../../domain/values/json.js";
import { asOneself } from "../../domain/access/principal.js";
import { failure } from "../answers/answer.js";
import type { ScimAnswer } from "../answers/answer.js";
import { ofOperation } from "../context.js";
import type { ScimContext } from "../context.js";
import { ScimError } from "../errors.js";
import { refusal } from "../answers/refusal.js";
import { answerAt, auditActionOf } from "../resources/answer.js";
import { me } from "../resources/me.js";
import { resolveReferences } from "./references.js";
import type { BulkOperation, MalformedOperation } from "../requests/bulk-request.js";
import type { ReadTarget } from "./target.js";
import { pathOf } from "../requests/place.js";
import type { Place } from "../requests/place.js";

/** The outcome of an operation. */
export interface Outcome {
  /** Its place in the request. */
  readonly position: number;
  readonly status: number;
  readonly location?: string | undefined;
  readonly version?: string | undefined;
  /** The error, or a new resource whose secret is shown only once, as JSON. */
  readonly response?: string | undefined;
}

/** The resources of the bulkIds of operations that have run. */
export type Created = Map<string, { readonly id: string } | { readonly isRefused: true }>;

/** What operations run with. */
export interface Surroundings {
  readonly context: ScimContext;
  readonly readTarget: ReadTarget;
  readonly created: Created;
}

/**
 * Runs one operation like the single request that it stands for, and remembers the id of what it has created.
 *
 * @param leftOut bulkIds whose operations come later in the same circle; references to them are omitted
 */
export async function perform(
  surroundings: Surroundings,
  operation: BulkOperation | MalformedOperation,
  position: number,
  leftOut?: ReadonlySet<string>,
): Promise<Outcome> {
  const { created } = surroundings;
  const outcome =
    "error" in operation
      ? failed(position, failure(operation.error, surroundings.context.onFault))
      : await performed(surroundings, operation, position, leftOut);
  const { method, bulkId } = operation;
  if (method === "POST" && bulkId !== undefined) {
    const id = outcome.status < 300 ? outcome.location?.split("/").at(-1) : undefined;
    created.set(bulkId, id === undefined ? { isRefused: true } : { id });
  }
  return outcome;
}

async function performed(
  { context, readTarget, created }: Surroundings,
  operation: BulkOperation,
  position: number,
  leftOut: ReadonlySet<string> | undefined,
): Promise<Outcome> {
  let target: Place | undefined;
  try {
    for (const bulkId of operation.references) {
      if (!leftOut?.has(bulkId)) requireCreated(created, bulkId);
    }
    const resolve = (bulkId: string) => idOf(created, bulkId);
    const path = operation.path.replace(/bulkId:(.+)$/s, (whole, bulkId: string) => resolve(bulkId) ?? whole);
    target = readTarget(operation.method, path);
    const isResolved = operation.data === undefined || operation.references.size === 0;
    const data = isResolved ? operation.data : resolveReferences(operation.data, resolve);
    return described(target, context, position, await send(context, operation, target, data));
  } catch (error) {
    if (!(error instanceof ScimError)) throw error;
    return refused(context, operation, target, position, error);
  }
}

function send(
  context: ScimContext,
  { method, version }: BulkOperation,
  target: Place,
  data: JsonValue | undefined,
): Promise<ScimAnswer> {
  const one = { ...contextOf(context, method, target), ifMatch: version, ifNoneMatch: undefined };
  return answerAt(one, target, { method, query: {}, body: data });
}

/** What an operation runs with. At `/Me`, people act on their account, whatever realm the session is in. */
function contextOf(context: ScimContext, method: string, target: Place): ScimContext {
  const own = ofOperation(context, method, pathOf(target));
  return target.type === me ? { ...own, principal: asOneself(own.principal) } : own;
}

/** The outcome of an operation that a resource has answered. */
export function described(
  target: Place,
  { locations }: ScimContext,
  position: number,
  answer: ScimAnswer,
): Outcome {
  const { type, id } = target;
  const location =
    answer.headers.Location ?? (id === undefined ? undefined : locations(type.name, encodeURIComponent(id)));
  if (answer.status >= 300) return { ...failed(position, answer), location };
  const hasSecret = type.showsSecretOnce && id === undefined && typeof answer.body === "string";
  return {
    position,
    status: answer.status,
    location,
    version: answer.headers.ETag,
    response: hasSecret ? answer.body : undefined,
  };
}

/** The outcome of an operation that was refused before it reached a resource. */
export async function refused(
  context: ScimContext,
  operation: BulkOperation,
  target: Place | undefined,
  position: number,
  error: ScimError,
): Promise<Outcome> {
  const answer = target
    ? await refusal(
        contextOf(context, operation.method, target),
        {
          action: auditActionOf(operation.method, target),
          target: { type: target.type.name, id: target.id },
        },
        error,
      )
    : failure(error, context.onFault);
  return failed(position, answer);
}

/** The outcomes of operations that fail with the same error, which is logged once. */
export function failedAll(positions: readonly number[], error: unknown, { onFault }: ScimContext): Outcome[] {
  const answer = failure(error, onFault);
  return positions.map((position) => failed(position, answer));
}

const failed = (position: number, { status, body }: ScimAnswer): Outcome => ({
  position,
  status,
  response: typeof body === "string" ? body : undefined,
});

const idOf = (created: Created, bulkId: string) => {
  const known = created.get(bulkId);
  return known && "id" in known ? known.id : undefined;
};

/** @throws ScimError 400 `invalidValue` for a bulkId of no operation, 409 for one whose operation failed */
function requireCreated(created: Created, bulkId: string): void {
  const known = created.get(bulkId);
  if (!known) {
    throw new ScimError(400, "invalidValue", `No POST operation has the bulkId '${bulkId}'`);
  }
  if ("isRefused" in known) {
    throw new ScimError(
      409,
      undefined,
      `The operation with the bulkId '${bulkId}', to which this operation refers, failed`,
    );
  }
}
