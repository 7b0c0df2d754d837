import { accountOf, tokenIdOf } from "../access/actor.js";
import type { Actor } from "../access/actor.js";

/** What became of a removal. */
export type RemovalStatus = "undoable" | "undone" | "expired";

/** What one actor took away in one realm, kept so that it can be undone. Times are ISO 8601 in UTC. */
export interface Removal {
  readonly id: string;
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly status: RemovalStatus;
  readonly actor: RemovalActor;
  /** How many people lost something. */
  readonly users: number;
  readonly teams: number;
  /** How many roles people lost. */
  readonly roles: number;
  readonly accounts: number;
  readonly organizations: number;
}

/** Who took it, as the removal's realm sees them. */
export interface RemovalActor {
  readonly type: "token" | "user" | "operator";
  readonly id: string | undefined;
  /** Undefined also for what is gone. */
  readonly name: string | undefined;
}

/** What can be in a removal, in the order in which it comes back: each needs what comes before it. */
export const ITEM_KINDS = [
  "organization",
  "account",
  "team",
  "invitation",
  "record",
  "membership",
  "seat",
  "deactivation",
] as const;
export type ItemKind = (typeof ITEM_KINDS)[number];

/** What became of one thing that was taken away. */
export interface UndoResult {
  readonly kind: ItemKind;
  /** The ids of what it is; undefined for those that it has not. */
  readonly organizationId: string | undefined;
  /** A team, also the one that a place is in, or an invitation. */
  readonly resourceId: string | undefined;
  readonly accountId: string | undefined;
  readonly display: string | undefined;
  readonly isRestored: boolean;
  /** Why it cannot come back, or what is other than before. */
  readonly detail: string | undefined;
}

/** The result of an undo. */
export interface Undo {
  readonly restored: number;
  readonly failed: number;
  /** One for each, at most `MOST_RESULTS`; those that failed come first. */
  readonly results: readonly UndoResult[];
}

/** How many results an answer has at most. */
export const MOST_RESULTS = 10_000;

/** A removal gathers what an actor takes without a longer pause than this, in milliseconds. */
export const LONGEST_PAUSE = 10 * 60 * 1000;

/** A removal gathers for no longer than this, in milliseconds. */
export const LONGEST_GATHERING = 24 * 60 * 60 * 1000;

/** A time further away has no text. */
const MOST_DAYS = 365_000;

const DAY = 24 * 60 * 60 * 1000;

/** Who takes something away, where and when: to which removal it belongs. */
export interface Taking {
  /** The id of the removal, if it is to be a new one. */
  readonly id: string;
  /** The organization whose realm it is; undefined: the provider's. */
  readonly organizationId: string | undefined;
  /** Tells actors apart: a person who is signed in twice is one. */
  readonly actor: string;
  readonly tokenId: string | undefined;
  readonly accountId: string | undefined;
  readonly at: string;
  /** The removal that it can belong to began after this, and got its last item after `lastAfter`. */
  readonly beganAfter: string;
  readonly lastAfter: string;
  readonly expiresAt: string;
  /** Whether what is taken is kept. */
  readonly isKept: boolean;
}

/** @param days for how long what was taken is kept; 0: not at all */
export function takingBy(
  actor: Actor,
  organizationId: string | undefined,
  { id, at, days }: { readonly id: string; readonly at: string; readonly days: number },
): Taking {
  const later = (milliseconds: number) => new Date(Date.parse(at) + milliseconds).toISOString();
  return {
    ...{ id, at, organizationId, actor: keyOf(actor) },
    ...{ tokenId: tokenIdOf(actor), accountId: accountOf(actor) },
    ...{ beganAfter: later(-LONGEST_GATHERING), lastAfter: later(-LONGEST_PAUSE) },
    ...{ expiresAt: later(Math.min(days, MOST_DAYS) * DAY), isKept: days > 0 },
  };
}

/** The same for all that one actor does. */
function keyOf(actor: Actor): string {
  const tokenId = tokenIdOf(actor);
  if (tokenId !== undefined) return `token:${tokenId}`;
  const accountId = accountOf(actor);
  return accountId === undefined ? "operator" : `user:${accountId}`;
}

/** Expired removals bring nothing back, even if their items are still there. @param now ISO 8601 in UTC */
export const statusOf = (
  { undoneAt, expiresAt }: { readonly undoneAt: string | undefined; readonly expiresAt: string },
  now: string,
): RemovalStatus => (undoneAt !== undefined ? "undone" : expiresAt <= now ? "expired" : "undoable");
