import type { AuditAction, AuditTarget } from "../../domain/audit/audit-event.js";
import { ForbiddenError, TooManyRequestsError, UnknownLinkError } from "../../domain/errors.js";
import { ATTEMPTS_SECONDS, MAX_ATTEMPTS_AT, MAX_UNKNOWN_LINKS } from "../../domain/limits/attempts.js";
import { linkAuthor, PROVIDER_REALM } from "../../domain/access/principal.js";
import type { Author, Principal } from "../../domain/access/principal.js";
import { recordEvent } from "../audit/audit.js";
import type { Dependencies } from "../dependencies.js";
import { PerNetwork } from "./networks.js";
import { counted } from "./rate-limits.js";

export type Origin = Principal["origin"];

/** An attempt to guess or set a secret. */
export interface GuardedAttempt {
  readonly kind: keyof typeof MAX_ATTEMPTS_AT;
  /** Identifies whose secret it is: attempts are counted per owner. */
  readonly owner: string;
  /** Who makes the attempt. */
  readonly author: Author;
  /** The target of audit events about wrong attempts. */
  readonly target: AuditTarget;
  /** What it is an attempt to do; by default, to change something. */
  readonly action?: AuditAction;
}

/** Locks out clients that guess links, passwords or codes, and records that in the audit log. */
export class BruteForceGuard {
  /**
   * Links are too long to guess, so this only keeps clients from wasting the server's time. Unknown links are counted in
   * this process, per network, in windows that are the same for all.
   */
  readonly #links = new PerNetwork(() => ({ attempts: 0 }));
  #linksSince = performance.now();

  constructor(private readonly deps: Dependencies) {}

  /**
   * Follows a link, and counts it if it is unknown. Do not call it in a transaction, since it begins its own.
   *
   * @param type the type of resource that the link is for
   * @throws what `follow` throws, and TooManyRequestsError instead of UnknownLinkError after too many attempts
   */
  async ofLinks<T>(type: string, origin: Origin, follow: () => Promise<T>): Promise<T> {
    try {
      return await follow();
    } catch (error) {
      if (error instanceof UnknownLinkError) await this.#countLink(type, origin);
      throw error;
    }
  }

  async #countLink(type: string, origin: Origin): Promise<void> {
    const left = this.#leftOfWindow();
    const tally = this.#links.of(origin?.address);
    tally.attempts += 1;
    if (tally.attempts <= MAX_UNKNOWN_LINKS) return;
    if (tally.attempts === MAX_UNKNOWN_LINKS + 1) await this.#recordLinks(type, origin);
    throw new TooManyRequestsError(left);
  }

  /** Begins a new window when the last one is over. @returns how many seconds the window has left */
  #leftOfWindow(): number {
    const passed = (performance.now() - this.#linksSince) / 1000;
    if (passed < ATTEMPTS_SECONDS) return Math.ceil(ATTEMPTS_SECONDS - passed);
    this.#links.clear();
    this.#linksSince = performance.now();
    return ATTEMPTS_SECONDS;
  }

  /**
   * Checks a secret. The attempt is counted before the check, so that parallel attempts cannot exceed the limit.
   *
   * @throws TooManyRequestsError when locked out, ForbiddenError for a wrong secret
   */
  async check(attempt: GuardedAttempt, isRight: () => Promise<boolean>): Promise<void> {
    const { kind, author, target, action = "change" } = attempt;
    await this.count(attempt);
    if (await isRight()) {
      await this.deps.work.write(author.realm, ({ rateLimits }) => rateLimits.forget(counterOf(attempt)));
      return;
    }
    await this.deps.work.write(author.realm, (repositories) =>
      recordEvent(this.deps, repositories, author, {
        ...{ action, target, result: "refused", status: 403, detail: `a wrong ${kind}` },
      }),
    );
    throw kind === "password" || kind === "new password" ? wrongPassword() : WRONG_CODES[kind]();
  }

  /** Counts an attempt, before it costs time. @throws TooManyRequestsError when locked out */
  async count(attempt: GuardedAttempt): Promise<void> {
    const { kind, author, target, action = "change" } = attempt;
    const limit = { points: MAX_ATTEMPTS_AT[kind], seconds: ATTEMPTS_SECONDS };
    const { excess, retryAfter } = await this.deps.work.write(author.realm, async (repositories) => {
      const after = await counted(this.deps, repositories, counterOf(attempt), limit);
      if (after.excess === 1) {
        await recordEvent(this.deps, repositories, author, {
          ...{ action, target, result: "refused", status: 429 },
          detail: `locked out after ${limit.points} ${kind === "new password" ? "" : "wrong "}${kind}s`,
        });
      }
      return after;
    });
    if (excess > 0) throw new TooManyRequestsError(retryAfter);
  }

  #recordLinks(type: string, origin: Origin): Promise<void> {
    return this.deps.work.write(PROVIDER_REALM, (repositories) =>
      recordEvent(this.deps, repositories, linkAuthor(PROVIDER_REALM, undefined, undefined, origin), {
        ...{ action: "read", target: { type }, result: "refused", status: 429 },
        detail: `locked out after ${MAX_UNKNOWN_LINKS} unknown links`,
      }),
    );
  }
}

export const wrongCode = () =>
  new ForbiddenError(
    "The code is wrong or no longer valid; use the code in the latest e-mail, or request a new one",
    "code",
  );

const wrongPassword = () => new ForbiddenError("The password is wrong; try again", "password");

const WRONG_CODES = {
  code: wrongCode,
  "second factor": () =>
    new ForbiddenError(
      "The code is wrong, or was used already; wait for the next one in your app, or use a recovery code",
      "code",
    ),
};

const counterOf = ({ kind, owner }: GuardedAttempt) =>
  kind === "new password" ? `new password of ${owner}` : `wrong ${kind} of ${owner}`;
