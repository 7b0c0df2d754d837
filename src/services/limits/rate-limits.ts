import { TooManyRequestsError } from "../../domain/errors.js";
import type { Repositories } from "../../repositories/unit-of-work.js";
import type { Dependencies } from "../dependencies.js";

/** How often something may happen in a period of time. */
export interface RateLimit {
  readonly points: number;
  readonly seconds: number;
}

export const HOUR = 3600;
export const DAY = 24 * HOUR;

/**
 * Counts against a rate limit that all processes on one database share. Call it in the transaction of what it counts, so
 * that failures are not counted.
 *
 * @param name identifies what is counted, and for whom
 * @throws TooManyRequestsError beyond the limit
 */
export async function countWithin(
  { now }: Pick<Dependencies, "now">,
  { rateLimits }: Pick<Repositories, "rateLimits">,
  name: string,
  { points, seconds }: RateLimit,
  amount = 1,
): Promise<void> {
  const { excess, retryAfter } = await counted({ now }, { rateLimits }, name, { points, seconds }, amount);
  if (excess > 0) throw new TooManyRequestsError(retryAfter);
}

/** Like `countWithin`, without throwing. @returns how far beyond the limit the count is, and the seconds until it resets */
export async function counted(
  { now }: Pick<Dependencies, "now">,
  { rateLimits }: Pick<Repositories, "rateLimits">,
  name: string,
  { points, seconds }: RateLimit,
  amount = 1,
): Promise<{ excess: number; retryAfter: number }> {
  const at = now();
  const until = later(at, seconds);
  const { count, resetsAt } = await rateLimits.count(name, amount, at, until);
  const retryAfter = Math.max(1, Math.ceil((Date.parse(resetsAt) - Date.parse(at)) / 1000));
  return { excess: count - points, retryAfter };
}

/** @param time ISO 8601 */
export const later = (time: string, seconds: number) =>
  new Date(Date.parse(time) + seconds * 1000).toISOString();
