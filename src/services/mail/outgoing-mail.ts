import { accountOf, credentialOf } from "../../domain/access/actor.js";
import type { Actor } from "../../domain/access/actor.js";
import type { NewMail } from "../../domain/mail/mail.js";
import { foldCase } from "../../domain/values/text.js";
import type { Repositories } from "../../repositories/unit-of-work.js";
import type { Dependencies } from "../dependencies.js";
import { counted, countWithin, DAY, HOUR } from "../limits/rate-limits.js";

/** Limits on outgoing mail. */
export interface MailLimits {
  /** Mails that one access token can cause in a day. */
  readonly perToken: number;
  /** Mails about one organization in a day: enough to add two thousand people in one Bulk, too few for a mailing list. */
  readonly perOrganization: number;
  /** Mails to one address in an hour. */
  readonly perAddress: number;
}

/** Who causes mail: its limits are counted per actor and organization. */
export interface MailCause {
  readonly actor: Actor;
  readonly organizationId?: string | undefined;
}

/** Who asks for mail to an address. */
interface AskedMail extends Pick<MailCause, "actor"> {
  readonly createdBy: string | undefined;
  readonly isOwn: boolean;
}

/** Mails to an address that its owner can ask for in an hour, whatever others have sent there. */
const OWN_AN_HOUR = 2;

/** Writes mail into the outbox, in the transaction of its cause, within limits. */
export class OutgoingMail {
  constructor(
    private readonly deps: Pick<Dependencies, "now" | "newId">,
    private readonly limits: MailLimits,
  ) {}

  /**
   * @param addresses the recipients, for the limit per address
   * @throws TooManyRequestsError; then nothing is written
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
   * Writes mail that a person has sent to an address of their choice. Beyond a third of the limit of the address it is dropped:
   * a refusal would tell what others had sent there. To an address that is the person's already, some more goes, apart from
   * those limits, and to any other the first mail of each person: what strangers have sent there must not keep the person's own
   * mail from it.
   *
   * @param createdBy the organization that created the person's account: limits how much its people can send
   * @param isOwn whether mail about the account goes to the address already
   * @throws TooManyRequestsError beyond the limits of the person and of the organization; then nothing is written
   */
  async writeSilently(
    repositories: Pick<Repositories, "outbox" | "rateLimits">,
    { actor, createdBy, isOwn }: AskedMail,
    mail: NewMail & { readonly address: string },
  ): Promise<void> {
    await this.count(repositories, { actor }, 1);
    if (createdBy !== undefined) {
      // Apart from mail about the organization, which could otherwise use it up so that the person cannot send any.
      const ofOrganization = { points: this.limits.perOrganization, seconds: DAY };
      await countWithin(this.deps, repositories, `mail by people of ${createdBy}`, ofOrganization);
    }
    const key = foldCase(mail.address);
    const isFirst = await this.#isFirst(repositories, key, accountOf(actor));
    const hasRoom =
      (isOwn && (await this.#hasOwnRoom(repositories, key))) ||
      (await this.#hasRoom(repositories, key)) ||
      (isFirst && (await this.#hasRoomForFirst(repositories, key)));
    if (!hasRoom) return;
    await repositories.outbox.insert([{ ...mail, id: this.deps.newId(), createdAt: this.deps.now() }]);
  }

  /** Whether a person asks for mail to an address for the first time in an hour. */
  async #isFirst(
    repositories: Pick<Repositories, "rateLimits">,
    key: string,
    accountId = "",
  ): Promise<boolean> {
    const first = { points: 1, seconds: HOUR };
    return (await counted(this.deps, repositories, `mail to ${key} for ${accountId}`, first)).excess <= 0;
  }

  /** As many people as mails that all mail to an address shares. */
  async #hasRoomForFirst(repositories: Pick<Repositories, "rateLimits">, key: string): Promise<boolean> {
    const people = { points: this.limits.perAddress, seconds: HOUR };
    return (await counted(this.deps, repositories, `first mail of people to ${key}`, people)).excess <= 0;
  }

  /** Counted by address, so that there is not more of it where several accounts have the same. */
  async #hasOwnRoom(repositories: Pick<Repositories, "rateLimits">, key: string): Promise<boolean> {
    const own = { points: OWN_AN_HOUR, seconds: HOUR };
    return (await counted(this.deps, repositories, `mail of their own to ${key}`, own)).excess <= 0;
  }

  /**
   * Whether mail that people ask for is within the limits of the address. Dropped mail does not count for the limit that all mail
   * shares, so that nobody can keep invitations and links to new passwords from an address.
   */
  async #hasRoom(repositories: Pick<Repositories, "rateLimits">, key: string): Promise<boolean> {
    const { perAddress } = this.limits;
    const asked = { points: Math.max(1, Math.floor(perAddress / 3)), seconds: HOUR };
    if ((await counted(this.deps, repositories, `mail asked for to ${key}`, asked)).excess > 0) return false;
    const shared = { points: perAddress, seconds: HOUR };
    return (await counted(this.deps, repositories, `mail to ${key}`, shared)).excess <= 0;
  }

  /**
   * Counts mail that is dropped beyond the limits instead of being refused.
   *
   * @param wanted how many mails are to be sent
   * @returns how many of them are within the limits
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

  /** Counts mail, or what counts as mail, without writing any. @throws TooManyRequestsError */
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

  /** The names of a cause's rate limits, and how many mails each allows in a day. */
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
