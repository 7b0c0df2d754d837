import { tokenIdOf } from "../../domain/access/actor.js";
import type { CallersRealm } from "../../domain/access/callers-realm.js";
import { grantableRoles, rolesIn } from "../../domain/access/known-roles.js";
import type { KnownRole } from "../../domain/access/known-roles.js";
import { actionsOf, mayWrite, requireAccess } from "../../domain/access/policy.js";
import type { Principal } from "../../domain/access/principal.js";
import { ForbiddenError } from "../../domain/errors.js";
import type { Dependencies } from "../dependencies.js";

/** What a caller can learn of its realm and of its own power there. */
export class RealmService {
  constructor(private readonly deps: Pick<Dependencies, "work">) {}

  /** @throws ForbiddenError for a token that has just been revoked */
  async get(principal: Principal): Promise<CallersRealm> {
    const { actor, realm } = principal;
    const tokenId = tokenIdOf(actor);
    const token =
      tokenId === undefined ? undefined : await this.deps.work.read(realm).accessTokens.find(tokenId);
    if (!token) throw new ForbiddenError("A valid access token is required to read its realm");
    return {
      id: realm.type === "organization" ? realm.organizationId : realm.type,
      realm,
      token,
      readOnly: !mayWrite(principal),
      grantableRoles: grantableRoles(principal),
      actions: actionsOf(principal),
    };
  }

  /** The roles that a User can have in the caller's realm. @throws ForbiddenError */
  roles(principal: Principal): KnownRole[] {
    requireAccess(principal, "read Roles");
    return rolesIn(principal.realm);
  }
}
