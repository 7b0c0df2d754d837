import { randomBytes } from "node:crypto";
import { linkAuthor, PROVIDER_REALM } from "../../domain/access/principal.js";
import type { Author, Principal, Realm } from "../../domain/access/principal.js";
import { ForbiddenError, TooManyRequestsError } from "../../domain/errors.js";
import { DAY, later } from "../limits/rate-limits.js";
import { isId } from "../../domain/values/id.js";
import { isSameRealm } from "../../domain/sessions/session.js";
import type { OpenRealm, PersonSession, SessionTimes } from "../../domain/sessions/session.js";
import type { Credentials } from "../../repositories/sessions/credentials.js";
import type { Repositories } from "../../repositories/unit-of-work.js";
import { recordEvent } from "../audit/audit.js";
import type { Dependencies } from "../dependencies.js";
import type { Passwords } from "../passwords/passwords.js";
import { hashOf } from "../tokens/token-secret.js";
import { networkOfClient, SignInAttempts, unknownOwner } from "./sign-in-attempts.js";
import type { SignInAttempt } from "./sign-in-attempts.js";

/** What a person enters to sign in, and what their browser tells. */
export interface SignIn {
  readonly name: string;
  readonly password: string;
  /** Whose names count; undefined: those of the provider. */
  readonly organizationId: string | undefined;
  /** The browser, if it has signed in to the account of this id before. */
  readonly deviceOf: (accountId: string) => string | undefined;
  readonly origin: Principal["origin"];
  /** What the browser calls itself. */
  readonly client: string | undefined;
}

/** What a right password opens. */
export interface Opened {
  readonly accountId: string;
  readonly userName: string;
  /** The organization that it opens alone; undefined: it is the person's. */
  readonly organizationId: string | undefined;
  /** The hash that it has. */
  readonly passwordHash: string;
}

/** A session that has just begun. */
export interface BegunSession {
  readonly session: PersonSession;
  /** For the cookie; it is not stored. */
  readonly secret: string;
}

/** The longest name that is looked up. */
const MAX_NAME = 1000;

/** How many characters of the browser's name are stored. */
const MAX_CLIENT = 300;

/** Checks names and passwords, and signs people in. */
export class SignInService {
  readonly #attempts: SignInAttempts;

  constructor(
    private readonly deps: Dependencies,
    private readonly passwords: Passwords,
    private readonly times: SessionTimes,
  ) {
    this.#attempts = new SignInAttempts(deps);
  }

  /**
   * Signs a person in.
   *
   * @throws ForbiddenError for a wrong name or password, and for a person who is not active; TooManyRequestsError after too
   *   many wrong passwords
   */
  async signIn(input: SignIn): Promise<BegunSession> {
    const opened = await this.check(input);
    const secret = randomBytes(32).toString("base64url");
    const at = this.deps.now();
    return this.deps.work.write(PROVIDER_REALM, async (repositories) => {
      const realms = await openedRealms(repositories, opened);
      const realm = preferredRealm(realms, input.organizationId);
      const session: PersonSession = {
        ...{ id: this.deps.newId(), accountId: opened.accountId, realm },
        ...{ credentialOrganizationId: opened.organizationId, createdAt: at, lastUsedAt: at },
        ...{ expiresAt: later(at, this.times.total), address: input.origin?.address },
        client: input.client?.slice(0, MAX_CLIENT),
      };
      const secrets = { secretHash: hashOf(secret), passwordHash: opened.passwordHash };
      await repositories.sessions.insert(session, secrets);
      await this.deps.changes.record(repositories, authorOf(session, input.origin), {
        action: "create",
        target: { type: "Session", id: session.id, display: opened.userName },
      });
      return { session, secret };
    });
  }

  /** What an organization with a sign-in of its own is called. @returns undefined when there is none */
  async organizationName(id: string): Promise<string | undefined> {
    if (!isId(id)) return undefined;
    const found = await this.deps.work.read(PROVIDER_REALM, id).organizations.find(id, { lock: false });
    return found?.displayName;
  }

  /**
   * Checks a name and a password. It takes the same time for a name that nobody has.
   *
   * @throws what `signIn` throws
   */
  async check(input: SignIn): Promise<Opened> {
    const credentials = await this.#find(input);
    const attempt = this.#attemptOf(input, credentials);
    await this.#count(input, credentials, attempt);
    const opened = await this.#verify(credentials, input, attempt);
    if (!opened) {
      await this.#recordWrong(input, credentials);
      throw new ForbiddenError("The name or the password is wrong");
    }
    await this.deps.work.write(PROVIDER_REALM, (repositories) =>
      this.#attempts.forgive(repositories, attempt),
    );
    if (credentials) await this.#requireActive(input, credentials, opened);
    return opened;
  }

  async #find({ name, organizationId }: SignIn): Promise<Credentials | undefined> {
    if (name.length > MAX_NAME) return undefined;
    const { credentials } = this.deps.work.read(PROVIDER_REALM, organizationId ?? "sign-in");
    return organizationId === undefined ? credentials.find(name) : credentials.findIn(organizationId, name);
  }

  #attemptOf({ name, deviceOf, origin }: SignIn, credentials: Credentials | undefined): SignInAttempt {
    return {
      owner: credentials?.accountId ?? unknownOwner(name),
      device: credentials && deviceOf(credentials.accountId),
      network: networkOfClient(origin?.address),
    };
  }

  async #count(input: SignIn, credentials: Credentials | undefined, attempt: SignInAttempt): Promise<void> {
    const beyond = await this.deps.work.write(PROVIDER_REALM, (repositories) =>
      this.#attempts.count(repositories, attempt),
    );
    if (!beyond) return;
    if (beyond.isFirst && credentials) {
      await this.#refused(input, credentials, 429, "locked out for a while after too many wrong passwords");
    }
    throw new TooManyRequestsError(beyond.retryAfter);
  }

  /** The first password that fits. A refusal always takes the time of two. */
  async #verify(
    credentials: Credentials | undefined,
    { password }: SignIn,
    { network, owner }: SignInAttempt,
  ): Promise<Opened | undefined> {
    const candidates = candidatesOf(credentials);
    for (const candidate of [candidates[0], candidates[1]]) {
      const hash = candidate?.passwordHash ?? this.passwords.decoy();
      const isRight = await this.passwords.isPassword({ group: network, owner }, password, hash);
      if (isRight && candidate) return candidate;
    }
    return undefined;
  }

  /** @throws ForbiddenError, which tells a person with the right password why it opens nothing */
  async #requireActive(input: SignIn, credentials: Credentials, opened: Opened): Promise<void> {
    const within = input.organizationId ?? opened.organizationId;
    const isActive = credentials.isActive && (within === undefined || credentials.isMemberActive);
    if (isActive) return;
    await this.#refused(input, credentials, 403, "the User is not active");
    throw new ForbiddenError(
      credentials.isActive
        ? "You are not an active member of this organization; contact its administrator"
        : "Your account has been deactivated; contact an administrator",
    );
  }

  /** Writes for a name that nobody has, too: a write takes time. */
  #recordWrong(input: SignIn, credentials: Credentials | undefined): Promise<void> {
    if (credentials) return this.#refused(input, credentials, 403, "a wrong password");
    return this.deps.work.write(PROVIDER_REALM, async ({ rateLimits }) => {
      const now = this.deps.now();
      await rateLimits.count("sign-in of unknown names", 1, now, later(now, DAY));
    });
  }

  #refused(
    { organizationId, origin }: SignIn,
    { accountId, userName, ofOrganization, personal }: Credentials,
    status: number,
    detail: string,
  ): Promise<void> {
    const owner = organizationId ?? (personal === undefined ? ofOrganization?.organizationId : undefined);
    const author = linkAuthor(realmOf(owner), undefined, undefined, origin);
    return this.deps.work.write(PROVIDER_REALM, (repositories) =>
      recordEvent(this.deps, repositories, author, {
        ...{ action: "authenticate", target: { type: "User", id: accountId, display: userName } },
        ...{ result: "refused", status, detail },
      }),
    );
  }
}

function candidatesOf(credentials: Credentials | undefined): Opened[] {
  if (!credentials) return [];
  const { accountId, userName, personal, ofOrganization } = credentials;
  return [
    ...(personal === undefined
      ? []
      : [{ accountId, userName, organizationId: undefined, passwordHash: personal }]),
    ...(ofOrganization === undefined
      ? []
      : [
          {
            accountId,
            userName,
            organizationId: ofOrganization.organizationId,
            passwordHash: ofOrganization.hash,
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

/** Where a session begins: where the person signs in, else where they administer something, else in an organization. */
function preferredRealm(realms: readonly OpenRealm[], organizationId: string | undefined): Realm | undefined {
  const isOwn = ({ realm }: OpenRealm) =>
    organizationId !== undefined && isSameRealm(realm, realmOf(organizationId));
  const preferred =
    realms.find(isOwn) ??
    realms.find(({ isAdministrator }) => isAdministrator) ??
    realms.find(({ realm }) => realm.type === "organization") ??
    realms[0];
  return preferred?.realm;
}

export const realmOf = (organizationId: string | undefined): Realm =>
  organizationId === undefined ? PROVIDER_REALM : { type: "organization", organizationId };

/** A session as the author of what happens to it. */
export const authorOf = (
  { id, accountId, realm = PROVIDER_REALM }: Pick<PersonSession, "id" | "accountId" | "realm">,
  origin: Principal["origin"],
): Author => ({
  actor: { type: "session", sessionId: id, accountId },
  realm,
  ...(origin && { origin }),
});
