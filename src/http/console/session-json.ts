import { credentialOwner, realmKey } from "../../domain/sessions/session.js";
import type { CurrentSession, DescribedSession } from "../../services/sessions/current-session.js";
import type { ConsoleCookies } from "./cookies.js";

/** What a session tells the page that it belongs to. */
export interface SessionJson {
  readonly id: string;
  readonly user: { readonly value: string; readonly display: string | undefined };
  /** The realm that it acts in: `provider`, or the organization's id; null: none, so the person has to choose one. */
  readonly realm: string | null;
  /** Whose password it began with. */
  readonly credential: "person" | "organization";
  readonly realms: readonly {
    readonly value: string;
    readonly display: string | undefined;
    readonly isAdministrator: boolean;
  }[];
  readonly expiresAt: string;
  /** After how many seconds without a request it ends. */
  readonly idleTimeout: number;
  /** Whether the person has one for the password that the session began with, and has shown it. */
  readonly secondFactor: DescribedSession["secondFactor"];
  /** Whether the person has a role here that gives no power until they show a second factor. */
  readonly needsSecondFactor: boolean;
  /** For the header `Muster-CSRF` of writes in this realm. */
  readonly csrf: string;
}

export function toJson(
  { session: current, principal }: CurrentSession,
  { session, realms, secondFactor, idleTimeout }: DescribedSession,
  cookies: ConsoleCookies,
): SessionJson {
  return {
    id: session.id,
    user: { value: session.accountId, display: session.accountName },
    realm: principal === "no realm" ? null : (realmKey(session.realm) ?? null),
    credential: credentialOwner(session),
    realms: realms.map(({ realm, name, isAdministrator }) => ({
      value: realmKey(realm) ?? "",
      display: name,
      isAdministrator,
    })),
    expiresAt: session.expiresAt,
    idleTimeout,
    secondFactor,
    needsSecondFactor: principal !== "no realm" && principal.needsFactor === true,
    csrf: cookies.csrfOf(current),
  };
}
