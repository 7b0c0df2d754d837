import { MAX_ATTEMPTS, pauseAfter } from "../domain/mail/retry-schedule.js";
import type { Mail, MailResult } from "../domain/mail/mail.js";
import { PROVIDER_REALM } from "../domain/access/principal.js";
import type { Logger } from "../logging/logger.js";
import type { UnitOfWork } from "../repositories/unit-of-work.js";
import type { ComposeMail } from "./mail/composer.js";
import { UndeliverableError } from "./mail/transport.js";
import type { Transport } from "./mail/transport.js";

/** How many are taken at once. */
const AT_ONCE = 10;

/**
 * How long mail belongs to the process that took it, in milliseconds; so long it waits when that process was killed.
 * The claim is renewed during sending, well before it ends.
 */
export const CLAIM_MS = 30_000;
const RENEWALS_PER_CLAIM = 3;

/** How long it is remembered what became of mail, in milliseconds, and how much is forgotten at a time. */
const KEPT_MS = 30 * 24 * 60 * 60 * 1000;
const PRUNED_AT_ONCE = 1000;

/** What the worker is given. */
export interface OutboxParts {
  readonly work: UnitOfWork;
  readonly now: () => string;
  readonly newId: () => string;
  readonly transport: Transport;
  /** Composes a mail; undefined when there is no longer a reason to send it. */
  readonly compose: ComposeMail;
  readonly logger: Logger;
  /** How long a claim lasts without being renewed, in milliseconds. */
  readonly claimMs?: number;
}

/**
 * Sends what is in the outbox. Mail is taken before it is sent and done with afterwards, so a crash in between may
 * send it twice, and never loses it. A slow mail server does not: what is being sent stays claimed.
 */
export class OutboxWorker {
  #isStopped = false;

  readonly #claimMs: number;

  constructor(private readonly parts: OutboxParts) {
    this.#claimMs = parts.claimMs ?? CLAIM_MS;
  }

  /** Forgets mail that has long been done with. */
  async prune(): Promise<void> {
    const { work, now } = this.parts;
    const before = later(now(), -KEPT_MS);
    for (let pruned = PRUNED_AT_ONCE; pruned === PRUNED_AT_ONCE;) {
      pruned = await work.write(PROVIDER_REALM, ({ outbox }) => outbox.prune(before, PRUNED_AT_ONCE));
    }
  }

  /** Sends what is due. */
  async run(): Promise<void> {
    const { work, now } = this.parts;
    while (!this.#isStopped && (await work.read(PROVIDER_REALM).outbox.isDue(now(), this.#claimEnd()))) {
      const mails = await work.write(PROVIDER_REALM, ({ outbox }) =>
        outbox.claim(now(), this.#claimEnd(), AT_ONCE),
      );
      // What is due is being taken by another process.
      if (mails.length === 0) return;
      await this.#deliverAll(mails);
    }
  }

  #claimEnd(): string {
    return later(this.parts.now(), this.#claimMs);
  }

  async #deliverAll(mails: readonly Mail[]): Promise<void> {
    const unsent = new Set(mails.map(({ id }) => id));
    const renewal = setInterval(() => void this.#renew(unsent), this.#claimMs / RENEWALS_PER_CLAIM);
    try {
      await Promise.all(mails.map((mail) => this.#deliver(mail).finally(() => unsent.delete(mail.id))));
    } finally {
      clearInterval(renewal);
    }
  }

  async #renew(unsent: ReadonlySet<string>): Promise<void> {
    try {
      await this.parts.work.write(PROVIDER_REALM, ({ outbox }) =>
        outbox.renew([...unsent], this.#claimEnd()),
      );
    } catch (error) {
      this.parts.logger.warn({ err: error }, "The claim on mail that is being sent could not be renewed");
    }
  }

  /** Ends after the mail that is being sent. */
  stop(): void {
    this.#isStopped = true;
  }

  async #deliver(mail: Mail): Promise<void> {
    const { logger, now } = this.parts;
    const { id, kind, attempts } = mail;
    // Mail that was claimed but not sent is due at once, for the next process.
    if (this.#isStopped) return this.#postpone(mail, now());
    try {
      await this.#end(id, await this.#send(mail));
    } catch (error) {
      const isHopeless = error instanceof UndeliverableError || attempts >= MAX_ATTEMPTS;
      const dueAt = isHopeless ? undefined : later(now(), pauseAfter(attempts));
      logger[isHopeless ? "error" : "warn"](
        { mail: { id, kind, attempts, dueAt }, err: error },
        isHopeless ? "Mail could not be sent; giving up" : "Mail could not be sent; it will be tried again",
      );
      await (dueAt === undefined ? this.#giveUp(mail) : this.#postpone(mail, dueAt));
    }
  }

  async #send(mail: Mail): Promise<MailResult> {
    const { compose, transport, logger } = this.parts;
    const composed = await compose(mail);
    if (!composed) return "void";
    await transport.send({ ...composed.message, id: mail.id, to: composed.to });
    // Without a mail server, the operator finds the links in the log instead of a mailbox.
    const said = {
      mail: { id: mail.id, kind: mail.kind },
      ...(transport.name === "file" && composed.link !== undefined && { link: composed.link }),
    };
    logger.info(said, transport.name === "file" ? "Mail was written to a file" : "Mail was sent");
    return "sent";
  }

  async #end(id: string, result: MailResult): Promise<void> {
    await this.parts.work.write(PROVIDER_REALM, ({ outbox }) => outbox.end(id, result, this.parts.now()));
  }

  /** Administrators see undelivered mail in the audit log; they do not see the server's log. */
  async #giveUp({ id, kind, invitationId, accountId, organizationId }: Mail): Promise<void> {
    const { work, now, newId } = this.parts;
    await work.write(PROVIDER_REALM, async ({ outbox, auditEvents, invitations }) => {
      const at = now();
      await outbox.end(id, "failed", at);
      const invitation =
        invitationId === undefined ? undefined : await invitations.find(invitationId, at, { lock: false });
      await auditEvents.insert([
        {
          ...{ id: newId(), createdAt: at, action: "change", result: "warning", realm: "provider" },
          target:
            invitationId === undefined
              ? { type: "User", id: accountId }
              : { type: "Invitation", id: invitationId, display: invitation?.name },
          organizationId: invitation?.organizationId ?? organizationId,
          ...{ changes: [], ignored: [], detail: `mail (${kind}) could not be sent; Muster gave up` },
        },
      ]);
    });
  }

  async #postpone(mail: Mail, dueAt: string): Promise<void> {
    await this.parts.work.write(PROVIDER_REALM, ({ outbox }) => outbox.postpone(mail, dueAt));
  }
}

const later = (time: string, milliseconds: number) => new Date(Date.parse(time) + milliseconds).toISOString();
