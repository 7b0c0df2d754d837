import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";

/**
 * Runs a command, and stops it when our end of its standard input closes: because we stop it, or because
 * this process ended, however it ended. So nothing outlives an interrupted test run.
 *
 * A line on its standard input is a signal to send once. The one that stops is repeated, since a program that is just starting may miss the first.
 */
const SUPERVISOR = `
exec 3<&0
"$@" </dev/null 3<&- &
child=$!
(
  while read -r signal; do kill -s "$signal" "$child"; done <&3
  while kill -s "$STOP_SIGNAL" "$child" 2>/dev/null; do sleep 1; done
) >/dev/null 2>&1 &
watcher=$!
wait "$child"
status=$?
kill "$watcher" 2>/dev/null
[ -z "$SCRATCH" ] || rm -rf "$SCRATCH"
exit "$status"
`;

/** How much of what a program says is kept, to be shown when it fails. */
const KEPT_OUTPUT = 8 * 1024;

export interface SupervisedOptions {
  readonly stopSignal: "QUIT" | "TERM" | "KILL";
  /** Who runs it; undefined: who runs the tests. */
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
  readonly environment?: Readonly<Record<string, string>>;
  readonly folder?: string;
  /** A folder that is removed when the command has ended. */
  readonly scratch?: string;
}

/** A program that runs beside the tests and ends with them. */
export class Supervised {
  readonly #process: ChildProcess;
  readonly #exited: Promise<unknown>;
  #output = "";

  constructor(command: readonly string[], options: SupervisedOptions) {
    const { user, environment, folder, scratch = "", stopSignal } = options;
    this.#process = spawn("/bin/sh", ["-c", SUPERVISOR, "supervisor", ...command], {
      ...user,
      ...(folder !== undefined && { cwd: folder }),
      env: { PATH: process.env.PATH, ...environment, STOP_SIGNAL: stopSignal, SCRATCH: scratch },
      stdio: ["pipe", "pipe", "pipe"],
      // Ctrl-C in a terminal is for the tests alone; they, or their end, stop this.
      detached: true,
    });
    this.#exited = once(this.#process, "exit");
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.#output = (this.#output + text).slice(-KEPT_OUTPUT);
      });
    }
  }

  /** The last of what it wrote to its standard streams. */
  get output(): string {
    return this.#output;
  }

  /**
   * Waits until the program is ready.
   *
   * @param isReady asked again and again
   * @throws Error with what the program said, when it ends first or takes too long
   */
  async ready(isReady: () => boolean | Promise<boolean>, seconds = 60): Promise<void> {
    const deadline = Date.now() + seconds * 1000;
    while (!(await isReady())) {
      if (this.#process.exitCode !== null) throw new Error(`It ended by itself. It said:\n${this.#output}`);
      if (Date.now() > deadline) throw new Error(`Not ready in ${seconds} s. It said:\n${this.#output}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Sends a signal, once. */
  signal(name: "TERM" | "STOP" | "CONT"): void {
    this.#process.stdin?.write(`${name}\n`);
  }

  /** Waits until it has ended by itself. @returns its exit status */
  async ended(): Promise<number | null> {
    await this.#exited;
    return this.#process.exitCode;
  }

  async stop(): Promise<void> {
    this.#process.stdin?.end();
    await this.#exited;
  }
}
