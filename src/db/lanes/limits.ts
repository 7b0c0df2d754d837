import type { DatabaseTimeouts } from "../../config/types.js";
import type { LaneLimits } from "./lane.js";

/** How long the database may take, in milliseconds; for what, `DatabaseTimeouts` says. */
export type DatabaseLimits = DatabaseTimeouts;

/** @param timeouts in seconds */
export const limitsOf = ({ statement, list, wait }: DatabaseTimeouts): DatabaseLimits => ({
  ...{ statement: statement * 1000, list: list * 1000, wait: wait * 1000 },
});

export const DEFAULT_LIMITS = limitsOf({ statement: 5, list: 8, wait: 5 });

/** How many connections each lane has. */
export interface LaneSizes {
  readonly writers: number;
  readonly keys: number;
  readonly lists: number;
  readonly scans: number;
}

/** How long a statement of a list may take before the list counts as a scan, in milliseconds. */
const SHORT_LIST_MS = 200;

/** How much can wait for a connection in all, and how many of the lists of one access token. */
const MAX_WAITING = 1000;
/** Look-ups are short, so many can wait: as many as there are connections, by default. */
const MAX_WAITING_LOOKUPS = 5000;
const MAX_WAITING_WRITES_OF_ONE = 500;
const MAX_WAITING_LISTS = 250;
const MAX_WAITING_SCANS = 50;
const MAX_WAITING_SCANS_OF_ONE = 5;

/** The limits of each lane. A scan may take as long as a list may, and another one waits for that long. */
export function laneLimits(sizes: LaneSizes, limits: DatabaseLimits): Record<keyof LaneSizes, LaneLimits> {
  const { statement, list, wait } = limits;
  const lane = (slots: number) => ({
    ...{ slots, slotsOfOne: slots, waiting: MAX_WAITING, waitingOfOne: MAX_WAITING },
    ...{ patience: wait, statement },
  });
  return {
    writers: {
      ...lane(sizes.writers),
      slotsOfOne: Math.max(1, sizes.writers - 1),
      waitingOfOne: MAX_WAITING_WRITES_OF_ONE,
    },
    keys: { ...lane(sizes.keys), waiting: MAX_WAITING_LOOKUPS },
    lists: {
      ...lane(sizes.lists),
      waitingOfOne: MAX_WAITING_LISTS,
      statement: Math.min(list, SHORT_LIST_MS),
    },
    scans: {
      // One group's scans leave a slot to the others.
      ...{ slots: sizes.scans, slotsOfOne: Math.max(1, sizes.scans - 1) },
      ...{ waiting: MAX_WAITING_SCANS, waitingOfOne: MAX_WAITING_SCANS_OF_ONE },
      ...{ patience: list, statement: list },
    },
  };
}
