import { MAX_ATTEMPTS, pauseAfter } from "../domain/mail.js";
import type { Mail, MailResult } from "../domain/mail.js";
import { PROVIDER_REALM } from "../domain/principal.js";
import type { Logger } from "../logging/logger.js";
import type { UnitOfWork } from "../repositories/unit-of-work.js";
import type { Compose } from "./letters.js";
import { UndeliverableError } from "./transport.js";
import type { Transport } from "./transport.js";

/** How many are taken at once. */
const AT_ONCE = 10;

/** How long mail is in the hands of one process, in milliseconds: longer than sending so many takes. */
const CLAIM_MS = 10 * 60 * 1000;

/** How long it is remembered what became of mail, in milliseconds, and how much is forgotten at a time. */
const KEPT_MS = 30 * 24 * 60 * 60 * 1000;
const PRUNED_AT_ONCE = 1000;

/** What the worker is given. */
export interface OutboxParts {
  readonly work: UnitOfWork;
  readonly now: () => string;
  readonly newId: () => string;
  readonly transport: Transport;
  /** Says what mail says; undefined when there is no reason for it any more. */
  readonly compose: Compose;
  readonly logger: Logger;
}

/**
 * Sends what is in the outbox. Mail is taken before it is sent and done with afterwards, so a crash in between may
 * send it twice, and never loses it.
 */
export class OutboxWorker {
  #isStopped = false;

  constructor(private readonly parts: OutboxParts) {}

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
    while (!this.#isStopped && (await work.read(PROVIDER_REALM).outbox.isDue(now()))) {
      const until = later(now(), CLAIM_MS);
      const mails = await work.write(PROVIDER_REALM, ({ outbox }) => outbox.claim(now(), until, AT_ONCE));
      // What is due is being taken by another process.
      if (mails.length === 0) return;
      await Promise.all(mails.map((mail) => this.#deliver(mail)));
    }
  }

  /** Ends after the mail that is being sent. */
  stop(): void {
    this.#isStopped = true;
  }

  async #deliver(mail: Mail): Promise<void> {
    const { logger, now } = this.parts;
    const { id, kind, attempts } = mail;
    // What was taken and not sent any more is due at once, for whoever comes next.
    if (this.#isStopped) return this.#postpone(id, now());
    try {
      await this.#end(id, await this.#send(mail));
    } catch (error) {
      const isHopeless = error instanceof UndeliverableError || attempts >= MAX_ATTEMPTS;
      const dueAt = isHopeless ? undefined : later(now(), pauseAfter(attempts));
      logger[isHopeless ? "error" : "warn"](
        { mail: { id, kind, attempts, dueAt }, err: error },
        isHopeless ? "Mail could not be sent and is given up" : "Mail could not be sent and is tried again",
      );
      await (dueAt === undefined ? this.#giveUp(mail) : this.#postpone(id, dueAt));
    }
  }

  async #send(mail: Mail): Promise<MailResult> {
    const { compose, transport, logger } = this.parts;
    const composed = await compose(mail);
    if (!composed) return "void";
    await transport.send({ ...composed.letter, id: mail.id, to: composed.to });
    // Without a mail server, whoever runs this reads the log instead of a mailbox.
    const said = {
      mail: { id: mail.id, kind: mail.kind },
      ...(transport.name === "file" && composed.link !== undefined && { link: composed.link }),
    };
    logger.info(said, transport.name === "file" ? "Mail was put into a file" : "Mail was sent");
    return "sent";
  }

  async #end(id: string, result: MailResult): Promise<void> {
    await this.parts.work.write(PROVIDER_REALM, ({ outbox }) => outbox.end(id, result, this.parts.now()));
  }

  /** So that not the log alone tells that somebody gets no mail, but the audit log, which administrators see. */
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
          ...{ changes: [], ignored: [], detail: `mail (${kind}) could not be sent and is given up` },
        },
      ]);
    });
  }

  async #postpone(id: string, dueAt: string): Promise<void> {
    await this.parts.work.write(PROVIDER_REALM, ({ outbox }) => outbox.postpone(id, dueAt));
  }
}

const later = (time: string, milliseconds: number) => new Date(Date.parse(time) + milliseconds).toISOString();
