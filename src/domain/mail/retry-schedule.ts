/*
 * When mail that could not be sent is tried again: after 30 seconds, and each time twice as long after that, up to six
 * hours. It is given up after the last attempt, about a day and a half after the first.
 */

/** How often sending is tried. */
export const MAX_ATTEMPTS = 12;

const FIRST_PAUSE_MS = 30_000;

/** The longest time between two attempts, in milliseconds. */
export const LONGEST_PAUSE_MS = 6 * 60 * 60 * 1000;

/** How long to wait after so many attempts that failed, in milliseconds. */
export const pauseAfter = (attempts: number) =>
  Math.min(FIRST_PAUSE_MS * 2 ** (attempts - 1), LONGEST_PAUSE_MS);
