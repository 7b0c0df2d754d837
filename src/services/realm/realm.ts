import { tokenIdOf } from "../../domain/access/actor.js";
import type { CallersRealm } from "../../domain/access/callers-realm.js";
import { grantableRoles, rolesIn } from "../../domain/access/known-roles.js";
import type { KnownRole } from "../../domain/access/known-roles.js";
import { actionsOf, mayWrite, requireAccess } from "../../domain/access/policy.js";
import type { Principal } from "../../domain/access/principal.js";
import { ForbiddenError } from "../../domain/errors.js";
import type { SessionTimes } from "../../domain/sessions/session.js";
import type { Dependencies } from "../dependencies.js";
import { sessionCut } from "../sessions/current-session.js";

/** What a caller can learn of its realm and of its own power there. */
export class RealmService {
  constructor(
    private readonly deps: Pick<Dependencies, "work" | "now">,
    private readonly times: SessionTimes,
  ) {}

  /** @throws ForbiddenError for a token that has just been revoked, and a session that has just ended */
  async get(principal: Principal): Promise<CallersRealm> {
    const { realm } = principal;
    return {
      id: realm.type === "organization" ? realm.organizationId : realm.type,
      realm,
      credential: await this.#credentialOf(principal),
      readOnly: !mayWrite(principal),
      grantableRoles: grantableRoles(principal),
      actions: actionsOf(principal),
      seats: principal.seats ?? [],
    };
  }

  async #credentialOf({ actor, realm }: Principal): Promise<CallersRealm["credential"]> {
    const { accessTokens, sessions } = this.deps.work.read(realm);
    if (actor.type === "session") {
      const viewer = { seesRealm: false, accountId: actor.accountId, seesOwnElsewhere: false };
      const session = await sessions.find(actor.sessionId, viewer, sessionCut(this.deps, this.times));
      if (session) return { type: "session", session };
    }
    const tokenId = tokenIdOf(actor);
    const token = tokenId === undefined ? undefined : await accessTokens.find(tokenId);
    if (!token) throw new ForbiddenError("A valid access token is required to read its realm");
    return { type: "token", token };
  }

  /** The roles that a User can have in the caller's realm. @throws ForbiddenError */
  roles(principal: Principal): KnownRole[] {
    requireAccess(principal, "read Roles");
    return rolesIn(principal.realm);
  }
}
