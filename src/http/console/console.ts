import { Router } from "express";
import { pageRouter, withErrors } from "../pages/router.js";
import { APP_PATHS } from "./app-addresses.js";
import { appFiles, appPage } from "./built-app.js";
import { forgottenPasswordRoutes } from "./forgotten-password.js";
import type { ForgottenPasswordParts } from "./forgotten-password.js";
import { sessionRoutes } from "./session.js";
import type { SessionParts } from "./session.js";
import { signInRoutes } from "./sign-in.js";
import type { SignInParts } from "./entering.js";

export interface ConsoleParts extends SignInParts, ForgottenPasswordParts, SessionParts {
  /** The path of the console as browsers see it. */
  readonly base: string;
}

/** Everything below `/console`: the app, pages for people that need no scripts, and the same as JSON. */
export function consoleRouter(parts: ConsoleParts): Router {
  const router = pageRouter();
  router.get(APP_PATHS, appPage(parts.pages, parts.base));
  signInRoutes(router, parts);
  forgottenPasswordRoutes(router, parts);
  sessionRoutes(router, parts);
  return Router().use(appFiles(parts.pages), withErrors(router, { ...parts, closedPage: "console-error" }));
}
