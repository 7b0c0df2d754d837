import { credentialOf } from "../../domain/access/actor.js";
import type { Actor } from "../../domain/access/actor.js";
import type { NewMail } from "../../domain/mail/mail.js";
import { foldCase } from "../../domain/values/text.js";
import type { Repositories } from "../../repositories/unit-of-work.js";
import type { Dependencies } from "../dependencies.js";
import { counted, countWithin, DAY, HOUR } from "../limits/rate-limits.js";

/** How much mail goes out. */
export interface MailLimits {
  /** That one access token brings about in a day. */
  readonly perToken: number;
  /** About one organization in a day: a roll-out of two thousand people in one Bulk, and no mailing list. */
  readonly perOrganization: number;
  /** To one address in an hour. */
  readonly perAddress: number;
}

/** Whose mail it is: what its limits are counted by. */
export interface MailCause {
  readonly actor: Actor;
  readonly organizationId?: string | undefined;
}

/** Writes mail into the outbox, in the transaction of its cause, within limits. */
export class OutgoingMail {
  constructor(
    private readonly deps: Pick<Dependencies, "now" | "newId">,
    private readonly limits: MailLimits,
  ) {}

  /**
   * @param addresses whom it goes to, where that has a limit
   * @throws TooManyRequestsError, and nothing is written
   */
  async write(
    repositories: Pick<Repositories, "outbox" | "rateLimits">,
    cause: MailCause,
    mails: readonly NewMail[],
    addresses: readonly string[] = mails.flatMap(({ address }) => address ?? []),
  ): Promise<void> {
    await this.count(repositories, cause, mails.length);
    const perAddress = { points: this.limits.perAddress, seconds: HOUR };
    for (const key of addresses.map(foldCase).sort()) {
      await countWithin(this.deps, repositories, `mail to ${key}`, perAddress);
    }
    const createdAt = this.deps.now();
    await repositories.outbox.insert(mails.map((mail) => ({ ...mail, id: this.deps.newId(), createdAt })));
  }

  /**
   * Counts mail that must not be refused, as far as it is within the limits.
   *
   * @param wanted how much is to go out
   * @returns how much of it may
   */
  async allowance(
    repositories: Pick<Repositories, "rateLimits">,
    cause: MailCause,
    wanted: number,
  ): Promise<number> {
    let allowed = wanted;
    for (const [name, points] of this.#limitsOf(cause)) {
      const { excess } = await counted(this.deps, repositories, name, { points, seconds: DAY }, 0);
      allowed = Math.min(allowed, Math.max(0, -excess));
    }
    await this.count(repositories, cause, allowed);
    return allowed;
  }

  /** Counts mail, or what is like it, without writing any. @throws TooManyRequestsError */
  async count(
    repositories: Pick<Repositories, "rateLimits">,
    cause: MailCause,
    amount: number,
  ): Promise<void> {
    if (amount === 0) return;
    for (const [name, points] of this.#limitsOf(cause)) {
      await countWithin(this.deps, repositories, name, { points, seconds: DAY }, amount);
    }
  }

  /** What is counted for a cause, by name, and how much of it there may be in a day. */
  #limitsOf({ actor, organizationId }: MailCause): [name: string, points: number][] {
    const { perToken, perOrganization } = this.limits;
    const credential = credentialOf(actor);
    return [
      ...(credential === undefined ? [] : [[`mail by ${credential}`, perToken] as [string, number]]),
      ...(organizationId === undefined
        ? []
        : [[`mail about ${organizationId}`, perOrganization] as [string, number]]),
    ];
  }
}
