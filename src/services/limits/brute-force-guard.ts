import type { AuditTarget } from "../../domain/audit/audit-event.js";
import { ForbiddenError, TooManyRequestsError, UnknownLinkError } from "../../domain/errors.js";
import { ATTEMPTS_SECONDS, MAX_ATTEMPTS_AT, MAX_UNKNOWN_LINKS } from "../../domain/limits/attempts.js";
import { linkAuthor, PROVIDER_REALM } from "../../domain/access/principal.js";
import type { Author, Principal } from "../../domain/access/principal.js";
import { recordEvent } from "../audit/audit.js";
import type { Dependencies } from "../dependencies.js";
import { PerNetwork } from "./networks.js";
import { counted } from "./rate-limits.js";

export type Origin = Principal["origin"];

/** A secret that somebody tries: what it is, whose it is, and where guessing it is told of. */
export interface GuardedSecret {
  readonly what: keyof typeof MAX_ATTEMPTS_AT;
  readonly whose: string;
  /** Who tries it. */
  readonly author: Author;
  readonly target: AuditTarget;
}

/** Locks out whoever guesses links, passwords and codes, and has it in the audit log. */
export class BruteForceGuard {
  /**
   * Links cannot be attempt, so it is enough that nobody keeps the server busy with it: counted in this process, by
   * network, in windows that are the same for all.
   */
  readonly #links = new PerNetwork(() => ({ tries: 0 }));
  #linksSince = performance.now();

  constructor(private readonly deps: Dependencies) {}

  /**
   * Follows a link, and counts it if nobody made it. Not to be called in a transaction, since it has its own.
   *
   * @param type of what links of this kind lead to
   * @throws what `follow` throws, TooManyRequestsError rather than UnknownLinkError for who tries many
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
    tally.tries += 1;
    if (tally.tries <= MAX_UNKNOWN_LINKS) return;
    if (tally.tries === MAX_UNKNOWN_LINKS + 1) await this.#recordLinks(type, origin);
    throw new TooManyRequestsError(left);
  }

  /** Begins another window when it is time. @returns how many seconds the window still has */
  #leftOfWindow(): number {
    const passed = (performance.now() - this.#linksSince) / 1000;
    if (passed < ATTEMPTS_SECONDS) return Math.ceil(ATTEMPTS_SECONDS - passed);
    this.#links.clear();
    this.#linksSince = performance.now();
    return ATTEMPTS_SECONDS;
  }

  /**
   * Checks a secret; a guess is counted before it is looked at, so that many at once count as many.
   *
   * @throws TooManyRequestsError for who is locked out, ForbiddenError for a wrong one
   */
  async check(attempt: GuardedSecret, isRight: () => Promise<boolean>): Promise<void> {
    const { what, author, target } = attempt;
    await this.count(attempt);
    if (await isRight()) {
      await this.deps.work.write(author.realm, ({ rateLimits }) => rateLimits.forget(counterOf(attempt)));
      return;
    }
    await this.deps.work.write(author.realm, (repositories) =>
      recordEvent(this.deps, repositories, author, {
        ...{ action: "change", target, result: "refused", status: 403, detail: `a wrong ${what}` },
      }),
    );
    throw what === "code" ? wrongCode() : new ForbiddenError("The password is wrong; try again");
  }

  /** Counts a try, before it costs anything. @throws TooManyRequestsError for who is locked out */
  async count(attempt: GuardedSecret): Promise<void> {
    const { what, author, target } = attempt;
    const limit = { points: MAX_ATTEMPTS_AT[what], seconds: ATTEMPTS_SECONDS };
    const { excess, retryAfter } = await this.deps.work.write(author.realm, async (repositories) => {
      const after = await counted(this.deps, repositories, counterOf(attempt), limit);
      if (after.excess === 1) {
        await recordEvent(this.deps, repositories, author, {
          ...{ action: "change", target, result: "refused", status: 429 },
          detail: `locked out after ${limit.points} ${what === "new password" ? "" : "wrong "}${what}s`,
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
  );

const counterOf = ({ what, whose }: GuardedSecret) =>
  what === "new password" ? `new password of ${whose}` : `wrong ${what} of ${whose}`;
