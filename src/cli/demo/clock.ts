import { v7 as uuidv7 } from "uuid";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** A clock that is set to times in the past, ever later ones, so that what is done then has a history. */
export class DemoClock {
  readonly #end = Date.now();
  #now = 0;

  /** The time now, in milliseconds since 1970. */
  readonly read = () => this.#now;

  /** Ids that sort by these times. */
  readonly newId = () => uuidv7({ msecs: (this.#now += 1) });

  /** Goes to so many days before the demo begins, at one hour or another; never back. */
  toDaysAgo(days: number): void {
    const minutes = (days * 47) % (8 * 60);
    this.#to(this.#end - days * DAY - minutes * MINUTE);
  }

  toMinutesAgo(minutes: number): void {
    this.#to(this.#end - minutes * MINUTE);
  }

  /** Some time passes, in seconds, but none in the future. */
  pass(seconds: number): void {
    this.#to(Math.min(this.#now + seconds * 1000, this.#end));
  }

  /** The time so many days after the demo begins; before it, if negative. ISO 8601. */
  dayFromEnd(days: number): string {
    return new Date(this.#end + days * DAY).toISOString();
  }

  #to(time: number): void {
    this.#now = Math.max(this.#now, time);
  }
}
