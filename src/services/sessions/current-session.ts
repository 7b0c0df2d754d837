import { timingSafeEqual } from "node:crypto";
import { PROVIDER_REALM } from "../../domain/access/principal.js";
import type { Principal, Realm } from "../../domain/access/principal.js";
import { ForbiddenError } from "../../domain/errors.js";
import { isOver, isSameRealm } from "../../domain/sessions/session.js";
import type { OpenRealm, PersonSession, SessionTimes } from "../../domain/sessions/session.js";
import type { SecondFactor } from "../../domain/sessions/second-factor.js";
import type { Activity } from "../../repositories/memberships/activity.js";
import type { SessionCut } from "../../repositories/sessions/session-fields.js";
import type { Dependencies } from "../dependencies.js";
import { principalOfSession } from "../roles/current-principal.js";
import type { SessionEnd } from "../roles/current-principal.js";
import { hashOf } from "../tokens/token-secret.js";
import { later } from "../limits/rate-limits.js";
import { openedRealms } from "./credential-check.js";
import { authorOf } from "./sign-in.js";

/** A session that a cookie leads to. */
export interface CurrentSession {
  readonly session: PersonSession;
  /** Why it has no power, if it has none. */
  readonly principal: Principal | Exclude<SessionEnd, "inactive">;
}

/** What a person sees of their own session. */
export interface DescribedSession {
  readonly session: PersonSession;
  readonly realms: readonly OpenRealm[];
  /** Whether the person has a second factor for the password that the session began with, and has shown it. */
  readonly secondFactor: "none" | "shown" | "not shown";
  /** After how many seconds without a request it ends. */
  readonly idleTimeout: number;
}

/** The sessions that come with requests: finds them, has them act elsewhere, and ends them. */
export class CurrentSessions {
  /** When sessions were last used, by their ids, until that is written to the database. */
  #lastUses = new Map<string, Activity>();

  constructor(
    private readonly deps: Dependencies,
    private readonly times: SessionTimes,
  ) {}

  /** @param secret of the cookie @returns undefined when the session has ended, or never was one */
  async find(secret: string): Promise<CurrentSession | undefined> {
    const hash = hashOf(secret);
    const now = this.deps.now();
    const found = await this.deps.work.read(PROVIDER_REALM, hash).sessions.findByHash(hash);
    if (!found || !timingSafeEqual(Buffer.from(found.hash), Buffer.from(hash))) return undefined;
    const { session } = found;
    const lastUsedAt = this.#lastUses.get(session.id)?.at ?? session.lastUsedAt;
    if (isOver({ ...session, lastUsedAt }, this.times, now)) return undefined;
    const principal = principalOfSession(this.deps, found);
    if (principal === "inactive") return undefined;
    const { accountId, realm } = session;
    const organizationId = realm?.type === "organization" ? realm.organizationId : undefined;
    this.#lastUses.set(session.id, { accountId, organizationId, at: now });
    return { session, principal };
  }

  /** What a person sees of their own session: with names, and the realms that it can act in. */
  async describe({ session }: CurrentSession): Promise<DescribedSession> {
    const repositories = this.deps.work.read(PROVIDER_REALM, session.id);
    const viewer = { seesRealm: false, accountId: session.accountId, seesOwnElsewhere: true };
    const named = await this.deps.work
      .read(session.realm ?? PROVIDER_REALM, session.id)
      .sessions.find(session.id, viewer, sessionCut(this.deps, this.times));
    const credential = credentialOf(session);
    const realms = await openedRealms(repositories, credential);
    const factor = await repositories.secondFactors.find(credential);
    const idleTimeout = this.times.idle;
    return { session: named ?? session, realms, secondFactor: shownAs(session, factor), idleTimeout };
  }

  /** Has a session act in another realm of the person. @throws ForbiddenError when it does not open that realm */
  async switchTo(
    { session }: CurrentSession,
    realm: Realm,
    origin: Principal["origin"],
  ): Promise<CurrentSession> {
    return this.deps.work.write(PROVIDER_REALM, async (repositories) => {
      const realms = await openedRealms(repositories, credentialOf(session));
      if (!realms.some((each) => isSameRealm(each.realm, realm))) {
        throw new ForbiddenError("You cannot act in this realm with the password that you signed in with");
      }
      await repositories.sessions.act(session.id, realm);
      const found = await repositories.sessions.findById(session.id);
      const principal = found && principalOfSession(this.deps, found);
      if (!found || !principal || principal === "inactive")
        throw new ForbiddenError("Your session has ended");
      if (!isSameRealm(session.realm, realm)) {
        await this.deps.changes.record(repositories, authorOf(found.session, origin), {
          ...{ action: "change", target: { type: "Session", id: session.id }, attributes: ["realm"] },
        });
      }
      return { session: found.session, principal };
    });
  }

  /** Signs a person out. @param everywhere whether all sessions end that began with a credential of the same kind */
  async signOut(
    { session }: CurrentSession,
    everywhere: boolean,
    origin: Principal["origin"],
  ): Promise<void> {
    await this.deps.work.write(PROVIDER_REALM, async (repositories) => {
      const { id, accountId, credentialOrganizationId } = session;
      if (everywhere) await repositories.sessions.endOf(accountId, credentialOrganizationId);
      else await repositories.sessions.end(id);
      await this.deps.changes.record(repositories, authorOf(session, origin), {
        action: "delete",
        target: { type: "Session", id },
        detail: everywhere ? "signed out everywhere" : "signed out",
      });
    });
  }

  /** Writes when sessions were last used, in one transaction: a write for each request would cost too much. */
  async writeDownUse(): Promise<void> {
    const lastUses = this.#lastUses;
    this.#lastUses = new Map();
    if (lastUses.size === 0) return;
    await this.deps.work.write(PROVIDER_REALM, async ({ sessions, activity }) => {
      await activity.touch([...lastUses.values()]);
      for (const [id, { at }] of lastUses) await sessions.touch(id, at);
    });
  }

  /** Deletes sessions that are over, and sign-ins that waited too long for a code. */
  async prune(): Promise<void> {
    await this.deps.work.write(PROVIDER_REALM, async ({ sessions, signInChallenges }) => {
      await sessions.prune(sessionCut(this.deps, this.times));
      await signInChallenges.prune(this.deps.now());
    });
  }
}

/** The times before which sessions are over. */
export function sessionCut({ now: clock }: Pick<Dependencies, "now">, { idle }: SessionTimes): SessionCut {
  const now = clock();
  return { now, idleSince: later(now, -idle) };
}

const shownAs = ({ factor: shown }: PersonSession, factor: SecondFactor | undefined) => {
  if (!factor) return "none";
  return shown?.id === factor.id ? "shown" : "not shown";
};

const credentialOf = ({ accountId, credentialOrganizationId }: PersonSession) => ({
  accountId,
  organizationId: credentialOrganizationId,
});
