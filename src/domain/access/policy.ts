import { ForbiddenError } from "../errors.js";
import { accountOf, isOrphaned } from "./actor.js";
import type { Power, Principal, Realm } from "./principal.js";

/**
 * Who may do what, in each realm: the least power that it takes. Everything is of the realm: in an
 * organization's, users are its members, groups is itself, and nothing else exists.
 */
const ACCESS = {
  "read this User": { provider: "member", organization: "member" },
  "read Users": { provider: "reader", organization: "reader" },
  "create Users": { provider: "administrator", organization: "administrator" },
  "change Users": { provider: "administrator", organization: "administrator" },
  "delete Users": { provider: "administrator", organization: "administrator" },
  "read Groups": { provider: "reader", organization: "reader" },
  "create Groups": { provider: "administrator", organization: "nobody" },
  "rename Groups": { provider: "administrator", organization: "nobody" },
  "change Groups": { provider: "administrator", organization: "administrator" },
  "delete Groups": { provider: "administrator", organization: "nobody" },
  "read Teams": { provider: "reader", organization: "reader" },
  "create Teams": { provider: "administrator", organization: "administrator" },
  "change Teams": { provider: "administrator", organization: "administrator" },
  "delete Teams": { provider: "administrator", organization: "administrator" },
  "read AccessTokens": { provider: "reader", organization: "reader" },
  "keep AccessTokens": { provider: "administrator", organization: "administrator" },
  "create AccessTokens": { provider: "administrator", organization: "administrator" },
  "change AccessTokens": { provider: "administrator", organization: "administrator" },
  "delete AccessTokens": { provider: "administrator", organization: "administrator" },
  "read Invitations": { provider: "reader", organization: "reader" },
  "create Invitations": { provider: "administrator", organization: "administrator" },
  "change Invitations": { provider: "administrator", organization: "administrator" },
  "delete Invitations": { provider: "administrator", organization: "administrator" },
  "read Candidates": { provider: "reader", organization: "reader" },
  "read AuditEvents": { provider: "reader", organization: "reader" },
  "grant provider roles": { provider: "administrator", organization: "nobody" },
  "grant organization roles": { provider: "administrator", organization: "administrator" },
  "grant team roles": { provider: "administrator", organization: "administrator" },
  "bring back Users with a role": { provider: "administrator", organization: "administrator" },
  "change how Users with a role sign in": { provider: "administrator", organization: "administrator" },
} as const satisfies Readonly<Record<string, Readonly<Record<Realm["type"], Power | "nobody">>>>;

/** Something that takes power; the words complete "may not". */
export type Action = keyof typeof ACCESS;

const POWERS: readonly Power[] = ["member", "reader", "administrator"];

/** What gives power, or a way to it: nobody does that by a token whose maker has lost it. */
const GIVES_POWER: readonly Action[] = [
  "keep AccessTokens",
  "create AccessTokens",
  "change AccessTokens",
  "create Invitations",
  "change Invitations",
  "grant provider roles",
  "grant organization roles",
  "grant team roles",
  "bring back Users with a role",
  "change how Users with a role sign in",
];

/** Whether a principal may do something in its realm. */
export function mayDo(principal: Pick<Principal, "actor" | "realm" | "power">, action: Action): boolean {
  const { actor, realm, power } = principal;
  if (isOrphaned(actor) && GIVES_POWER.includes(action)) return false;
  const needed = ACCESS[action][realm.type];
  return needed !== "nobody" && POWERS.indexOf(power) >= POWERS.indexOf(needed);
}

const WRITES = (Object.keys(ACCESS) as Action[]).filter((action) => !action.startsWith("read "));

/** @throws ForbiddenError for a principal that may write nothing, whatever it is */
export function requireWriter(principal: Principal): void {
  if (WRITES.some((action) => mayDo(principal, action))) return;
  throw new ForbiddenError(`${bearer(principal, "change Users")} may not change anything`);
}

/** @throws ForbiddenError that says what the principal's token cannot do */
export function requireAccess(principal: Principal, action: Action): void {
  if (mayDo(principal, action)) return;
  const hint =
    isOrphaned(principal.actor) && GIVES_POWER.includes(action)
      ? ": the person who made it lost the power to; another administrator can keep it or revoke it"
      : "";
  throw new ForbiddenError(`${bearer(principal, action)} may not ${action}${hint}`);
}

function bearer({ actor, realm, power }: Principal, action: Action): string {
  if (ACCESS[action][realm.type] === "nobody") return "An access token of an organization";
  if (isOrphaned(actor) && GIVES_POWER.includes(action)) return "This access token is orphaned and";
  if (power === "reader") return "This access token is read-only and";
  return accountOf(actor) === undefined ? "This access token" : "Somebody without an administrator's role";
}
