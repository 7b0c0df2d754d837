import { randomBytes } from "node:crypto";
import { linkAuthor, PROVIDER_REALM } from "../../domain/access/principal.js";
import type { Author, Principal, Realm } from "../../domain/access/principal.js";
import { ForbiddenError, TooManyRequestsError } from "../../domain/errors.js";
import { later } from "../limits/rate-limits.js";
import { isId } from "../../domain/values/id.js";
import { isSameRealm } from "../../domain/sessions/session.js";
import type { OpenRealm, PersonSession, SessionTimes } from "../../domain/sessions/session.js";
import type { Dependencies } from "../dependencies.js";
import type { Passwords } from "../passwords/passwords.js";
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

/** A session that has just begun. */
export interface BegunSession {
  readonly session: PersonSession;
  /** For the cookie; it is not stored. */
  readonly secret: string;
}

/** How many characters of the browser's name are stored. */
const MAX_CLIENT = 300;

/** Signs people in. */
export class SignInService {
  readonly #credentials: CredentialCheck;

  constructor(
    private readonly deps: Dependencies,
    passwords: Passwords,
    private readonly times: SessionTimes,
  ) {
    this.#credentials = new CredentialCheck(deps, passwords);
  }

  /**
   * Signs a person in.
   *
   * @throws ForbiddenError for a wrong name or password, and for a person who is not active; TooManyRequestsError after too
   *   many wrong passwords
   */
  async signIn(input: SignIn): Promise<BegunSession> {
    const opened = await this.#check(input);
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
export const authorOf = (
  { id, accountId, realm = PROVIDER_REALM }: Pick<PersonSession, "id" | "accountId" | "realm">,
  origin: Principal["origin"],
): Author => ({
  actor: { type: "session", sessionId: id, accountId },
  realm,
  ...(origin && { origin }),
});
