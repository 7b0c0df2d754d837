import { v7 as uuidv7 } from "uuid";
import type { Settings } from "./config/types.js";
import { databaseOf } from "./db/open.js";
import type { Database } from "./db/database.js";
import type { Knex } from "./db/host.js";
import { limitsOf } from "./db/lanes/limits.js";
import { migrate } from "./db/migrate.js";
import type { Logger } from "./logging/logger.js";
import { keepPrivate } from "./private-files.js";
import { Transactions } from "./repositories/transactions.js";
import { AdministratorLinks } from "./services/administrators/administrator-links.js";
import { auditChanges } from "./services/audit/change-events.js";
import { Changes } from "./services/changes/changes.js";
import type { Dependencies } from "./services/dependencies.js";
import { SecretKeys } from "./services/keys/secret-keys.js";
import { KeyRotation } from "./services/keys/key-rotation.js";
import { OutgoingMail } from "./services/mail/outgoing-mail.js";
import { membershipNotices } from "./services/memberships/membership-notices.js";
import { AuthenticationService } from "./services/tokens/authentication.js";
import { OperatorService } from "./services/tokens/operator.js";

/** What a host can bring of its own. */
export interface BackendParts {
  readonly logger: Logger;
  /** The host's database; undefined: the one that the settings name. */
  readonly knex?: Knex | undefined;
  /** The time now, in milliseconds since 1970. */
  readonly clock?: (() => number) | undefined;
  /** Makes ids: UUIDs that sort by the time when they were made. */
  readonly newId?: (() => string) | undefined;
}

/** The database, and what works on it without requests, mail or jobs. */
export interface Backend {
  readonly database: Database;
  readonly deps: Dependencies;
  readonly keys: SecretKeys;
  readonly keyRotation: KeyRotation;
  readonly authentication: AuthenticationService;
  readonly operator: OperatorService;
  readonly administratorLinks: AdministratorLinks;
  /** As `Muster.migrate`. */
  migrate(): Promise<readonly string[]>;
}

/** Wires the part of Muster that the command line needs, which loads little; nothing is opened. */
export function createBackend(settings: Settings, parts: BackendParts): Backend {
  const { logger, knex, clock = Date.now, newId = uuidv7 } = parts;
  const { databaseTimeouts, preparedStatements } = settings;
  const database = databaseOf(knex ?? settings.database, limitsOf(databaseTimeouts), preparedStatements);
  const basics = { now: isoTime(clock), newId: () => newId() };
  const mail = new OutgoingMail(basics, settings.mail);
  const deps = {
    ...basics,
    work: new Transactions(database),
    profileMaxBytes: settings.profileMaxBytes,
    requiresFactorOfAdministrators: settings.adminSecondFactor,
    removalsRetentionDays: settings.removalsRetentionDays,
    changes: new Changes([auditChanges(basics), membershipNotices(basics, settings.mail.notices, mail)]),
  };
  const keys = new SecretKeys(deps);
  return {
    ...{ database, deps, keys },
    authentication: new AuthenticationService(deps),
    operator: new OperatorService(deps),
    administratorLinks: new AdministratorLinks(deps, settings.publicUrl),
    keyRotation: new KeyRotation(deps),
    migrate: async () => {
      if (!knex) await keepPrivate(settings, logger);
      await database.connect();
      const migrated = await migrate(database);
      await keys.load();
      return migrated;
    },
  };
}

/** Requests ask for the time more often than the clock ticks. @returns the time now, as ISO 8601 in UTC */
function isoTime(clock: () => number): () => string {
  let [last, text] = [NaN, ""];
  return () => {
    const now = clock();
    if (now !== last) [last, text] = [now, new Date(now).toISOString()];
    return text;
  };
}
