import type { OutboxWorker } from "./delivery/outbox-worker.js";
import { PROVIDER_REALM } from "./domain/access/principal.js";
import { WINDOW_MS } from "./http/authentication/failed-authentication.js";
import type { JobState } from "./domain/server/server-state.js";
import type { FailedAuthentication } from "./http/authentication/failed-authentication.js";
import type { Logger } from "./logging/logger.js";
import type { UnitOfWork } from "./repositories/unit-of-work.js";
import type { AuditService } from "./services/audit/audit.js";
import type { EarlierKeys } from "./services/keys/earlier-keys.js";
import { TAKE_UP_MS } from "./services/keys/secret-keys.js";
import type { SecretKeys } from "./services/keys/secret-keys.js";
import type { Refusals } from "./services/audit/refusals.js";
import type { RemovalService } from "./services/removals/removals.js";
import type { CurrentSessions } from "./services/sessions/current-session.js";
import type { AuthenticationService } from "./services/tokens/authentication.js";
import type { SearchIndexing } from "./services/users/search-indexing.js";

/** How often it is logged that a job fails, in milliseconds. */
const REMIND_MS = 60_000;

const SECOND = 1000;
const HOUR = 60 * 60 * SECOND;
const DAY = 24 * HOUR;

/** How often each job runs, in milliseconds. */
const INTERVALS = {
  prune: HOUR,
  sendMail: SECOND / 4,
  /** How long it takes at most until a search need not look at a person one by one. */
  indexPeople: 2 * SECOND,
  /** How often it is looked whether the rows that count accounts are many, on PostgreSQL. */
  addUpAccounts: 5 * SECOND,
  /** How long it takes at most until it is written down that an access token was used. */
  recordUse: 60 * SECOND,
  /** How long it takes at most until the audit log says how often something was refused. */
  recordRefusals: 5 * SECOND,
  countFailures: WINDOW_MS,
  takeUpKeys: TAKE_UP_MS,
};

/** What the jobs work on. */
export interface JobParts {
  readonly work: UnitOfWork;
  readonly now: () => string;
  readonly clock: () => number;
  readonly services: {
    readonly audit: AuditService;
    readonly authentication: AuthenticationService;
    readonly refusals: Refusals;
    readonly removals: RemovalService;
  };
  readonly currentSessions: CurrentSessions;
  readonly outbox: OutboxWorker;
  readonly searchIndexing: SearchIndexing;
  readonly failedAuthentication: FailedAuthentication;
  readonly keys: SecretKeys;
  readonly earlierKeys: EarlierKeys;
  readonly removalsRetentionDays: number;
  readonly auditRetentionDays: number;
}

/** Starts all that a server does by itself. Only a process that serves requests does; commands never do. */
export function startJobs(jobs: Jobs, parts: JobParts): void {
  const { work, now, clock, services, currentSessions, outbox, searchIndexing, failedAuthentication } = parts;
  const { audit, authentication, refusals, removals } = services;
  jobs.start("removing what is kept no longer", INTERVALS.prune, async () => {
    const daysAgo = (days: number) => new Date(clock() - days * DAY).toISOString();
    await audit.prune(daysAgo(parts.auditRetentionDays));
    await work.write(PROVIDER_REALM, async ({ rateLimits, records }) => {
      await rateLimits.prune(now());
      await records.forget(daysAgo(parts.removalsRetentionDays));
    });
    await removals.prune({
      keptSince: daysAgo(parts.removalsRetentionDays),
      toldSince: daysAgo(parts.auditRetentionDays),
    });
    await currentSessions.prune();
    await outbox.prune();
    await parts.earlierKeys.prune();
  });
  jobs.start("taking up new secret keys", INTERVALS.takeUpKeys, () => parts.keys.read());
  jobs.start("sending mail", INTERVALS.sendMail, () => outbox.run());
  jobs.start("indexing people for searches", INTERVALS.indexPeople, () => searchIndexing.run());
  jobs.start("adding up how many accounts there are", INTERVALS.addUpAccounts, async () => {
    if (!(await work.read(PROVIDER_REALM).accountCount.isScattered())) return;
    await work.write(PROVIDER_REALM, ({ accountCount }) => accountCount.addUp());
  });
  jobs.start("writing down when access tokens were used", INTERVALS.recordUse, () =>
    authentication.writeDownUse(),
  );
  jobs.start("writing down when sessions were used", INTERVALS.recordUse, () =>
    currentSessions.writeDownUse(),
  );
  jobs.start("writing down how often what was refused", INTERVALS.recordRefusals, () => refusals.writeDown());
  jobs.start("counting refused access tokens", INTERVALS.countFailures, () => {
    failedAuthentication.endWindow();
    return Promise.resolve();
  });
}

/** What a server does regularly, by itself. */
export class Jobs {
  /** By the names of what they do. */
  readonly #timers = new Map<string, NodeJS.Timeout>();
  #isStopped = false;
  readonly #running = new Set<Promise<void>>();
  /** By their names. */
  readonly #states = new Map<string, JobState>();

  /** @param now ISO 8601 in UTC */
  constructor(
    private readonly logger: Logger,
    private readonly now: () => string,
  ) {}

  /** How each of them goes, in the order in which they were started. */
  get states(): readonly JobState[] {
    return [...this.#states.values()];
  }

  /**
   * Does something now and at every interval, in milliseconds, unless it is still under way. That it fails is logged
   * once a minute, and that it works again once. What has been started already is not started again, and nothing is
   * once all is stopped.
   *
   * @param name what it is, for the log
   */
  start(name: string, interval: number, work: () => Promise<unknown>): void {
    if (this.#isStopped || this.#timers.has(name)) return;
    this.#states.set(name, { name, isFailing: false, lastRunAt: undefined, failingSince: undefined });
    const logged = this.#logged(name, work);
    let isRunning = false;
    const run = () => {
      if (isRunning) return;
      isRunning = true;
      const running = logged().finally(() => {
        isRunning = false;
        this.#running.delete(running);
      });
      this.#running.add(running);
    };
    run();
    const timer = setInterval(run, interval);
    timer.unref();
    this.#timers.set(name, timer);
  }

  /** Starts no more work. @returns resolves when what is under way has ended */
  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const timer of this.#timers.values()) clearInterval(timer);
    await Promise.all(this.#running);
  }

  #logged(name: string, work: () => Promise<unknown>): () => Promise<void> {
    let loggedAt: number | undefined;
    return async () => {
      try {
        await work();
        this.#note(name, false);
        if (loggedAt !== undefined) this.logger.info({}, `Works again: ${name}`);
        loggedAt = undefined;
      } catch (error) {
        this.#note(name, true);
        const now = performance.now();
        if (loggedAt !== undefined && now - loggedAt < REMIND_MS) return;
        loggedAt = now;
        this.logger.error({ err: error }, `Failed, and is tried again: ${name}`);
      }
    };
  }

  #note(name: string, isFailing: boolean): void {
    const lastRunAt = this.now();
    const failingSince = isFailing ? (this.#states.get(name)?.failingSince ?? lastRunAt) : undefined;
    this.#states.set(name, { name, isFailing, lastRunAt, failingSince });
  }
}
