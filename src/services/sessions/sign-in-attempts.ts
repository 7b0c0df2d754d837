import { hash } from "node:crypto";
import { ATTEMPTS_SECONDS, MAX_SIGN_INS } from "../../domain/limits/attempts.js";
import { foldCase } from "../../domain/values/text.js";
import type { RateLimitRepository } from "../../repositories/limits/rate-limits.js";
import type { Repositories } from "../../repositories/unit-of-work.js";
import type { Dependencies } from "../dependencies.js";
import { networkOf } from "../limits/networks.js";
import { counted } from "../limits/rate-limits.js";

/** Who tries to sign in, and from where. */
export interface SignInAttempt {
  /** The account, or the name that was entered if there is none: the limits are the same. */
  readonly owner: string;
  /** A browser that has signed in to this account before; undefined: another one. */
  readonly device: string | undefined;
  /** Undefined: not known, so that all attempts count as coming from one. */
  readonly network: string | undefined;
}

interface Counter {
  readonly name: string;
  readonly points: number;
}

/**
 * Limits how often passwords can be tried. Strangers are counted for each name and for each network. A browser that has
 * signed in to the account before has a counter of its own: so strangers who try an account's password lock out
 * themselves, and not the person.
 */
export class SignInAttempts {
  constructor(private readonly deps: Pick<Dependencies, "now">) {}

  /**
   * Counts an attempt before the password is checked, so that parallel attempts cannot exceed the limit.
   *
   * @returns the seconds until the next attempt is possible, and whether this is the first one beyond the limit;
   *   undefined: it is within the limits
   */
  async count(
    { rateLimits }: Pick<Repositories, "rateLimits">,
    attempt: SignInAttempt,
  ): Promise<{ retryAfter: number; isFirst: boolean } | undefined> {
    let beyond: { retryAfter: number; isFirst: boolean } | undefined;
    for (const { name, points } of countersOf(attempt)) {
      const limit = { points, seconds: ATTEMPTS_SECONDS };
      const { excess, retryAfter } = await counted(this.deps, { rateLimits }, name, limit);
      if (excess > 0 && beyond === undefined) beyond = { retryAfter, isFirst: excess === 1 };
    }
    return beyond;
  }

  /** Takes back what was counted of an attempt with the right password: only wrong ones count. */
  async forgive({ rateLimits }: { readonly rateLimits: RateLimitRepository }, attempt: SignInAttempt) {
    const [own, ...shared] = countersOf(attempt);
    if (own) await rateLimits.forget(own.name);
    for (const { name } of shared) {
      await counted(this.deps, { rateLimits }, name, { points: 0, seconds: ATTEMPTS_SECONDS }, -1);
    }
  }
}

/** The attempt's own counter comes first, then those that it shares with others. */
function countersOf({ owner, device, network }: SignInAttempt): Counter[] {
  if (device !== undefined) {
    return [{ name: `sign-in of ${owner} by ${device}`, points: MAX_SIGN_INS.fromOneDevice }];
  }
  if (network === undefined) {
    return [{ name: `sign-in of ${owner}`, points: MAX_SIGN_INS.ofOneNameFromOneNetwork }];
  }
  return [
    { name: `sign-in of ${owner} from ${network}`, points: MAX_SIGN_INS.ofOneNameFromOneNetwork },
    { name: `sign-in of ${owner}`, points: MAX_SIGN_INS.ofOneName },
    { name: `sign-in from ${network}`, points: MAX_SIGN_INS.fromOneNetwork },
  ];
}

/** The owner of attempts for a name that nobody has, of a fixed length. */
export const unknownOwner = (name: string) => `name ${hash("sha256", foldCase(name), "hex").slice(0, 32)}`;

/** @param address undefined when it is not known */
export const networkOfClient = (address: string | undefined) =>
  address === undefined ? "unknown" : networkOf(address);
