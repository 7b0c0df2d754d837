import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createTransport } from "nodemailer";
import type { MailSettings } from "../../config/types.js";
import type { Rendered } from "./templates.js";

/** Mail as it goes out. */
export interface MailMessage extends Rendered {
  /** The same for each attempt, so that a recipient can recognize a duplicate. */
  readonly id: string;
  readonly to: string;
}

/** Carries mail away. */
export interface Transport {
  /** What carries it, for the log. */
  readonly name: string;
  /** @throws UndeliverableError when trying again cannot help, Error when it may work later */
  send(message: MailMessage): Promise<void>;
  close(): void;
}

/** This mail cannot be delivered, however often it is sent. */
export class UndeliverableError extends Error {}

/** What a host sends mail with. */
export interface Mailer {
  /** @throws UndeliverableError when it is no use to try again; any other error: Muster tries again later */
  send(message: MailMessage & Senders): Promise<unknown>;
}

/** Whom mail comes from, and who gets the answers; as in `From` and `Reply-To` headers. */
export type Senders = Pick<MailSettings, "from" | "replyTo">;

/** What carries mail away: the host's mailer, else a mail server, else files. @param folder where files go */
export function transportOf(settings: MailSettings, mailer: Mailer | undefined, folder: string): Transport {
  const { smtpUrl, from, replyTo } = settings;
  const senders = { from, replyTo };
  if (mailer) return mailerTransport(mailer, senders);
  return smtpUrl === undefined ? fileTransport(folder, senders) : smtpTransport(smtpUrl, senders);
}

const mailerTransport = (mailer: Mailer, senders: Senders): Transport => ({
  name: "mailer",
  send: async (message) => {
    await mailer.send({ ...message, ...senders });
  },
  close: () => undefined,
});

/** How long to wait for a mail server at each step, in milliseconds: less than a claim on mail lasts. */
const TIMEOUTS = {
  dnsTimeout: 10_000,
  connectionTimeout: 10_000,
  greetingTimeout: 10_000,
  socketTimeout: 20_000,
};

/** @param url `smtp://` or `smtps://` with user and password */
export function smtpTransport(url: string, senders: Senders): Transport {
  const mailer = createTransport({ url, pool: true, ...TIMEOUTS });
  return {
    name: "smtp",
    send: async (message) => {
      try {
        await mailer.sendMail(toMail(message, senders));
      } catch (error) {
        const { responseCode = 0, command } = error as { responseCode?: number; command?: string };
        if (command === "RCPT TO" && responseCode >= 500) {
          throw new UndeliverableError(`The mail server refused the address with status ${responseCode}`, {
            cause: error,
          });
        }
        throw error;
      }
    },
    close: () => {
      mailer.close();
    },
  };
}

/** Puts mail into a folder, as `.eml` files that mail programs open. */
export function fileTransport(folder: string, senders: Senders): Transport {
  const mailer = createTransport({ streamTransport: true, buffer: true });
  return {
    name: "file",
    send: async (message) => {
      const { message: content } = await mailer.sendMail(toMail(message, senders));
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const path = join(folder, `${message.id}.eml`);
      // Programs that watch the folder see only complete files.
      await writeFile(`${path}.part`, content as Buffer, { mode: 0o600 });
      await rename(`${path}.part`, path);
    },
    close: () => undefined,
  };
}

const toMail = ({ id, to, subject, text, html }: MailMessage, { from, replyTo }: Senders) => ({
  messageId: `<${id}@${/@([^>]+)/.exec(from)?.[1] ?? "localhost"}>`,
  from,
  ...(replyTo !== undefined && { replyTo }),
  // As an object, so that nothing in it is taken for a second address.
  to: { name: "", address: to },
  subject,
  text,
  html,
  headers: { "Auto-Submitted": "auto-generated" },
  disableFileAccess: true,
  disableUrlAccess: true,
});
