import type { AuditAction } from "../../domain/audit/audit-event.js";
import type { ScimAnswer } from "../answers/answer.js";
import { refusal } from "../answers/refusal.js";
import { willAnswer } from "../context.js";
import type { ScimContext } from "../context.js";
import { ScimError } from "../errors.js";
import type { Place } from "../requests/place.js";
import { SEARCH } from "../requests/place.js";
import { readQuery } from "../requests/query.js";
import type { Query } from "../requests/query.js";
import { readSearchRequest } from "../requests/search-request.js";

/** A request to a resource or a collection, by itself or in a Bulk request. */
export interface ResourceRequest {
  readonly method: string;
  readonly query: Readonly<Record<string, unknown>>;
  readonly body: unknown;
}

/** Actions and searches are POSTed. */
const BELOW = ["POST"];

/** The methods that a place supports. */
export function methodsAt({ type, id, action }: Place): readonly string[] {
  if (action !== undefined) return BELOW;
  return id === undefined && !type.isSingle ? type.methods.collection : type.methods.resource;
}

/** The audit log's action for a method on one resource. */
const ACTIONS: Readonly<Record<string, AuditAction>> = {
  GET: "read",
  HEAD: "read",
  POST: "change",
  PUT: "replace",
  PATCH: "change",
  DELETE: "delete",
};

/** The status of the answer to a request that succeeds, unless its resource type says otherwise. */
function statusOf(method: string, { id }: Place): number {
  if (method === "DELETE") return 204;
  return method === "POST" && id === undefined ? 201 : 200;
}

/** The audit log's action for a request. */
export function auditActionOf(method: string, { id }: Pick<Place, "id">): AuditAction {
  const action = ACTIONS[method] ?? "read";
  if (id !== undefined) return action;
  if (method === "POST") return "create";
  return action === "read" ? "search" : action;
}

/** Carries out a request to a place, and answers it. Errors become answers, too. */
export async function answerAt(
  context: ScimContext,
  place: Place,
  request: ResourceRequest,
): Promise<ScimAnswer> {
  const { type, id, action } = place;
  if (id === undefined && action === SEARCH) {
    const query = readSearchRequest(request.body);
    return answerAt(context, { ...place, action: undefined }, { method: "GET", query, body: undefined });
  }
  try {
    return await act(context, place, request);
  } catch (error) {
    const target = { type: type.name, id };
    return refusal(context, { action: auditActionOf(request.method, place), target }, error);
  }
}

async function act(
  context: ScimContext,
  place: Place,
  { method, query: source, body }: ResourceRequest,
): Promise<ScimAnswer> {
  const { id, action, type } = place;
  const { operations, actions, isSingle } = type;
  willAnswer(context, statusOf(method, place));
  if (id !== undefined && action !== undefined) {
    return (await actions[action]?.(context, id, body)) ?? notPossible(method);
  }
  const query: Query = readQuery(source);
  const { get, list, create, replace, modify, remove } = operations;
  if (isSingle) return get(context, "", query);
  if (id === undefined) {
    const answer = method === "POST" ? create?.(context, body, query) : list?.(context, query);
    return answer ?? notPossible(method);
  }
  switch (method) {
    case "PUT":
      return replace?.(context, id, body, query) ?? notPossible(method);
    case "PATCH":
      return modify?.(context, id, body, query) ?? notPossible(method);
    case "DELETE":
      return remove?.(context, id) ?? notPossible(method);
    default:
      return get(context, id, query);
  }
}

function notPossible(method: string): never {
  throw new ScimError(405, undefined, `${method} is not supported here`);
}
