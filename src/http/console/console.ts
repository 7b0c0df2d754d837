import type { Router } from "express";
import { pageRouter, withErrors } from "../pages/router.js";
import { forgottenPasswordRoutes } from "./forgotten-password.js";
import type { ForgottenPasswordParts } from "./forgotten-password.js";
import { sessionRoutes } from "./session.js";
import type { SessionParts } from "./session.js";
import { signInRoutes } from "./sign-in.js";
import type { SignInParts } from "./entering.js";

/** Everything below `/console`: pages for people, and the same as JSON. */
export function consoleRouter(parts: SignInParts & ForgottenPasswordParts & SessionParts): Router {
  const router = pageRouter();
  signInRoutes(router, parts);
  forgottenPasswordRoutes(router, parts);
  sessionRoutes(router, parts);
  router.get("/", (request, response) => {
    response.redirect(303, `${request.baseUrl}/session`);
  });
  return withErrors(router, { ...parts, closedPage: "console-error" });
}
