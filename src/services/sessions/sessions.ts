import { accountOf } from "../../domain/access/actor.js";
import { mayDo, requireAccess } from "../../domain/access/policy.js";
import { PROVIDER_REALM } from "../../domain/access/principal.js";
import type { Principal } from "../../domain/access/principal.js";
import { NotFoundError } from "../../domain/errors.js";
import type { Listing, Page } from "../../domain/listing.js";
import type { PersonSession, SessionTimes } from "../../domain/sessions/session.js";
import { isId } from "../../domain/values/id.js";
import type { SessionViewer } from "../../repositories/sessions/session-fields.js";
import type { Repositories } from "../../repositories/unit-of-work.js";
import type { Dependencies } from "../dependencies.js";
import { sessionCut } from "./current-session.js";

/** Sessions as resources: the caller's own, and those of a realm for its administrators. */
export class SessionService {
  constructor(
    private readonly deps: Dependencies,
    private readonly times: SessionTimes,
  ) {}

  async get(principal: Principal, id: string): Promise<PersonSession> {
    const viewer = await this.#viewerOf(principal);
    return this.#find(this.deps.work.read(principal.realm), id, viewer);
  }

  async list(principal: Principal, listing: Listing): Promise<Page<PersonSession>> {
    const viewer = await this.#viewerOf(principal);
    return this.deps.work
      .readMany(principal)
      .sessions.list(listing, viewer, sessionCut(this.deps, this.times));
  }

  /**
   * Ends a session at once, in every process; in an organization's realm, somebody else's only ends its stay there.
   *
   * @throws NotFoundError, ForbiddenError
   */
  async end(principal: Principal, id: string): Promise<void> {
    const viewer = await this.#viewerOf(principal);
    await this.deps.work.write(principal.realm, async (repositories) => {
      const session = await this.#find(repositories, id, viewer);
      const isOwn = session.accountId === viewer.accountId && principal.actor.type === "session";
      if (!isOwn) requireAccess(principal, "end Sessions");
      const isStay = !isOwn && principal.realm.type === "organization";
      if (isStay && session.credentialOrganizationId === undefined) {
        await repositories.sessions.act(id, undefined);
      } else await repositories.sessions.end(id);
      const target = { type: "Session", id, display: session.accountName };
      await this.deps.changes.record(repositories, principal, { action: "delete", target });
    });
  }

  async #find({ sessions }: Repositories, id: string, viewer: SessionViewer): Promise<PersonSession> {
    const found = isId(id) ? await sessions.find(id, viewer, sessionCut(this.deps, this.times)) : undefined;
    if (!found) throw new NotFoundError("Session", id);
    return found;
  }

  /** @throws ForbiddenError */
  async #viewerOf(principal: Principal): Promise<SessionViewer> {
    const { actor } = principal;
    requireAccess(principal, "read own Sessions");
    const own =
      actor.type === "session"
        ? await this.deps.work.read(PROVIDER_REALM).sessions.findById(actor.sessionId)
        : undefined;
    return {
      seesRealm: mayDo(principal, "read Sessions"),
      accountId: accountOf(actor),
      seesOwnElsewhere: own?.session.credentialOrganizationId === undefined && own !== undefined,
    };
  }
}
