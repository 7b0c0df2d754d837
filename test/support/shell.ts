import { execFile } from "node:child_process";
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { TYPESCRIPT } from "./server.js";

/** A value that a reader fills in: `export NAME=...   # where it is from`. */
const FILLED_IN = /^export (\w+)=\.\.\.\s+# (.+)$/;

/** Finds the value that a reader would fill in. @param source what the comment says, such as `"id" in the answer` */
export type FillIn = (source: string) => Promise<string>;

/**
 * Runs what documents show, as a reader does who pastes it into one shell, block by block. `curl` fails when it is
 * answered with an error, and `npx muster` is the command line of the sources.
 */
export class ReadersShell {
  readonly #state: string;
  readonly #answer: string;

  /**
   * @param folder an empty one
   * @param environment what commands are given beside the PATH
   * @param replaced texts that are other ones in the test, such as the server's address
   */
  constructor(
    private readonly folder: string,
    private readonly environment: Readonly<Record<string, string>>,
    private readonly replaced: ReadonlyMap<string, string>,
  ) {
    this.#state = join(folder, "state");
    this.#answer = join(folder, "answer");
    const muster = [process.execPath, ...TYPESCRIPT, "src/main.cts"].map((word) => `'${word}'`).join(" ");
    this.#command("curl", `"$REAL_CURL" --fail-with-body "$@" | tee "$ANSWER"`);
    this.#command("npx", `[ "$1" = muster ] || exit 127\nshift\ncd '${resolve(".")}'\nexec ${muster} "$@"`);
  }

  /** The JSON that was answered last. */
  get answer(): unknown {
    return JSON.parse(readFileSync(this.#answer, "utf8")) as unknown;
  }

  /** @throws Error with all output when a command fails, or a request is answered with an error */
  async run(block: string, fillIn: FillIn): Promise<void> {
    let script: string[] = [];
    for (const line of block.split("\n")) {
      const [, name, source] = FILLED_IN.exec(line) ?? [];
      if (name === undefined || source === undefined) {
        script.push(line);
        continue;
      }
      await this.#execute(script.join("\n"));
      script = [`export ${name}='${await fillIn(source)}'`];
    }
    await this.#execute(script.join("\n"));
  }

  /** Runs a command of the test's own. @returns what it writes to standard output */
  async output(command: string): Promise<string> {
    return this.#execute(command);
  }

  async #execute(script: string): Promise<string> {
    let text = script;
    for (const [from, to] of this.replaced) text = text.replaceAll(from, to);
    const begin = existsSync(this.#state) ? `source '${this.#state}'` : "";
    const end = `{ export -p; declare -f; } > '${this.#state}'`;
    const environment = {
      ...{ ...this.environment, HOME: this.folder, ANSWER: this.#answer },
      ...{ REAL_CURL: await curlPath(), PATH: `${this.folder}:${process.env.PATH ?? ""}` },
    };
    const output = await new Promise<string>((done, fail) => {
      const command = ["--norc", "-euo", "pipefail", "-c", `${begin}\n${text}\n${end}`];
      execFile("bash", command, { env: environment, cwd: this.folder }, (error, stdout, stderr) => {
        if (error) fail(new Error(`${text}\n\nfailed:\n${stdout}\n${stderr}`));
        else done(stdout);
      });
    });
    this.#expectNoFailedOperation();
    return output;
  }

  /** A Bulk is answered with 200 also when none of its operations was done. */
  #expectNoFailedOperation(): void {
    const text = existsSync(this.#answer) ? readFileSync(this.#answer, "utf8") : "";
    if (!text.includes("BulkResponse")) return;
    const { Operations } = JSON.parse(text) as { Operations: { status: string }[] };
    if (Operations.some(({ status }) => Number(status) >= 400))
      throw new Error(`An operation failed: ${text}`);
  }

  #command(name: string, script: string): void {
    const path = join(this.folder, name);
    writeFileSync(path, `#!/usr/bin/env bash\nset -o pipefail\n${script}\n`);
    chmodSync(path, 0o755);
  }
}

function curlPath(): Promise<string> {
  return new Promise((done, fail) => {
    execFile("bash", ["-c", "command -v curl"], (error, stdout) => {
      if (error) fail(new Error("The commands in the documents need curl; install it"));
      else done(stdout.trim());
    });
  });
}
