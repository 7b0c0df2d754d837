import type { Response } from "express";
import { ScimError } from "../../scim/errors.js";
import type { Logger } from "../../logging/logger.js";
import { PerNetwork } from "../../services/limits/networks.js";

/** A credential that was refused. */
export interface Failure {
  readonly reason: string;
  /** The beginning of the secret's hash: enough to tell one from another, too little to find it. */
  readonly hash: string | undefined;
  /** The token whose secret it was; undefined for a guess. */
  readonly tokenId: string | undefined;
  readonly address: string | undefined;
  readonly requestId: string;
}

/** How long failures are counted together. */
export const WINDOW_MS = 60_000;

/** What a network may fail in that time before it is slowed; a token that was one is hardly a guess. */
const FREE_POINTS = 300;
const POINTS = { guess: 10, known: 1 };

/** How long an answer is held back, and how many answers are, at a time: they hold connections and memory. */
const DELAY_MS = 1000;
const DELAYED = { ofOneNetwork: 5, ofAll: 100 };

/** How many lines of each kind a window has in the log. */
const LINES = { ofOneNetwork: 5, ofAll: 50, sums: 20 };

/** What one network has failed in this window. */
interface Tally {
  failures: number;
  points: number;
  logged: number;
  delayed: number;
}

/**
 * Keeps failed authentication from costing much: failures are counted by network, logged as far as a log is readable, and
 * slowed. It is asked only after a credential was refused, so a valid one is never slowed by where it comes from.
 */
export class FailedAuthentication {
  readonly #tallies = new PerNetwork<Tally>(() => ({ failures: 0, points: 0, logged: 0, delayed: 0 }));
  #endsAt = Date.now() + WINDOW_MS;
  #logged = 0;
  #delayed = 0;

  constructor(private readonly logger: Logger) {}

  /**
   * Counts and logs a failure, and holds its answer back if there were many.
   *
   * @throws ScimError 429 when there are too many to hold back
   */
  async note(failure: Failure, response: Response): Promise<void> {
    const tally = this.#tallies.of(failure.address);
    tally.failures += 1;
    tally.points += failure.tokenId === undefined ? POINTS.guess : POINTS.known;
    this.#log(failure, tally);
    if (tally.points <= FREE_POINTS) return;
    if (tally.delayed >= DELAYED.ofOneNetwork || this.#delayed >= DELAYED.ofAll) throw this.#tooMany();
    await this.#delay(tally, response);
  }

  /** Logs what was not logged one by one, and counts from zero. To be called at the end of each window. */
  endWindow(): void {
    const unlogged = this.#tallies.entries().filter(([, { failures, logged }]) => failures > logged);
    for (const [network, tally] of unlogged.slice(0, LINES.sums)) {
      this.logger.warn({ network, count: tally.failures - tally.logged }, "More access tokens were refused");
    }
    const rest = unlogged.slice(LINES.sums);
    if (rest.length > 0) {
      const count = rest.reduce((sum, [, { failures, logged }]) => sum + failures - logged, 0);
      this.logger.warn(
        { networks: rest.length, count },
        "More access tokens were refused, from many networks",
      );
    }
    this.#tallies.clear();
    this.#logged = 0;
    this.#endsAt = Date.now() + WINDOW_MS;
  }

  #log(failure: Failure, tally: Tally): void {
    if (tally.logged >= LINES.ofOneNetwork || this.#logged >= LINES.ofAll) return;
    tally.logged += 1;
    this.#logged += 1;
    this.logger.warn(failure, "An access token was refused");
  }

  async #delay(tally: Tally, response: Response): Promise<void> {
    tally.delayed += 1;
    this.#delayed += 1;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, DELAY_MS);
      response.once("close", () => {
        clearTimeout(timer);
        resolve();
      });
    });
    tally.delayed -= 1;
    this.#delayed -= 1;
  }

  #tooMany(): ScimError {
    const seconds = Math.min(Math.max(1, Math.ceil((this.#endsAt - Date.now()) / 1000)), WINDOW_MS / 1000);
    const detail = `Too many wrong access tokens have come from this address; try again in ${seconds} seconds, or with a valid one at once`;
    return new ScimError(429, undefined, detail, { "Retry-After": String(seconds) });
  }
}
