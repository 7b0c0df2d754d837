import { v7 as uuidv7 } from "uuid";
import type { Settings } from "./config/settings.js";
import { openDatabase } from "./db/open.js";
import { migrate } from "./db/migrate.js";
import { PROVIDER_REALM } from "./domain/access/principal.js";
import { createApp } from "./http/app.js";
import { CsrfTokens } from "./http/pages/csrf.js";
import { FailedAuthentication, WINDOW_MS } from "./http/authentication/failed-authentication.js";
import { RunningRequests } from "./http/server/running-requests.js";
import { Jobs } from "./jobs.js";
import { Lifecycle } from "./lifecycle.js";
import { createLogger } from "./logging/logger.js";
import type { Logger } from "./logging/logger.js";
import { mailComposer } from "./delivery/mail/composer.js";
import { OutboxWorker } from "./delivery/outbox-worker.js";
import { Templates } from "./delivery/mail/templates.js";
import { fileTransport, smtpTransport } from "./delivery/mail/transport.js";
import { keepPrivate, mailFolder } from "./private-files.js";
import { Transactions } from "./repositories/unit-of-work.js";
import { Cursors } from "./scim/answers/cursors.js";
import { PageMemory } from "./scim/answers/page-memory.js";
import { AcceptanceService } from "./services/invitations/acceptance.js";
import { AccountSetupService, SetupMail } from "./services/users/account-setup.js";
import { AddressProofs } from "./services/invitations/address-proofs.js";
import { AccessTokenService } from "./services/tokens/access-tokens.js";
import type { ScimServices } from "./scim/context.js";
import { AuditService } from "./services/audit/audit.js";
import { BatchService } from "./services/batches.js";
import type { Outside } from "./services/batches.js";
import { CandidateService } from "./services/users/candidates.js";
import { TeamService } from "./services/teams/teams.js";
import { UserService } from "./services/users/users.js";
import { AuthenticationService } from "./services/tokens/authentication.js";
import { OperatorService } from "./services/tokens/operator.js";
import { DirectoryService } from "./services/directory.js";
import type { Dependencies } from "./services/dependencies.js";
import { secretKey } from "./services/keys.js";
import { InvitationService } from "./services/invitations/invitations.js";
import { BruteForceGuard } from "./services/limits/brute-force-guard.js";
import { Links } from "./services/invitations/links.js";
import { MembershipNotices } from "./services/memberships/membership-notices.js";
import { OpenInvitations } from "./services/invitations/open-invitations.js";
import { OutgoingMail } from "./services/mail/outgoing-mail.js";
import { OrganizationService } from "./services/organizations/organizations.js";
import { Passwords } from "./services/passwords/passwords.js";
import { Refusals } from "./services/audit/refusals.js";

export interface Services extends ScimServices {
  readonly authentication: AuthenticationService;
  readonly operator: OperatorService;
  readonly refusals: Refusals;
}

/** What services share, whichever unit of work they are given. */
interface Shared extends Outside {
  /** No part of a batch: nobody looks for candidates in a Bulk. */
  readonly candidates: CandidateService;
  readonly links: Links;
  readonly mail: OutgoingMail;
  readonly notices: MembershipNotices;
}

/** What SCIM requests call. */
function resourceServices(deps: Dependencies, shared: Shared): ScimServices {
  const { candidates, links, mail, notices, refusals, passwords } = shared;
  return {
    users: new UserService(deps, new SetupMail(deps, mail), notices, passwords),
    organizations: new OrganizationService(deps, notices),
    directory: new DirectoryService(deps),
    audit: new AuditService(deps, refusals),
    teams: new TeamService(deps),
    invitations: new InvitationService(deps, links, mail),
    accessTokens: new AccessTokenService(deps),
    candidates,
    batches: new BatchService(deps.work, shared, (work, held) =>
      resourceServices({ ...deps, work }, { ...shared, ...held }),
    ),
  };
}

/** Muster, wired up and ready to serve. */
export interface Muster {
  readonly app: ReturnType<typeof createApp>;
  readonly services: Services;
  readonly logger: Logger;
  /** The migrations that were run just now. */
  readonly migrated: readonly string[];
  /** How it ends; see there. */
  readonly lifecycle: Lifecycle;
  /** Closes the database; requests must be over. */
  close(): Promise<void>;
}

const DAY = 24 * 60 * 60 * 1000;
const PRUNING_INTERVAL = DAY / 24;
/** How long it takes at most until it is written down that an access token was used. */
const USE_INTERVAL = 60 * 1000;
/** How long it takes at most until the audit log says how often something was refused. */
const REFUSALS_INTERVAL = 5 * 1000;
/** How often it is looked for mail to send. */
const SENDING_INTERVAL = 250;

/**
 * Opens the database, brings its schema up to date and puts everything together.
 *
 * @param clock the time now, in milliseconds since 1970
 */
export async function compose(settings: Settings, clock: () => number = Date.now): Promise<Muster> {
  const logger = createLogger(settings.logLevel);
  await keepPrivate(settings, logger);
  const database = await openDatabase(settings.database, settings.databaseLimits);
  try {
    const migrated = await migrate(database);
    const deps = {
      work: new Transactions(database),
      now: () => new Date(clock()).toISOString(),
      newId: () => uuidv7(),
      profileMaxBytes: settings.profileMaxBytes,
    };
    const { mail, productName, templates } = settings;
    const links = new Links(await secretKey(deps, "links"), settings.publicUrl);
    const outgoing = new OutgoingMail(deps, mail);
    const guard = new BruteForceGuard(deps);
    const openInvitations = new OpenInvitations(deps, links, guard);
    const passwords = new Passwords();
    const refusals = new Refusals(deps);
    const shared = {
      refusals,
      candidates: new CandidateService(deps, settings.candidates),
      links,
      mail: outgoing,
      notices: new MembershipNotices(deps, mail.notices),
      passwords,
    };
    const services: Services = {
      ...resourceServices(deps, shared),
      authentication: new AuthenticationService(deps),
      operator: new OperatorService(deps),
      refusals,
    };
    if (settings.bootstrapToken !== undefined) {
      await services.authentication.adopt("bootstrap", settings.bootstrapToken);
    }
    const requests = new RunningRequests();
    const ending = new AbortController();
    const failedAuthentication = new FailedAuthentication(logger);
    const app = createApp({
      failedAuthentication,
      services,
      cursors: new Cursors(await secretKey(deps, "cursors"), settings.cursorTimeout, clock),
      pageMemory: new PageMemory(settings.pageMaxBytes),
      people: {
        acceptance: new AcceptanceService(deps, openInvitations, guard, passwords),
        proofs: new AddressProofs(deps, links, openInvitations, guard, outgoing),
        setup: new AccountSetupService(deps, links, guard, passwords),
      },
      csrf: new CsrfTokens(await secretKey(deps, "csrf"), settings.publicUrl.startsWith("https:"), clock),
      look: {
        ...{ productName, templates },
        logoUrl: settings.productLogoUrl,
        acceptedUrl: settings.acceptedUrl,
      },
      advertisePagination: settings.advertisePagination,
      bulkLimits: settings.bulk,
      logger,
      publicUrl: settings.publicUrl,
      trustedProxies: settings.trustedProxies,
      ...{ requests, ending: ending.signal },
      ready: () => database.check(),
    });
    const transport =
      mail.smtpUrl === undefined
        ? fileTransport(mailFolder(settings), mail.from)
        : smtpTransport(mail.smtpUrl, mail.from);
    const outbox = new OutboxWorker({
      ...deps,
      transport,
      compose: mailComposer({
        ...{ ...deps, productName, templates: new Templates(templates), secrets: links },
        productUrl: settings.acceptedUrl,
      }),
      logger,
    });
    const jobs = new Jobs(logger);
    jobs.start("removing what is kept no longer", PRUNING_INTERVAL, async () => {
      await services.audit.prune(new Date(clock() - settings.auditRetentionDays * DAY).toISOString());
      await deps.work.write(PROVIDER_REALM, ({ rateLimits }) => rateLimits.prune(deps.now()));
      await outbox.prune();
    });
    jobs.start("sending mail", SENDING_INTERVAL, () => outbox.run());
    jobs.start("writing down when access tokens were used", USE_INTERVAL, () =>
      services.authentication.writeDownUse(),
    );
    jobs.start("writing down how often what was refused", REFUSALS_INTERVAL, () => refusals.writeDown());
    const endWindow = () => {
      failedAuthentication.endWindow();
      return Promise.resolve();
    };
    jobs.start("counting refused access tokens", WINDOW_MS, endWindow);
    const lifecycle = new Lifecycle({
      ...{ requests, ending, jobs, logger },
      endJobs: () => {
        outbox.stop();
      },
      close: async () => {
        transport.close();
        await passwords.close();
        failedAuthentication.endWindow();
        try {
          await services.authentication.writeDownUse();
          await refusals.writeDown();
        } catch (error) {
          logger.error({ err: error }, "What was counted last could not be written down");
        }
        await database.close();
      },
    });
    return { app, services, logger, migrated, lifecycle, close: () => lifecycle.close() };
  } catch (error) {
    await database.close();
    throw error;
  }
}
