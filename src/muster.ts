import { createBackend } from "./backend.js";
import { brandOf } from "./config/brand.js";
import { readOptions } from "./config/settings.js";
import { shownSettings } from "./config/shown-settings.js";
import { accentsOf } from "./domain/values/color.js";
import { CONSOLE, createApp } from "./http/app.js";
import { ConsoleCookies } from "./http/console/cookies.js";
import { CsrfTokens } from "./http/pages/csrf.js";
import { FailedAuthentication } from "./http/authentication/failed-authentication.js";
import { readinessOf } from "./http/server/health.js";
import { RunningRequests } from "./http/server/running-requests.js";
import { Jobs, startJobs } from "./jobs.js";
import { Lifecycle } from "./lifecycle.js";
import type { End } from "./lifecycle.js";
import { createLogger, withoutSecrets } from "./logging/logger.js";
import type { Logger } from "./logging/logger.js";
import { HOST_OPTIONS, requireOptions } from "./options.js";
import type { MusterOptions } from "./options.js";
import { mailComposer } from "./delivery/mail/composer.js";
import { OutboxWorker } from "./delivery/outbox-worker.js";
import { Templates } from "./delivery/mail/templates.js";
import { transportOf } from "./delivery/mail/transport.js";
import { mailFolder } from "./private-files.js";
import { Cursors } from "./scim/answers/cursors.js";
import { PageMemory } from "./scim/answers/page-memory.js";
import type { AdministratorLinks } from "./services/administrators/administrator-links.js";
import { AdministratorSetup } from "./services/administrators/administrator-setup.js";
import { AccountProof } from "./services/invitations/account-proof.js";
import { AcceptanceService } from "./services/invitations/acceptance.js";
import { SessionAcceptance } from "./services/invitations/session-acceptance.js";
import { AccountSetupService } from "./services/users/account-setup.js";
import { ForgottenPasswords } from "./services/users/forgotten-password.js";
import { PasswordResetService } from "./services/users/password-resets.js";
import { AddressProofs } from "./services/invitations/address-proofs.js";
import { resourceServices } from "./services/resource-services.js";
import type { ResourceServices } from "./services/resource-services.js";
import { SearchIndexing } from "./services/users/search-indexing.js";
import { CandidateService } from "./services/users/candidates.js";
import type { AuthenticationService } from "./services/tokens/authentication.js";
import type { OperatorService } from "./services/tokens/operator.js";
import { CurrentSessions } from "./services/sessions/current-session.js";
import { Devices } from "./services/sessions/devices.js";
import { PasswordChange } from "./services/sessions/password-change.js";
import { PasswordCheckService } from "./services/sessions/password-check.js";
import { SignInService } from "./services/sessions/sign-in.js";
import { BruteForceGuard } from "./services/limits/brute-force-guard.js";
import { Links } from "./services/invitations/links.js";
import { OpenInvitations } from "./services/invitations/open-invitations.js";
import { OutgoingMail } from "./services/mail/outgoing-mail.js";
import { Passwords } from "./services/passwords/passwords.js";
import { EarlierKeys } from "./services/keys/earlier-keys.js";
import { FactorCodes } from "./services/second-factors/factor-codes.js";
import { FactorSetups } from "./services/second-factors/factor-setups.js";
import { resealFactors } from "./services/second-factors/resealing.js";
import { Sealing } from "./services/second-factors/sealing.js";
import { SecondFactors } from "./services/second-factors/second-factors.js";
import { OwnAddressService } from "./services/users/own-addresses.js";
import { CurrentPassword } from "./services/sessions/current-password.js";
import { Refusals } from "./services/audit/refusals.js";
import { versionOfMuster } from "./version.js";

export interface Services extends ResourceServices {
  readonly authentication: AuthenticationService;
  readonly operator: OperatorService;
  readonly administratorLinks: AdministratorLinks;
  readonly refusals: Refusals;
}

/** Muster, wired up. */
export interface Muster {
  /** Serves SCIM, the pages that links in mail lead to, and `/healthz` and `/readyz`. */
  readonly app: ReturnType<typeof createApp>;
  readonly services: Services;
  /** The logger that it was made with, without secrets in what it writes. */
  readonly logger: Logger;
  /**
   * Brings the database's schema up to date.
   *
   * @returns the names of the migrations that were run
   * @throws DatabaseUnavailableError
   */
  migrate(): Promise<readonly string[]>;
  /** Starts what Muster does by itself, such as sending mail; before that, it takes the bootstrap token. */
  start(): Promise<void>;
  /** `/readyz` answers 503 from now on, and answers carry `Connection: close`; all requests are still served. */
  beginStop(): void;
  /**
   * Refuses further requests, waits for those that run and for the jobs, and closes all that Muster opened itself.
   *
   * @param connections resolves when the HTTP server has no open connection; requests are served until then
   * @param graceMs in so many milliseconds it is over, whatever still runs; undefined: the option `stop.grace`
   * @returns how it ended
   */
  stop(connections?: Promise<unknown>, graceMs?: number): Promise<End>;
  /** Waits for the jobs that are under way and closes the database; requests must be over. */
  close(): Promise<void>;
}

/**
 * Puts everything together, and does nothing else: nothing is opened, written or sent before it is asked for.
 *
 * @throws SettingsError that names each option that is wrong
 */
export function createMuster(options: MusterOptions): Muster {
  requireOptions(options);
  const settings = readOptions(options, HOST_OPTIONS);
  const { clock = Date.now, newId } = options;
  const logger = withoutSecrets(options.logger ?? createLogger(settings.logLevel));
  const knex = typeof options.database === "function" ? options.database : undefined;
  const backend = createBackend(settings, { logger, knex, clock, newId });
  const { database, deps, keys, authentication, operator, administratorLinks } = backend;
  const { mail, templates, publicUrl } = settings;
  const links = new Links(() => keys.ring("links"), publicUrl);
  const outgoing = new OutgoingMail(deps, mail);
  const guard = new BruteForceGuard(deps);
  const openInvitations = new OpenInvitations(deps, links, guard);
  const passwords = new Passwords(options.passwordCost);
  const refusals = new Refusals(deps);
  const devices = new Devices(() => keys.ring("devices"));
  const sealing = new Sealing(() => keys.ring("factors"));
  const currentPassword = new CurrentPassword(deps, guard, passwords);
  const codes = new FactorCodes(deps, guard, sealing);
  const proof = new AccountProof(deps, guard, passwords, codes);
  const requests = new RunningRequests();
  const jobs = new Jobs(logger, deps.now);
  const transport = transportOf(mail, options.mailer, mailFolder(settings));
  const readiness = readinessOf(() => database.check(), requests);
  let startedAt = deps.now();
  const facts = {
    version: versionOfMuster(),
    nodeVersion: process.version,
    processes: options.processes ?? 1,
    engine: database.dialect.engine,
    mailTransport: transport.name,
    settings: shownSettings(settings, {
      inCode: [...(knex ? ["database"] : [])],
      isEmbedded: !("http" in options),
    }),
  };
  const shared = {
    server: {
      facts: () => ({ ...facts, startedAt, jobs: jobs.states }),
      ...{ readiness, engineVersion: () => database.version() },
    },
    refusals,
    passwordCheck: new PasswordCheckService(deps, passwords, devices, codes),
    candidates: new CandidateService(deps, settings.candidates),
    links,
    mail: outgoing,
    passwords,
    sessionTimes: settings.sessions,
  };
  const services: Services = {
    ...resourceServices(deps, shared),
    ...{ authentication, operator, administratorLinks, refusals },
  };
  const currentSessions = new CurrentSessions(deps, settings.sessions);
  const brand = brandOf(settings, accentsOf(settings.productColor));
  const ending = new AbortController();
  const failedAuthentication = new FailedAuthentication(logger);
  const app = createApp({
    failedAuthentication,
    services,
    cursors: new Cursors(() => keys.ring("cursors"), settings.cursorTimeout, clock),
    pageMemory: new PageMemory(settings.pageMaxBytes),
    people: {
      acceptance: new AcceptanceService(deps, openInvitations, guard, passwords, proof),
      inSession: new SessionAcceptance(deps, openInvitations),
      proofs: new AddressProofs(deps, links, openInvitations, guard, outgoing),
      setup: new AccountSetupService(deps, links, guard, passwords),
      resets: new PasswordResetService(deps, links, guard, passwords),
      administrators: new AdministratorSetup(deps, guard, passwords),
    },
    console: {
      signIn: new SignInService(deps, passwords, codes, settings.sessions),
      secondFactors: new SecondFactors(deps, guard, {
        codes,
        setups: new FactorSetups(deps, sealing, settings.productName),
        password: currentPassword,
      }),
      ownAddresses: new OwnAddressService(deps, links, guard, outgoing, currentPassword),
      passwordChange: new PasswordChange(deps, guard, passwords),
      forgotten: new ForgottenPasswords(deps, outgoing),
      sessions: currentSessions,
      sessionTimes: settings.sessions,
      cookies: new ConsoleCookies(() => keys.ring("csrf"), devices, publicUrl.startsWith("https:")),
    },
    csrf: new CsrfTokens(() => keys.ring("csrf"), publicUrl.startsWith("https:"), clock),
    branding: {
      ...brand,
      templates,
      acceptedUrl: settings.acceptedUrl,
      signInUrl: `${publicUrl}${CONSOLE}/sign-in`,
    },
    welcomes: options.welcome === true,
    advertisePagination: settings.advertisePagination,
    bulkLimits: settings.bulk,
    logger,
    publicUrl,
    trustedProxies: settings.trustedProxies,
    corsOrigins: settings.corsOrigins,
    ...{ requests, keys, readiness, ending: ending.signal, now: clock },
  });
  const outbox = new OutboxWorker({
    ...deps,
    transport,
    compose: mailComposer({
      ...{ ...deps, brand, templates: new Templates(templates), secrets: links },
      productUrl: settings.acceptedUrl,
    }),
    logger,
  });
  const searchIndexing = new SearchIndexing(deps);
  const lifecycle = new Lifecycle({
    ...{ requests, ending, jobs, logger },
    endJobs: () => {
      outbox.stop();
      searchIndexing.stop();
    },
    close: async () => {
      transport.close();
      await passwords.close();
      failedAuthentication.endWindow();
      try {
        await services.authentication.writeDownUse();
        await currentSessions.writeDownUse();
        await refusals.writeDown();
      } catch (error) {
        logger.error({ err: error }, "The last counts could not be written to the database");
      }
      await database.close();
    },
  });
  const { removalsRetentionDays, auditRetentionDays, bootstrapToken } = settings;
  return {
    ...{ app, services, logger },
    migrate: () => backend.migrate(),
    start: async () => {
      startedAt = deps.now();
      await keys.load();
      if (bootstrapToken !== undefined) await services.authentication.adopt("bootstrap", bootstrapToken);
      const retention = { removalsRetentionDays, auditRetentionDays };
      startJobs(jobs, {
        ...deps,
        services,
        currentSessions,
        outbox,
        searchIndexing,
        failedAuthentication,
        keys,
        earlierKeys: new EarlierKeys(deps, () => resealFactors(deps, sealing)),
        clock,
        ...retention,
      });
    },
    beginStop: () => {
      lifecycle.beginStop();
    },
    stop: (connections, graceMs = settings.stop.grace * 1000) => lifecycle.stop(graceMs, connections),
    close: () => lifecycle.close(),
  };
}
