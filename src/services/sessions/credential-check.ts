import { PROVIDER_REALM } from "../../domain/access/principal.js";
import type { Author, Realm } from "../../domain/access/principal.js";
import { TooManyRequestsError } from "../../domain/errors.js";
import { isSameRealm } from "../../domain/sessions/session.js";
import type { OpenRealm } from "../../domain/sessions/session.js";
import type { Credentials } from "../../repositories/sessions/credentials.js";
import type { Repositories } from "../../repositories/unit-of-work.js";
import { recordEvent } from "../audit/audit.js";
import type { Dependencies } from "../dependencies.js";
import { DAY, later } from "../limits/rate-limits.js";
import type { Passwords } from "../passwords/passwords.js";
import { SignInAttempts, unknownOwner } from "./sign-in-attempts.js";
import type { SignInAttempt } from "./sign-in-attempts.js";

/** A name and a password that are tried. */
export interface TriedPassword {
  readonly name: string;
  readonly password: string;
  /** Whose names count; undefined: those of the provider. */
  readonly organizationId: string | undefined;
  /** Where attempts are counted apart from those in other places; undefined: at Muster's own sign-in. */
  readonly place?: string;
  /** Where the person is; undefined: not known, so that nothing is counted for the network. */
  readonly network: string | undefined;
  /** The browser, if it has signed in to the account of this id before. */
  readonly deviceOf: (accountId: string) => string | undefined;
  /** Whose turn the password takes, beside those of others who check passwords. */
  readonly group: string;
  /** Who tries it. @param realm of the password, or where the name counts */
  readonly authorIn: (realm: Realm) => Author;
}

/** What a right password opens. */
export interface Opened {
  readonly accountId: string;
  readonly userName: string;
  /** The organization that it opens alone; undefined: it is the person's. */
  readonly organizationId: string | undefined;
  /** The hash that it has. */
  readonly passwordHash: string;
  /** Whether it gives no role's power, since the organization chose it. */
  readonly isAssigned: boolean;
}

/** What came of a check. Only with the right password it tells that the account or the member is not active. */
export type Checked =
  | { readonly result: "right"; readonly opened: Opened }
  | { readonly result: "wrong" | "account inactive" | "member inactive" }
  | { readonly result: "too many attempts"; readonly retryAfter: number };

/** The longest name that is looked up. */
const MAX_NAME = 1000;

/** Checks names and passwords, within the limits of attempts. It takes the same time for a name that nobody has. */
export class CredentialCheck {
  readonly #attempts: SignInAttempts;

  constructor(
    private readonly deps: Dependencies,
    private readonly passwords: Passwords,
  ) {
    this.#attempts = new SignInAttempts(deps);
  }

  /** Checks a password once, and counts and audits it when it opens nothing. */
  async check(tried: TriedPassword): Promise<Checked> {
    const credentials = await this.#find(tried);
    const attempt = attemptOf(tried, credentials);
    const retryAfter = await this.#count(tried, credentials, attempt);
    if (retryAfter !== undefined) return { result: "too many attempts", retryAfter };
    const right = await this.#verify(credentials, tried, attempt);
    const opened = right && (await this.#renewed(right, tried, attempt));
    if (!opened || !credentials) {
      await this.#recordWrong(tried, credentials);
      return { result: "wrong" };
    }
    await this.deps.work.write(PROVIDER_REALM, (repositories) =>
      this.#attempts.forgive(repositories, attempt),
    );
    const within = tried.organizationId ?? opened.organizationId;
    if (credentials.isActive && (within === undefined || credentials.isMemberActive)) {
      return { result: "right", opened };
    }
    await this.#refused(tried, credentials, 403, "the User is not active");
    return { result: credentials.isActive ? "member inactive" : "account inactive" };
  }

  async #find({ name, organizationId }: TriedPassword): Promise<Credentials | undefined> {
    if (name.length > MAX_NAME) return undefined;
    const { credentials } = this.deps.work.read(PROVIDER_REALM, organizationId ?? "sign-in");
    return organizationId === undefined ? credentials.find(name) : credentials.findIn(organizationId, name);
  }

  /** @returns the seconds to wait when there were too many attempts */
  async #count(
    tried: TriedPassword,
    credentials: Credentials | undefined,
    attempt: SignInAttempt,
  ): Promise<number | undefined> {
    const beyond = await this.deps.work.write(PROVIDER_REALM, (repositories) =>
      this.#attempts.count(repositories, attempt),
    );
    if (beyond?.isFirst && credentials) {
      await this.#refused(tried, credentials, 429, "locked out for a while after too many wrong passwords");
    }
    return beyond?.retryAfter;
  }

  /** The first password that fits. A refusal always takes the time of two. */
  async #verify(
    credentials: Credentials | undefined,
    { password, group }: TriedPassword,
    { owner }: SignInAttempt,
  ): Promise<Opened | undefined> {
    const candidates = candidatesOf(credentials);
    for (const candidate of [candidates[0], candidates[1]]) {
      const hash = candidate?.passwordHash ?? this.passwords.decoy();
      const isRight = await this.passwords.isPassword({ group, owner }, password, hash);
      if (isRight && candidate) return candidate;
    }
    return undefined;
  }

  /**
   * Hashes the right password again if its hash is weaker than new ones are. Sessions and links that were bound to the old hash
   * are bound to the new one.
   *
   * @returns undefined when the password has just changed
   */
  async #renewed(opened: Opened, tried: TriedPassword, attempt: SignInAttempt): Promise<Opened | undefined> {
    if (!this.passwords.isWeak(opened.passwordHash)) return opened;
    const turn = { group: tried.group, owner: attempt.owner };
    const passwordHash = await this.passwords.rehash(turn, tried.password).catch(unlessBusy);
    // The next sign-in renews it.
    if (passwordHash === undefined) return opened;
    const isRenewed = await this.deps.work.write(PROVIDER_REALM, ({ credentials }) =>
      credentials.renewHash(opened, passwordHash),
    );
    if (isRenewed) return { ...opened, passwordHash };
    // Another sign-in was faster, or the password has just changed.
    return this.#verify(await this.#find(tried), tried, attempt);
  }

  /** Writes for a name that nobody has, too: a write takes time. */
  #recordWrong(tried: TriedPassword, credentials: Credentials | undefined): Promise<void> {
    if (credentials) return this.#refused(tried, credentials, 403, "a wrong password");
    return this.deps.work.write(PROVIDER_REALM, async ({ rateLimits }) => {
      const now = this.deps.now();
      await rateLimits.count("sign-in of unknown names", 1, now, later(now, DAY));
    });
  }

  #refused(
    { organizationId, authorIn }: TriedPassword,
    { accountId, userName, ofOrganization, personal }: Credentials,
    status: number,
    detail: string,
  ): Promise<void> {
    const owner = organizationId ?? (personal === undefined ? ofOrganization?.organizationId : undefined);
    return this.deps.work.write(PROVIDER_REALM, (repositories) =>
      recordEvent(this.deps, repositories, authorIn(realmOf(owner)), {
        ...{ action: "authenticate", target: { type: "User", id: accountId, display: userName } },
        ...{ result: "refused", status, detail },
      }),
    );
  }
}

function attemptOf(
  { name, place, network, deviceOf }: TriedPassword,
  credentials: Credentials | undefined,
): SignInAttempt {
  const owner = credentials?.accountId ?? unknownOwner(name);
  return {
    owner: place === undefined ? owner : `${owner} in ${place}`,
    device: credentials && deviceOf(credentials.accountId),
    network,
  };
}

function candidatesOf(credentials: Credentials | undefined): Opened[] {
  if (!credentials) return [];
  const { accountId, userName, personal, ofOrganization } = credentials;
  const person = { accountId, userName, organizationId: undefined, isAssigned: false };
  return [
    ...(personal === undefined ? [] : [{ ...person, passwordHash: personal }]),
    ...(ofOrganization === undefined
      ? []
      : [
          {
            ...{ accountId, userName, organizationId: ofOrganization.organizationId },
            ...{ passwordHash: ofOrganization.hash, isAssigned: ofOrganization.isAssigned },
          },
        ]),
  ];
}

/** The realms that a credential opens. */
export async function openedRealms(
  { sessions }: Pick<Repositories, "sessions">,
  { accountId, organizationId }: Pick<Opened, "accountId" | "organizationId">,
): Promise<OpenRealm[]> {
  const realms = await sessions.realmsOf(accountId);
  return organizationId === undefined
    ? realms
    : realms.filter(({ realm }) => isSameRealm(realm, realmOf(organizationId)));
}

export const realmOf = (organizationId: string | undefined): Realm =>
  organizationId === undefined ? PROVIDER_REALM : { type: "organization", organizationId };

/** Others wait for their passwords: a right one opens all the same. */
function unlessBusy(error: unknown): undefined {
  if (!(error instanceof TooManyRequestsError)) throw error;
}
