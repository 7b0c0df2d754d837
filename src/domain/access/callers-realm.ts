import type { AccessToken } from "../tokens/access-token.js";
import type { PersonSession } from "../sessions/session.js";
import type { KnownRole } from "./known-roles.js";
import type { Action } from "./policy.js";
import type { Realm } from "./principal.js";
import type { Seat } from "./seats.js";

/** What a caller learns of itself: where it acts, who it is, and what it may do there. */
export interface CallersRealm {
  /** `provider`, or the organization's id. */
  readonly id: string;
  readonly realm: Realm;
  /** The access token that acts, or the session. */
  readonly credential:
    | { readonly type: "token"; readonly token: AccessToken }
    | { readonly type: "session"; readonly session: PersonSession };
  /** Whether it may change nothing. */
  readonly readOnly: boolean;
  readonly grantableRoles: readonly KnownRole[];
  readonly actions: readonly Action[];
  /** What a person without an administrator's role may do in single teams. */
  readonly seats: readonly Seat[];
}
