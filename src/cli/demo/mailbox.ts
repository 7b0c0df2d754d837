import { setTimeout as wait } from "node:timers/promises";
import type { MailMessage } from "../../delivery/mail/transport.js";

/** How long a mail may take, and how long none comes before all are there, in milliseconds. */
const PATIENCE = 20_000;
const QUIET = 600;

/** Takes the mail of the people of the demo, so that nobody else gets any, and has the links that they follow. */
export class DemoMailbox {
  readonly #texts = new Map<string, string>();
  #last = performance.now();

  send({ to, text }: Pick<MailMessage, "to" | "text">): Promise<void> {
    this.#texts.set(to, text);
    this.#last = performance.now();
    return Promise.resolve();
  }

  /** The path of the link in the last mail to a person, which is taken out. */
  async linkTo(address: string): Promise<string> {
    const [link = ""] = /https?:\/\/\S+\.[\w-]{43}/.exec(await this.#textTo(address)) ?? [];
    return new URL(link).pathname.replace(/^.*(?=\/(?:invitations|account-setup)\/)/, "");
  }

  /** The code in the last mail to a person, which is taken out. */
  async codeTo(address: string): Promise<string> {
    const [code = ""] = /\b\d{6}\b/.exec(await this.#textTo(address)) ?? [];
    return code;
  }

  /** Waits until all mail has gone. */
  async quiet(): Promise<void> {
    while (performance.now() - this.#last < QUIET) await wait(QUIET / 4);
  }

  async #textTo(address: string): Promise<string> {
    const end = performance.now() + PATIENCE;
    for (;;) {
      const text = this.#texts.get(address);
      if (text !== undefined) {
        this.#texts.delete(address);
        return text;
      }
      if (performance.now() > end) throw new Error(`No mail came to ${address}`);
      await wait(25);
    }
  }
}
