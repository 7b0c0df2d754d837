/** How to end what runs on a connection. */
export interface Interrupter {
  /** How long to leave it to the engine to end a statement by itself when its time is over, in milliseconds. */
  readonly lateness: number;
  /** Asks for the end of the statement that runs, which fails soon; asked again until it has. */
  interrupt(connection: object): void;
  /** Gives up a connection that does not answer. */
  abandon(connection: object): void;
}

/** A statement that runs. */
export interface Running {
  readonly connection: object;
  /** When its time is over, on the clock of `performance.now()`. */
  deadline: number;
  /** When its connection is given up. */
  abandonAt: number;
}

/** How often statements past their time limit are looked for; a request to end one may have to be sent again. */
const LOOK_MS = 20;

/** How long a connection may take to end a statement before it is given up. */
const GRACE_MS = 1000;

/** Sees to it that statements end. One timer for all of them: most are over long before it matters. */
export class Watch {
  readonly #running = new Set<Running>();
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly engine: Interrupter) {}

  /** A statement begins, and may take so many milliseconds. */
  begin(connection: object, limit: number): Running {
    const deadline = performance.now() + limit + this.engine.lateness;
    const running: Running = { connection, deadline, abandonAt: Infinity };
    this.#running.add(running);
    this.#timer ??= setInterval(() => {
      this.#look();
    }, LOOK_MS);
    return running;
  }

  /** The statement has ended. */
  end(running: Running): void {
    this.#running.delete(running);
  }

  /** Ends the statement; a connection that does not heed it is given up. */
  interrupt(running: Running): void {
    running.deadline = 0;
    running.abandonAt = Math.min(running.abandonAt, performance.now() + GRACE_MS);
    this.engine.interrupt(running.connection);
  }

  #look(): void {
    if (this.#running.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
      return;
    }
    const now = performance.now();
    for (const running of this.#running) {
      if (now < running.deadline) continue;
      if (now >= running.abandonAt) this.engine.abandon(running.connection);
      this.interrupt(running);
    }
  }
}
