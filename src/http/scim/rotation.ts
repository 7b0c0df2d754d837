import { Router } from "express";
import type { Request } from "express";
import { isJsonObject } from "../../domain/values/json.js";
import { invalidSyntax, invalidValue } from "../../scim/errors.js";
import type { ScimAnswer } from "../../scim/answers/answer.js";
import { refusal } from "../../scim/answers/refusal.js";
import type { ScimContext } from "../../scim/context.js";
import { kept, rotated } from "../../scim/resources/access-token-rotation.js";

/** `POST /AccessTokens/{id}/rotate`, with `{"overlap": <seconds>}` or `{}`, and `POST /AccessTokens/{id}/keep`. */
export function rotation(context: (request: Request) => ScimContext): Router {
  const router = Router();
  const answering = (
    path: string,
    answer: (given: ScimContext, id: string, body: unknown) => Promise<ScimAnswer>,
  ) =>
    router.post(path, async (request, response) => {
      const given = context(request);
      const id = String(request.params.id);
      try {
        response.send(await answer(given, id, request.body));
      } catch (error) {
        response.send(await refusal(given, { action: "change", target: { type: "AccessToken", id } }, error));
      }
    });
  answering("/AccessTokens/:id/rotate", async (given, id, body) => rotated(given, id, readOverlap(body)));
  answering("/AccessTokens/:id/keep", (given, id) => kept(given, id));
  return router;
}

function readOverlap(body: unknown): number | undefined {
  if (!isJsonObject(body)) throw invalidSyntax("The body must be a JSON object");
  const { overlap } = body;
  if (overlap !== undefined && typeof overlap !== "number") throw invalidValue("'overlap' must be a number");
  return overlap;
}
