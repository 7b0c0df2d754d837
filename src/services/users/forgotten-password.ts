import { randomInt } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { linkAuthor, PROVIDER_REALM } from "../../domain/access/principal.js";
import { TooManyRequestsError } from "../../domain/errors.js";
import { MAX_FORGOTTEN } from "../../domain/limits/attempts.js";
import type { AccountWithOrganizations } from "../../domain/users/account.js";
import type { Credentials } from "../../repositories/sessions/credentials.js";
import { recordEvent } from "../audit/audit.js";
import type { Dependencies } from "../dependencies.js";
import type { Origin } from "../limits/brute-force-guard.js";
import { countWithin, DAY, HOUR, later } from "../limits/rate-limits.js";
import type { OutgoingMail } from "../mail/outgoing-mail.js";
import { realmOf } from "../sessions/credential-check.js";
import { networkOfClient, unknownOwner } from "../sessions/sign-in-attempts.js";
import { targetOf } from "./account-rules.js";
import { personalAddresses, resetAddress } from "./reset-addresses.js";
import type { ResetAddress } from "./reset-addresses.js";

/** How long every answer takes: longer than the work for a name that exists, so that the time does not tell. */
const ANSWER_MS = 250;

/** The longest name that is looked up. */
const MAX_NAME = 1000;

/** Links with another revision are void; random, so that none comes twice. */
export const newRevision = () => randomInt(1, 2 ** 31);

/** Somebody asks for a link to a new password. */
export interface ForgottenPassword {
  readonly name: string;
  /** Whose names count; undefined: those of the provider. */
  readonly organizationId: string | undefined;
  readonly origin: Origin;
}

/** Whom a link is for. */
interface Recipient extends ResetAddress {
  readonly account: AccountWithOrganizations;
  /** The organization that created the account, whose address may be used. */
  readonly organizationId: string | undefined;
}

/** Sends links to new passwords to people who forgot theirs. */
export class ForgottenPasswords {
  constructor(
    private readonly deps: Dependencies,
    private readonly mail: OutgoingMail,
  ) {}

  /**
   * Sends a link if there is an active person of this name who has an address. The answer does not tell whether there is.
   *
   * @throws TooManyRequestsError after too many requests from one network
   */
  async ask(input: ForgottenPassword): Promise<void> {
    const network = networkOfClient(input.origin?.address);
    await this.deps.work.write(PROVIDER_REALM, (repositories) =>
      countWithin(this.deps, repositories, `forgotten passwords from ${network}`, {
        points: MAX_FORGOTTEN.fromOneNetwork,
        seconds: HOUR,
      }),
    );
    await Promise.all([this.#send(input), setTimeout(ANSWER_MS)]);
  }

  async #send(input: ForgottenPassword): Promise<void> {
    const credentials = await this.#find(input);
    const recipient = await this.#recipient(input, credentials);
    const owner = credentials?.accountId ?? unknownOwner(input.name);
    try {
      await this.#write(input, owner, recipient);
    } catch (error) {
      // A refusal would tell that there is such a person.
      if (!(error instanceof TooManyRequestsError)) throw error;
    }
  }

  async #find({ name, organizationId }: ForgottenPassword): Promise<Credentials | undefined> {
    if (name.length > MAX_NAME) return undefined;
    const { credentials } = this.deps.work.read(PROVIDER_REALM, organizationId ?? "sign-in");
    return organizationId === undefined ? credentials.find(name) : credentials.findIn(organizationId, name);
  }

  async #recipient(
    { name, organizationId }: ForgottenPassword,
    credentials: Credentials | undefined,
  ): Promise<Recipient | undefined> {
    if (!credentials?.isActive) return undefined;
    if (organizationId !== undefined && !credentials.isMemberActive) return undefined;
    const repositories = this.deps.work.read(PROVIDER_REALM, credentials.accountId);
    const account = await repositories.accounts.find(credentials.accountId);
    if (!account) return undefined;
    const origin = (await repositories.accounts.origin(account.id)).organizationId;
    // Of the organizations, only the one that created the account may send mail to an address that it wrote.
    const mayUseRecord = origin !== undefined && (organizationId ?? origin) === origin;
    const record = mayUseRecord
      ? await this.deps.work.read(realmOf(origin), account.id).accounts.find(account.id)
      : undefined;
    const usable = record?.active === true ? record : undefined;
    const personal = await personalAddresses(repositories, account);
    const found = resetAddress(name, personal, usable, organizationId !== undefined);
    return found && { ...found, account, organizationId: found.isPersonal ? undefined : origin };
  }

  /** Writes the mail into the outbox; for a name that nobody has, it only counts. */
  #write({ origin }: ForgottenPassword, owner: string, recipient: Recipient | undefined): Promise<void> {
    return this.deps.work.write(PROVIDER_REALM, async (repositories) => {
      const limit = { points: MAX_FORGOTTEN.ofOneName, seconds: HOUR };
      await countWithin(this.deps, repositories, `forgotten password of ${owner}`, limit);
      if (!recipient) return;
      const { account, organizationId, address } = recipient;
      const revision = newRevision();
      const expiresAt = later(this.deps.now(), HOUR);
      const reset = { accountId: account.id, organizationId, revision, address, expiresAt };
      await repositories.passwordResets.forget(later(this.deps.now(), -DAY));
      await repositories.passwordResets.begin(reset);
      const author = linkAuthor(realmOf(organizationId), undefined, undefined, origin);
      const within = organizationId === undefined ? {} : { organizationId };
      const mail = { kind: "password-reset", accountId: account.id, ...within, revision } as const;
      await this.mail.write(repositories, { actor: author.actor, organizationId }, [mail], [address]);
      await recordEvent(this.deps, repositories, author, {
        ...{ action: "authenticate", target: targetOf(account) },
        detail: "a link to a new password was asked for",
      });
    });
  }
}
