import type { Binding, Session } from "../../db/session.js";
import { MAIL_PRIORITY } from "../../domain/mail/mail.js";
import type { MailState } from "../../domain/server/server-state.js";
import { LONGEST_PAUSE_MS } from "../../domain/mail/retry-schedule.js";
import type { Mail, MailKind, MailResult } from "../../domain/mail/mail.js";
import { foldCase } from "../../domain/values/text.js";

interface MailRow {
  id: string;
  kind: MailKind;
  address: string | null;
  invitation_id: string | null;
  account_id: string | null;
  organization_id: string | null;
  organization_name: string | null;
  revision: number;
  created_at: string;
  attempts: number;
}

/**
 * Mail that can be sent now: new or due, and not claimed, or claimed by a process that has died. Times further in the
 * future than Muster sets them come from a clock that has been set back, and count as past.
 */
const SENDABLE = `ended_at is null and case when claimed_until is null
    then attempts = 0 or due_at <= ? or due_at > ?
    else claimed_until <= ? or claimed_until > ? end`;

/** @param until when a claim that begins now ends; the clocks of processes may differ by the duration of a claim */
function sendable(now: string, until: string): string[] {
  const [at, end] = [Date.parse(now), Date.parse(until)];
  return [now, iso(at + LONGEST_PAUSE_MS), now, iso(end + (end - at))];
}

const iso = (time: number) => new Date(time).toISOString();

/** A mail that goes to many people. */
export interface Notice extends Pick<Mail, "kind" | "createdAt" | "organizationId" | "organizationName"> {
  readonly kind: "membership-added" | "membership-removed";
}

/** How many rows one statement inserts: only a few sizes, so that prepared statements can be reused. */
const BATCH_SIZES = [50, 1];

/** How many mails are looked at for the state of mail. */
const LOOKED_AT = 20_000;

/** The outbox: mail to be sent, and its results. Several processes share it. */
export class OutboxRepository {
  constructor(private readonly session: Session) {}

  /** Call it in the transaction that causes the mail. */
  async insert(mails: readonly Omit<Mail, "attempts">[]): Promise<void> {
    let rest = mails;
    for (const size of BATCH_SIZES) {
      for (; rest.length >= size; rest = rest.slice(size)) await this.#insert(rest.slice(0, size));
    }
  }

  async #insert(mails: readonly Omit<Mail, "attempts">[]): Promise<void> {
    await this.session.rows(
      `insert into muster_outbox (id, kind, address, invitation_id, account_id, organization_id, revision, priority,
         created_at, due_at)
       values ${mails.map(() => "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)").join(", ")}`,
      mails.flatMap(({ id, kind, address, invitationId, accountId, organizationId, revision, createdAt }) => [
        ...[id, kind, address ?? null, invitationId ?? null, accountId ?? null, organizationId ?? null],
        ...[revision, MAIL_PRIORITY[kind], createdAt, createdAt],
      ]),
    );
    for (const mail of mails) await this.#noteWaiting(mail);
  }

  /** Notes the mail beside what it is about, where it stays for as long as that. */
  async #noteWaiting(mail: Omit<Mail, "attempts">): Promise<void> {
    const { id, kind, address, invitationId, accountId, organizationId, createdAt } = mail;
    const waiting = [id, "waiting", createdAt];
    if (kind === "invitation" && invitationId !== undefined && address !== undefined) {
      await this.session.rows(
        `update muster_invitation_emails set mail_id = ?, mail_state = ?, mail_at = ?
         where invitation_id = ? and value_key = ?`,
        [...waiting, invitationId, foldCase(address)],
      );
    } else if (kind === "account-setup" && accountId !== undefined) {
      await this.session.rows(
        `update muster_account_setups set mail_id = ?, mail_state = ?, mail_at = ?
         where account_id = ? and coalesce(organization_id, '') = ?`,
        [...waiting, accountId, organizationId ?? ""],
      );
    }
  }

  /**
   * Writes a notice to each of many people, in one statement; people whose accounts are deleted are skipped.
   *
   * @param ids the ids of the mails, as many as there are people
   */
  async insertNotices(notice: Notice, ids: readonly string[], accountIds: readonly string[]): Promise<void> {
    const people = `select id as account_id from muster_accounts
      where id in (select items.value from ${this.session.dialect.textItems})`;
    await this.#insertNotices(notice, ids, people, [JSON.stringify(accountIds)]);
  }

  /** Writes a notice to the first members of an organization, in one statement. @param ids one for each member */
  async insertNoticesToMembers(
    notice: Notice,
    ids: readonly string[],
    organizationId: string,
  ): Promise<void> {
    const people =
      "select account_id from muster_memberships where organization_id = ? order by account_id limit ?";
    await this.#insertNotices(notice, ids, people, [organizationId, ids.length]);
  }

  async #insertNotices(
    { kind, organizationId, organizationName, createdAt }: Notice,
    ids: readonly string[],
    people: string,
    bindings: readonly Binding[],
  ): Promise<void> {
    await this.session.rows(
      `insert into muster_outbox (id, kind, account_id, organization_id, organization_name, revision, priority,
         created_at, due_at)
       select mails.id, cast(? as text), recipients.account_id, cast(? as text), cast(? as text), 0,
         cast(? as integer), cast(? as text), cast(? as text)
       from (select account_id, row_number() over (order by account_id) as number from (${people}) people) recipients
       join (select items.value as id, row_number() over (order by items.value) as number
             from ${this.session.dialect.textItems}) mails on mails.number = recipients.number`,
      [
        ...[
          kind,
          organizationId ?? null,
          organizationName ?? null,
          MAIL_PRIORITY[kind],
          createdAt,
          createdAt,
        ],
        ...[...bindings, JSON.stringify(ids)],
      ],
    );
  }

  /** Whether there is mail to send. @param until when a claim that begins now ends */
  async isDue(now: string, until: string): Promise<boolean> {
    const row = await this.session.first(
      `select 1 from muster_outbox where ${SENDABLE} limit 1`,
      sendable(now, until),
    );
    return row !== undefined;
  }

  /**
   * Claims mail to send, so that no other process sends it until the claim ends.
   *
   * @param until when the claim ends, unless it is renewed
   * @returns the first mails, at most `limit`
   */
  async claim(now: string, until: string, limit: number): Promise<Mail[]> {
    const rows = await this.session.rows<MailRow>(
      `with next as (
         select id from muster_outbox
           where ${SENDABLE} order by priority, due_at, id limit ? ${this.session.dialect.forClaim})
       update muster_outbox set claimed_until = ?, attempts = attempts + 1
       where id in (select id from next) returning *`,
      [...sendable(now, until), limit, until],
    );
    return rows.map((row) => ({
      id: row.id,
      kind: row.kind,
      ...(row.address !== null && { address: row.address }),
      ...(row.invitation_id !== null && { invitationId: row.invitation_id }),
      ...(row.account_id !== null && { accountId: row.account_id }),
      ...(row.organization_id !== null && { organizationId: row.organization_id }),
      ...(row.organization_name !== null && { organizationName: row.organization_name }),
      revision: row.revision,
      createdAt: row.created_at,
      attempts: row.attempts,
    }));
  }

  async end(id: string, result: MailResult, at: string): Promise<void> {
    const ended = await this.session.first<Pick<MailRow, "kind" | "invitation_id" | "account_id">>(
      `update muster_outbox set ended_at = ?, result = ?, claimed_until = null where id = ?
       returning kind, invitation_id, account_id`,
      [at, result, id],
    );
    // A later mail to the same address has its own result.
    const note = (table: string, column: string, about: string | null) =>
      this.session.rows(
        `update muster_${table} set mail_state = ?, mail_at = ? where ${column} = ? and mail_id = ?`,
        [result, at, about, id],
      );
    if (ended?.kind === "invitation") await note("invitation_emails", "invitation_id", ended.invitation_id);
    if (ended?.kind === "account-setup") await note("account_setups", "account_id", ended.account_id);
  }

  /** Extends the claims on mail that is still being sent. */
  async renew(ids: readonly string[], until: string): Promise<void> {
    await this.session.rows(
      `update muster_outbox set claimed_until = ? where claimed_until is not null and ended_at is null
       and id in (select value from ${this.session.dialect.textItems})`,
      [until, JSON.stringify(ids)],
    );
  }

  /** Returns mail that could not be sent, unless another process has claimed it since. @param dueAt the next attempt */
  async postpone({ id, attempts }: Pick<Mail, "id" | "attempts">, dueAt: string): Promise<void> {
    await this.session.rows(
      "update muster_outbox set due_at = ?, claimed_until = null where id = ? and attempts = ?",
      [dueAt, id, attempts],
    );
  }

  /** Deletes finished mail, at most `limit`. @param before ISO 8601 in UTC @returns how many were deleted */
  async prune(before: string, limit: number): Promise<number> {
    const pruned = await this.session.rows(
      "delete from muster_outbox where id in (select id from muster_outbox where ended_at < ? limit ?) returning 1",
      [before, limit],
    );
    return pruned.length;
  }

  /**
   * How many mails of some kinds were sent to a person since a time.
   *
   * @param about only mail about this organization, or about none; absent: about any
   */
  async sentSince(
    accountId: string,
    kinds: readonly MailKind[],
    since: string,
    about?: Pick<Mail, "organizationId">,
  ): Promise<number> {
    const row = await this.session.first<{ sent: number }>(
      `select cast(count(*) as integer) as sent from muster_outbox
       where account_id = ? and result = 'sent' and ended_at > ?
       and kind in (${kinds.map(() => "?").join(", ")})
       ${about ? "and coalesce(organization_id, '') = ?" : ""}`,
      [accountId, since, ...kinds, ...(about ? [about.organizationId ?? ""] : [])],
    );
    return row?.sent ?? 0;
  }

  /**
   * The state of mail. It looks at the first mails that wait, and the last ones that are done with.
   *
   * @param since only mail that was given up after this time counts; ISO 8601 in UTC
   */
  async state(since: string): Promise<MailState> {
    const row = await this.session.first<{ waiting: number; oldest: string | null; failed: number }>(
      `select cast(waiting.number as integer) as waiting, waiting.oldest, cast(ended.failed as integer) as failed
       from (select count(*) as number, min(created_at) as oldest from
           (select created_at from muster_outbox where ended_at is null order by priority, due_at, id limit ?) first
         ) waiting,
         (select count(case when result = 'failed' then 1 end) as failed from
           (select result from muster_outbox where ended_at > ? order by ended_at desc limit ?) last) ended`,
      [LOOKED_AT + 1, since, LOOKED_AT],
    );
    return {
      waiting: Math.min(row?.waiting ?? 0, LOOKED_AT),
      isWaitingAtLeast: (row?.waiting ?? 0) > LOOKED_AT,
      oldestAt: row?.oldest ?? undefined,
      failed: row?.failed ?? 0,
    };
  }

  /** When mail for an invitation was last written. */
  async lastWritten(invitationId: string): Promise<string | undefined> {
    const row = await this.session.first<{ at: string | null }>(
      "select max(created_at) as at from muster_outbox where invitation_id = ? and kind = 'invitation'",
      [invitationId],
    );
    return row?.at ?? undefined;
  }
}
