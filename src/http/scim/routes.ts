import type { Request, RequestHandler, Response } from "express";
import { accountOf } from "../../domain/access/actor.js";
import type { Principal } from "../../domain/access/principal.js";
import type { AuditService } from "../../services/audit/audit.js";
import type { ScimAnswer } from "../../scim/answers/answer.js";
import type { ScimContext } from "../../scim/context.js";
import { listAll } from "../../scim/directory.js";
import { ScimError } from "../../scim/errors.js";
import { ME, placeReader, SEARCH } from "../../scim/requests/place.js";
import { readSearchRequest } from "../../scim/requests/search-request.js";
import { answerOrRehearse } from "../../scim/dry-run/dry-run.js";
import { checkPassword, PASSWORD_CHECK } from "../../scim/password-check.js";
import { auditActionOf, methodsAt } from "../../scim/resources/answer.js";
import { me } from "../../scim/resources/me.js";
import type { ResourceType } from "../../scim/resources/resource-type.js";
import { users } from "../../scim/resources/user.js";

/** What a path takes, and how it is answered; absent: by a middleware of its own. */
interface Route {
  readonly methods: readonly string[];
  /** Whether a POST may have no body. */
  readonly isBodyOptional?: boolean;
  readonly answer?: (context: ScimContext, request: Request) => Promise<ScimAnswer>;
}

/** The middlewares of all routes: refuses what there is no route for, and answers the others. */
interface Routes {
  readonly check: RequestHandler;
  readonly isBodyOptional: (response: Response) => boolean;
  readonly dispatch: (context: (request: Request) => ScimContext) => RequestHandler;
}

const READ = ["GET", "HEAD"];
const POSTED = ["POST"];

const ELSEWHERE: readonly (readonly [pattern: RegExp, route: Route])[] = [
  [/^\/Bulk$/, { methods: ["POST"] }],
  [/^\/ServiceProviderConfig$/, { methods: READ }],
  [/^\/(ResourceTypes|Schemas)(\/[^/]+)?$/, { methods: READ }],
];

/** Requests that would write something if there were what they ask for. */
const WRITING = ["POST", "PUT", "PATCH", "DELETE"];

/** What the audit log calls a path that does not exist. */
const NO_ENDPOINT = "Endpoint";

/**
 * The table of all SCIM paths, asked by one look at the path: nested routers cost more than everything else that a GET
 * takes, since V8 never gets done compiling them.
 *
 * @param audit gets the writes that there is no route for
 */
export function routes(types: readonly ResourceType[], audit: Pick<AuditService, "refused">): Routes {
  const placeAt = placeReader(types);
  // Lists over all resource types, by GET of the base and by POST (RFC 7644 sections 3.4.2.1 and 3.4.3).
  const root: Route = {
    methods: READ,
    answer: (context, { query }) => listAll(context, types, query),
  };
  const rootSearch: Route = {
    methods: POSTED,
    answer: async (context, { body }) => listAll(context, types, readSearchRequest(body)),
  };
  const own: Route = {
    methods: me.methods.resource,
    answer: (context, request) =>
      answerOrRehearse(
        context,
        { type: me, id: accountOf(context.principal.actor), action: undefined },
        request,
      ),
  };

  const passwordCheck: Route = {
    methods: POSTED,
    answer: (context, { body }) => checkPassword(context, users, body),
  };

  function find(path: string): Route | undefined {
    if (path === "/") return root;
    const place = placeAt(path);
    if (place) {
      return {
        methods: methodsAt(place),
        isBodyOptional: place.action !== undefined && place.action !== SEARCH,
        answer: (context, request) => answerOrRehearse(context, place, request),
      };
    }
    if (ME.test(path)) return own;
    if (path === `/${SEARCH}`) return rootSearch;
    if (path === PASSWORD_CHECK) return passwordCheck;
    return ELSEWHERE.find(([pattern]) => pattern.test(path))?.[1];
  }

  /**
   * Refuses paths that do not exist (404) and methods that a path does not take (405 with `Allow`), before anything is
   * read of the request.
   */
  const check: RequestHandler = (request, response, next) => {
    const route = find(request.path);
    const error = route ? refusedMethod(route, request.method) : noEndpoint(request.path);
    response.locals.route = route;
    if (!error) next();
    else if (!WRITING.includes(request.method)) next(error);
    else recordRefusal(request, error).then(() => next(error), next);
  };

  async function recordRefusal(request: Request, { status, message }: ScimError): Promise<void> {
    const principal = request.user as Principal | undefined;
    if (!principal) return;
    const place = placeAt(request.path);
    await audit.refused(principal, {
      action: auditActionOf(request.method, { id: place?.id }),
      target: { type: place?.type.name ?? NO_ENDPOINT, id: place?.id },
      ...{ status, detail: message, scimType: undefined },
    });
  }

  /** Answers what `check` has let through. */
  const dispatch =
    (context: (request: Request) => ScimContext): RequestHandler =>
    async (request, response) => {
      const { answer } = response.locals.route as Route;
      if (answer) response.send(await answer(context(request), request));
    };

  return { check, isBodyOptional: ({ locals }) => (locals.route as Route).isBodyOptional === true, dispatch };
}

const noEndpoint = (path: string) => new ScimError(404, undefined, `There is no endpoint '${path}'`);

function refusedMethod({ methods }: Route, method: string): ScimError | undefined {
  if (methods.includes(method)) return undefined;
  const allowed = methods.join(", ");
  return new ScimError(405, undefined, `${method} is not supported here; use ${allowed}`, { Allow: allowed });
}
