import { randomBytes } from "node:crypto";
import { linkAuthor, PROVIDER_REALM } from "../../domain/access/principal.js";
import type { Author, Principal, Realm } from "../../domain/access/principal.js";
import { ClosedError, ForbiddenError, TooManyRequestsError } from "../../domain/errors.js";
import { MAX_CODES_OF_SIGN_IN } from "../../domain/limits/attempts.js";
import type { SecondFactor } from "../../domain/sessions/second-factor.js";
import type { SignInChallenge } from "../../repositories/second-factors/sign-in-challenges.js";
import type { Repositories } from "../../repositories/unit-of-work.js";
import { later } from "../limits/rate-limits.js";
import { isId } from "../../domain/values/id.js";
import { isSameRealm } from "../../domain/sessions/session.js";
import type { OpenRealm, PersonSession, SessionTimes } from "../../domain/sessions/session.js";
import type { Dependencies } from "../dependencies.js";
import { actorOfSession } from "../roles/current-principal.js";
import type { Passwords } from "../passwords/passwords.js";
import type { FactorCodes } from "../second-factors/factor-codes.js";
import { targetOf } from "../users/account-rules.js";
import { hashOf } from "../tokens/token-secret.js";
import { CredentialCheck, openedRealms, realmOf } from "./credential-check.js";
import type { Opened } from "./credential-check.js";
import { networkOfClient } from "./sign-in-attempts.js";

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

/** The second step of signing in: a code of the second factor, or a recovery code. */
export interface SignInCode extends Pick<SignIn, "deviceOf" | "origin" | "client"> {
  /** Of the cookie that the first step set. */
  readonly secret: string;
  readonly code: string;
}

/** A sign-in with the right password, which waits for a code. */
export interface PendingSignIn {
  /** For the cookie; it is not stored. */
  readonly challenge: string;
  /** ISO 8601 in UTC. */
  readonly expiresAt: string;
}

/** A session that has just begun. */
export interface BegunSession {
  readonly session: PersonSession;
  /** For the cookie; it is not stored. */
  readonly secret: string;
}

/** What a session begins with. */
interface Beginning extends Pick<SignIn, "organizationId" | "origin" | "client"> {
  readonly opened: Pick<Opened, "accountId" | "userName" | "organizationId" | "passwordHash">;
  /** The second factor that was shown. */
  readonly factor?: SecondFactor;
}

/** How many characters of the browser's name are stored. */
const MAX_CLIENT = 300;

/** How long a person has to enter the code, in seconds. */
export const CODE_SECONDS = 300;

/** Signs people in. */
export class SignInService {
  readonly #credentials: CredentialCheck;

  constructor(
    private readonly deps: Dependencies,
    passwords: Passwords,
    private readonly codes: FactorCodes,
    private readonly times: SessionTimes,
  ) {
    this.#credentials = new CredentialCheck(deps, passwords);
  }

  /**
   * Signs a person in, or asks for a code where a second factor guards the password.
   *
   * @throws ForbiddenError for a wrong name or password, and for a person who is not active; TooManyRequestsError after too
   *   many wrong passwords
   */
  async signIn(input: SignIn): Promise<BegunSession | PendingSignIn> {
    const opened = await this.#check(input);
    return this.deps.work.write(PROVIDER_REALM, async (repositories) => {
      const factor = await repositories.secondFactors.find(opened);
      return factor
        ? this.#ask(repositories, factor, { ...input, opened })
        : this.#begin(repositories, { ...input, opened });
    });
  }

  /** Whether a sign-in waits for a code. @param secret of the cookie */
  async isPending(secret: string): Promise<boolean> {
    return (await this.#challenge(secret)) !== undefined;
  }

  /**
   * Signs a person in whose password was right, and who enters a code.
   *
   * @throws ForbiddenError for a wrong code, and when the person may no longer sign in; ClosedError when the sign-in is over;
   *   TooManyRequestsError after too many wrong codes
   */
  async enterCode({ secret, code, deviceOf, origin, client }: SignInCode): Promise<BegunSession> {
    const challenge = await this.#challenge(secret);
    if (!challenge || !(await this.#countCode(secret))) throw signInIsOver();
    const { factor, passwordHash, signInOrganizationId } = challenge;
    const { accountId, organizationId } = factor;
    const account = await this.deps.work.read(realmOf(organizationId), accountId).accounts.find(accountId);
    if (!account) throw signInIsOver();
    const place = `by ${deviceOf(accountId) ?? "other browsers"}`;
    const author = linkAuthor(realmOf(organizationId), undefined, accountId, origin);
    await this.codes.take(factor, { code, place, author, target: targetOf(account) });
    const opened = { accountId, organizationId, passwordHash, userName: account.userName };
    return this.deps.work.write(PROVIDER_REALM, async (repositories) => {
      if (!(await repositories.signInChallenges.end(hashOf(secret)))) throw signInIsOver();
      const begun = await this.#begin(repositories, {
        ...{ opened, factor, origin, client, organizationId: signInOrganizationId },
      });
      await requireOpen(repositories, begun.session);
      return begun;
    });
  }

  #challenge(secret: string): Promise<SignInChallenge | undefined> {
    const hash = hashOf(secret);
    const limits = { now: this.deps.now(), attempts: MAX_CODES_OF_SIGN_IN };
    return this.deps.work.read(PROVIDER_REALM, hash).signInChallenges.find(hash, limits);
  }

  #countCode(secret: string): Promise<boolean> {
    return this.deps.work.write(PROVIDER_REALM, ({ signInChallenges }) =>
      signInChallenges.countAttempt(hashOf(secret), MAX_CODES_OF_SIGN_IN),
    );
  }

  async #ask(
    { signInChallenges }: Repositories,
    factor: SecondFactor,
    { opened: { passwordHash }, organizationId }: Beginning,
  ): Promise<PendingSignIn> {
    const challenge = randomBytes(32).toString("base64url");
    const expiresAt = later(this.deps.now(), CODE_SECONDS);
    const waiting = { factor, passwordHash, signInOrganizationId: organizationId, expiresAt };
    await signInChallenges.insert(hashOf(challenge), waiting);
    return { challenge, expiresAt };
  }

  async #begin(
    repositories: Repositories,
    { opened, factor, organizationId, origin, client }: Beginning,
  ): Promise<BegunSession> {
    const secret = randomBytes(32).toString("base64url");
    const at = this.deps.now();
    const realms = await openedRealms(repositories, opened);
    const session: PersonSession = {
      ...{ id: this.deps.newId(), accountId: opened.accountId },
      ...{ realm: preferredRealm(realms, organizationId), credentialOrganizationId: opened.organizationId },
      ...{ createdAt: at, lastUsedAt: at, expiresAt: later(at, this.times.total), address: origin?.address },
      client: client?.slice(0, MAX_CLIENT),
      factor: factor && { id: factor.id, at },
    };
    const secrets = { secretHash: hashOf(secret), passwordHash: opened.passwordHash };
    await repositories.sessions.insert(session, secrets);
    await this.deps.changes.record(repositories, authorOf(session, origin), {
      action: "create",
      target: { type: "Session", id: session.id, display: opened.userName },
      ...(factor && { detail: "with a second factor" }),
    });
    return { session, secret };
  }

  /** What an organization with a sign-in of its own is called. @returns undefined when there is none */
  async organizationName(id: string): Promise<string | undefined> {
    if (!isId(id)) return undefined;
    const found = await this.deps.work.read(PROVIDER_REALM, id).organizations.find(id, { lock: false });
    return found?.displayName;
  }

  /** @throws what `signIn` throws */
  async #check({ name, password, organizationId, deviceOf, origin }: SignIn): Promise<Opened> {
    const network = networkOfClient(origin?.address);
    const checked = await this.#credentials.check({
      ...{ name, password, organizationId, network, deviceOf, group: network },
      authorIn: (realm) => linkAuthor(realm, undefined, undefined, origin),
    });
    switch (checked.result) {
      case "right":
        return checked.opened;
      case "wrong":
        throw new ForbiddenError("The name or the password is wrong");
      case "too many attempts":
        throw new TooManyRequestsError(checked.retryAfter);
      case "member inactive":
        throw new ForbiddenError(
          "You are not an active member of this organization; contact its administrator",
        );
      default:
        throw new ForbiddenError("Your account has been deactivated; contact an administrator");
    }
  }
}

/** While the code was awaited, the password may have changed, or the person been deactivated. @throws ForbiddenError */
async function requireOpen({ sessions }: Repositories, { id }: PersonSession): Promise<void> {
  const found = await sessions.findById(id);
  const isMember = found?.session.credentialOrganizationId === undefined || found.owner.isActive;
  if (!found?.isAccountActive || !isMember) {
    throw new ForbiddenError("Your password has just changed, or you are no longer active; sign in again");
  }
}

const signInIsOver = () =>
  new ClosedError("expired", "It took too long, or too many codes were wrong; sign in again");

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

/** A session as the author of what happens to it. */
export const authorOf = (session: PersonSession, origin: Principal["origin"]): Author => ({
  actor: actorOfSession(session),
  realm: session.realm ?? PROVIDER_REALM,
  ...(origin && { origin }),
});
