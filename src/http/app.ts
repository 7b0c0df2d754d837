import express from "express";
import type { Express } from "express";
import { ADMINISTRATOR_SETUP } from "../services/administrators/administrator-links.js";
import type { AdministratorSetup } from "../services/administrators/administrator-setup.js";
import type { AcceptanceService } from "../services/invitations/acceptance.js";
import type { SessionAcceptance } from "../services/invitations/session-acceptance.js";
import type { AccountSetupService } from "../services/users/account-setup.js";
import type { ForgottenPasswords } from "../services/users/forgotten-password.js";
import type { PasswordResetService } from "../services/users/password-resets.js";
import type { AddressProofs } from "../services/invitations/address-proofs.js";
import type { Readiness } from "../domain/server/server-state.js";
import type { SessionTimes } from "../domain/sessions/session.js";
import type { CurrentSessions } from "../services/sessions/current-session.js";
import type { PasswordChange } from "../services/sessions/password-change.js";
import type { SecondFactors } from "../services/second-factors/second-factors.js";
import type { OwnAddressService } from "../services/users/own-addresses.js";
import type { SignInService } from "../services/sessions/sign-in.js";
import { consoleRouter } from "./console/console.js";
import type { ConsoleCookies } from "./console/cookies.js";
import { SessionAuthentication } from "./console/session-authentication.js";
import type { SecretKeys } from "../services/keys/secret-keys.js";
import { administratorSetup } from "./pages/administrator-setup.js";
import { accountSetup } from "./pages/account-setup.js";
import { passwordReset } from "./pages/password-reset.js";
import type { CsrfTokens } from "./pages/csrf.js";
import { invitations } from "./pages/invitations.js";
import { welcome } from "./pages/welcome.js";
import { Pages } from "./pages/pages.js";
import type { Branding } from "./pages/pages.js";
import { health } from "./server/health.js";
import type { RunningRequests } from "./server/running-requests.js";
import { crossOrigin } from "./requests/cross-origin.js";
import { inOrder } from "./requests/in-order.js";
import { slashesBefore } from "./requests/paths.js";
import { whenLoaded } from "./server/keys.js";
import { scim } from "./scim/scim.js";
import type { ScimParts } from "./scim/scim.js";

/** Where the SCIM endpoints are, below the public address. */
export const SCIM_PATH = "/scim/v2";

/** Where people sign in, below the public address. */
export const CONSOLE = "/console";

/** What people open in a browser. */
const PAGES = ["/invitations", "/account-setup", "/password-reset", ADMINISTRATOR_SETUP, CONSOLE];

export interface AppParts extends Omit<ScimParts, "baseUrl" | "sessionAuthentication"> {
  /** What people do by links in mail. */
  readonly people: {
    readonly acceptance: AcceptanceService;
    readonly inSession: SessionAcceptance;
    readonly proofs: AddressProofs;
    readonly setup: AccountSetupService;
    readonly resets: PasswordResetService;
    readonly administrators: AdministratorSetup;
  };
  /** How people sign in. */
  readonly console: {
    readonly signIn: SignInService;
    readonly forgotten: ForgottenPasswords;
    readonly passwordChange: PasswordChange;
    readonly secondFactors: SecondFactors;
    readonly ownAddresses: OwnAddressService;
    readonly sessions: CurrentSessions;
    readonly sessionTimes: SessionTimes;
    readonly cookies: ConsoleCookies;
  };
  readonly branding: Branding;
  /** Whether `/` is Muster's own. */
  readonly welcomes: boolean;
  readonly csrf: CsrfTokens;
  /** The address that clients reach the server by, without a slash at the end. */
  readonly publicUrl: string;
  /** Proxies whose word on where a request comes from is taken, as Express names them. */
  readonly trustedProxies: readonly string[];
  /** Origins of pages whose scripts may use SCIM. */
  readonly corsOrigins: readonly string[];
  readonly requests: RunningRequests;
  readonly keys: SecretKeys;
  /** Whether this process can serve requests. */
  readonly readiness: () => Promise<Readiness>;
}

/** The whole server as an Express app, to be listened with or mounted inside another one. */
export function createApp(parts: AppParts): Express {
  const { people, branding, csrf, logger, publicUrl, trustedProxies, corsOrigins } = parts;
  const { requests, keys, readiness } = parts;
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  // An app that Muster is mounted in has its own opinion, which counts unless the setting says another one.
  if (trustedProxies.length > 0) app.set("trust proxy", [...trustedProxies]);
  app.use(slashesBefore(SCIM_PATH));
  const sessionAuthentication = new SessionAuthentication(parts.console.sessions, parts.console.cookies);
  // First of all, since most requests go there.
  app.use(
    SCIM_PATH,
    inOrder([
      ...(corsOrigins.length > 0 ? [crossOrigin(corsOrigins)] : []),
      requests.handler,
      whenLoaded(keys, logger),
      scim({ ...parts, sessionAuthentication, baseUrl: `${publicUrl}${SCIM_PATH}` }),
    ]),
  );
  // A host that this is mounted in has routes of its own, which pass by.
  app.use(["/healthz", "/readyz", ...PAGES], requests.handler);
  app.use(health(readiness));
  app.use(PAGES, whenLoaded(keys, logger));
  const pages = new Pages(branding);
  app.use("/invitations", invitations({ ...people, ...parts.console, pages, csrf, logger }));
  app.use(ADMINISTRATOR_SETUP, administratorSetup({ ...people, pages, csrf, logger }));
  app.use("/account-setup", accountSetup({ ...people, pages, csrf, logger }));
  app.use("/password-reset", passwordReset({ ...people, ...parts.console, pages, csrf, logger }));
  app.use(
    CONSOLE,
    consoleRouter({
      ...parts.console,
      pages,
      csrf,
      logger,
      base: `${new URL(publicUrl).pathname.replace(/\/$/, "")}${CONSOLE}`,
    }),
  );
  if (parts.welcomes) app.get("/", requests.handler, welcome(pages, `${publicUrl}${SCIM_PATH}`));
  return app;
}
