import { Router } from "express";
import type { Request } from "express";
import { isJsonObject } from "../domain/json.js";
import { invalidSyntax, invalidValue } from "../scim/errors.js";
import { refusal } from "../scim/refusal.js";
import type { ScimContext } from "../scim/context.js";
import { rotated } from "../scim/resources/access-token-rotation.js";

/** `POST /AccessTokens/{id}/rotate`, with `{"overlap": <seconds>}` or `{}`. */
export function rotation(context: (request: Request) => ScimContext): Router {
  const router = Router();
  router.post("/AccessTokens/:id/rotate", async (request, response) => {
    const given = context(request);
    const { id } = request.params;
    try {
      response.send(await rotated(given, id, readOverlap(request.body)));
    } catch (error) {
      response.send(await refusal(given, { action: "change", target: { type: "AccessToken", id } }, error));
    }
  });
  return router;
}

function readOverlap(body: unknown): number | undefined {
  if (!isJsonObject(body)) throw invalidSyntax("The body must be a JSON object");
  const { overlap } = body;
  if (overlap !== undefined && typeof overlap !== "number") throw invalidValue("'overlap' must be a number");
  return overlap;
}
