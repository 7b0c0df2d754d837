import { simpleParser } from "mailparser";
import type { ParsedMail } from "mailparser";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { SMTPServer } from "smtp-server";
import type { MailMessage } from "../../src/delivery/mail/transport.js";

/** The answer of a mail server that refuses an address. */
export interface Refusal {
  readonly code: number;
  readonly times: number;
}

/** A real mail server in the test process. */
export class MailServer {
  readonly received: ParsedMail[] = [];
  readonly #refusals = new Map<string, { code: number; times: number }>();
  readonly #server: SMTPServer;
  #url = "";
  #isHanging = false;
  #refusedSignIns = 0;

  /** @param password the one that it asks for; undefined: none */
  constructor(password?: string) {
    this.#server = new SMTPServer({
      ...(password === undefined ? { authOptional: true } : { allowInsecureAuth: true }),
      onAuth: (auth, _session, done) => {
        const isRefused = this.#refusedSignIns > 0 || auth.password !== password;
        this.#refusedSignIns -= 1;
        if (isRefused) done(new Error("Invalid login"));
        else done(null, { user: auth.username });
      },
      disabledCommands: ["STARTTLS"],
      onRcptTo: ({ address }, _session, done) => {
        const refusal = this.#refusals.get(address);
        if (!refusal || refusal.times === 0) {
          done();
          return;
        }
        refusal.times -= 1;
        done(Object.assign(new Error("Not now"), { responseCode: refusal.code }));
      },
      onData: (stream, _session, done) => {
        simpleParser(stream).then((mail) => {
          this.received.push(mail);
          if (!this.#isHanging) done();
        }, done);
      },
    });
  }

  /** @returns its address */
  async start(): Promise<string> {
    const server = this.#server.listen(0, "127.0.0.1");
    await once(server, "listening");
    this.#url = `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return this.#url;
  }

  get url(): string {
    return this.#url;
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(resolve);
    });
  }

  /** Refuses the next sign-ins, whatever the password. */
  refuseSignIns(count: number): void {
    this.#refusedSignIns = count;
  }

  /** Accepts mail from now on, but does not confirm it. */
  hang(isHanging: boolean): void {
    this.#isHanging = isHanging;
  }

  refuse(address: string, { code, times }: Refusal): void {
    this.#refusals.set(address, { code, times });
  }

  to(address: string): ParsedMail[] {
    return this.received.filter(isTo(address));
  }

  /** Waits for mail to an address. @throws Error when it does not arrive */
  async expect(address: string, count = 1): Promise<ParsedMail> {
    const deadline = Date.now() + 10_000;
    for (;;) {
      const found = this.to(address);
      const last = found[count - 1];
      if (last) return last;
      if (Date.now() > deadline) throw new Error(`${found.length} of ${count} mails came to ${address}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** Mail that a server without a mail server writes into files. */
export class MailFiles {
  constructor(private readonly folder: string) {}

  async received(): Promise<ParsedMail[]> {
    const names = existsSync(this.folder)
      ? readdirSync(this.folder).filter((name) => name.endsWith(".eml"))
      : [];
    const mails = await Promise.all(names.map((name) => simpleParser(readFileSync(join(this.folder, name)))));
    return mails.sort((one, other) => Number(one.date) - Number(other.date));
  }

  /** As `MailServer.expect`. */
  async expect(address: string, count = 1): Promise<ParsedMail> {
    const deadline = Date.now() + 10_000;
    for (;;) {
      const found = (await this.received()).filter(isTo(address))[count - 1];
      if (found) return found;
      if (Date.now() > deadline) throw new Error(`No mail came to ${address}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

const isTo =
  (address: string) =>
  ({ to }: ParsedMail) =>
    [to].flat().some((each) => each?.text.toLowerCase() === address.toLowerCase());

/** Takes mail from a server in this process, or refuses it. */
export class Outgoing {
  readonly #sent: MailMessage[] = [];
  /** The error that sending ends with; undefined: mail is taken. */
  fault: Error | undefined;

  /** For `startServer`. */
  readonly options = {
    passwordCost: { N: 2 ** 4, r: 8, p: 1 },
    mailer: {
      send: (message: MailMessage) => {
        if (this.fault) return Promise.reject(this.fault);
        this.#sent.push(message);
        return Promise.resolve();
      },
    },
  };

  /** Waits for mail to an address. @throws Error when it does not arrive */
  async expect(address: string, count = 1): Promise<MailMessage> {
    const deadline = Date.now() + 10_000;
    for (;;) {
      const found = this.#sent.filter(({ to }) => to.toLowerCase() === address.toLowerCase())[count - 1];
      if (found) return found;
      if (Date.now() > deadline) throw new Error(`No mail came to ${address}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** The link in mail, as its text has it. */
export function linkIn({ text }: { readonly text?: string | undefined }): string {
  const link = /https?:\/\/\S+/.exec(text ?? "")?.[0];
  if (link === undefined) throw new Error(`There is no link in: ${text ?? ""}`);
  return link;
}

/** The code in mail, as its text has it. */
export function codeIn({ text }: ParsedMail): string {
  const code = /^\d{6}$/m.exec(text ?? "")?.[0];
  if (code === undefined) throw new Error(`There is no code in: ${text ?? ""}`);
  return code;
}
