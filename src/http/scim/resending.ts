import { Router } from "express";
import type { Request } from "express";
import type { ScimContext } from "../../scim/context.js";
import { refusal } from "../../scim/answers/refusal.js";
import { resent } from "../../scim/resources/invitation-resending.js";

/** `POST /Invitations/{id}/resend`. */
export function resending(context: (request: Request) => ScimContext): Router {
  const router = Router();
  router.post("/Invitations/:id/resend", async (request, response) => {
    const given = context(request);
    const { id } = request.params;
    try {
      response.send(await resent(given, id));
    } catch (error) {
      response.send(await refusal(given, { action: "change", target: { type: "Invitation", id } }, error));
    }
  });
  return router;
}
