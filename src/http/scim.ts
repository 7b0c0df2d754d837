import { Router } from "express";
import ScimmyRouters from "scimmy-routers";
import type { Logger } from "../logging/logger.js";
import type { AccessTokenService } from "../services/access-tokens.js";
import type { ScimServices } from "../scim/context.js";
import { declareFeatures, declareResourceTypes, resourceTypes } from "../scim/discovery.js";
import { answers } from "./answers.js";
import { authentication } from "./authentication.js";
import { jsonBody } from "./body.js";
import { scimContext } from "./context.js";
import { errors } from "./errors.js";
import { routes } from "./routes.js";
import { search } from "./search.js";

export interface ScimParts {
  readonly services: ScimServices & { readonly accessTokens: AccessTokenService };
  readonly logger: Logger;
  readonly baseUrl: string;
}

/** The way of a SCIM request, in order. */
export function scim({ services, logger, baseUrl }: ScimParts): Router {
  const context = scimContext({ services, logger, baseUrl });
  const router = Router();
  router.use(answers(logger));
  router.use(authentication(services.accessTokens));
  router.use(routes(resourceTypes));
  router.use(jsonBody);
  router.use(search(resourceTypes, context));
  router.use(scimmy(context, baseUrl));
  router.use(errors(logger));
  return router;
}

/** The routes themselves. Who may pass has been settled before, so SCIMMY's own handler only nods. */
function scimmy(context: ReturnType<typeof scimContext>, baseUrl: string): Router {
  declareResourceTypes();
  const routers = new ScimmyRouters({
    type: "bearer",
    handler: () => "",
    context,
    // The router adds the path that it is mounted at.
    baseUri: ({ baseUrl: mountPath }) => baseUrl.slice(0, baseUrl.length - mountPath.length),
  });
  declareFeatures();
  return routers;
}
