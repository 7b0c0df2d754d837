import { ForbiddenError } from "../errors.js";
import type { AccessToken, AccessTokenInput, Owner } from "../tokens/access-token.js";
import { accountOf, endOf, isOrphaned, personBehind } from "./actor.js";
import type { Actor } from "./actor.js";
import { hasRole, KNOWN_ROLES, PROVIDER_ADMIN } from "./roles.js";
import type { RoleList } from "./roles.js";
import type { Power, Principal, Realm } from "./principal.js";

/**
 * Who may do what, in each realm: the least power that each action needs. In an organization's realm, Users are its
 * members, Groups are its teams and the organization itself, and nothing else exists.
 */
const ACCESS = {
  "read this User": { provider: "member", organization: "member" },
  "read Users": { provider: "reader", organization: "reader" },
  "create Users": { provider: "administrator", organization: "administrator" },
  "change Users": { provider: "administrator", organization: "administrator" },
  "delete Users": { provider: "administrator", organization: "administrator" },
  "read Groups": { provider: "reader", organization: "reader" },
  "create Groups": { provider: "administrator", organization: "administrator" },
  "change Groups": { provider: "administrator", organization: "administrator" },
  "delete Groups": { provider: "administrator", organization: "administrator" },
  // In an organization's realm, that is the organization itself; its teams are the other Groups.
  "rename organizations": { provider: "administrator", organization: "nobody" },
  "delete organizations": { provider: "administrator", organization: "nobody" },
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
  // A person who has the link can take what it gives.
  "see links of Invitations": { provider: "administrator", organization: "administrator" },
  "read Candidates": { provider: "reader", organization: "reader" },
  "read AuditEvents": { provider: "reader", organization: "reader" },
  "read Removals": { provider: "reader", organization: "reader" },
  "undo Removals": { provider: "administrator", organization: "administrator" },
  // For people, not for machines.
  "forget Removals": { provider: "administrator", organization: "administrator" },
  "read Counts": { provider: "reader", organization: "reader" },
  "read Settings": { provider: "reader", organization: "nobody" },
  "read own Sessions": { provider: "member", organization: "member" },
  "read Sessions": { provider: "reader", organization: "reader" },
  "end Sessions": { provider: "administrator", organization: "administrator" },
  // And only for a token that was made for it.
  "check passwords": { provider: "reader", organization: "reader" },
  // Which roles there are tells nothing of people.
  "read Roles": { provider: "member", organization: "member" },
  "grant provider roles": { provider: "administrator", organization: "nobody" },
  "grant organization roles": { provider: "administrator", organization: "administrator" },
  "grant team roles": { provider: "administrator", organization: "administrator" },
  "bring back Users with a role": { provider: "administrator", organization: "administrator" },
  "change how Users with a role sign in": { provider: "administrator", organization: "administrator" },
} as const satisfies Readonly<Record<string, Readonly<Record<Realm["type"], Power | "nobody">>>>;

/** An action that needs power; the words complete "may not". */
export type Action = keyof typeof ACCESS;

const POWERS: readonly Power[] = ["member", "reader", "administrator"];

/** Actions that give power, or lead to it. They are refused for a token whose maker has lost that power. */
const GIVES_POWER: readonly Action[] = [
  "keep AccessTokens",
  "create AccessTokens",
  "change AccessTokens",
  "create Invitations",
  "change Invitations",
  "see links of Invitations",
  "grant provider roles",
  "grant organization roles",
  "grant team roles",
  "bring back Users with a role",
  "change how Users with a role sign in",
  "undo Removals",
];

/** Whether a principal may do something in its realm. */
export function mayDo(principal: Pick<Principal, "actor" | "realm" | "power">, action: Action): boolean {
  const { actor, realm, power } = principal;
  if (isOrphaned(actor) && GIVES_POWER.includes(action)) return false;
  if (action === "check passwords" && !checksPasswords(actor)) return false;
  const needed = ACCESS[action][realm.type];
  return needed !== "nobody" && POWERS.indexOf(power) >= POWERS.indexOf(needed);
}

const checksPasswords = (actor: Actor) => actor.type === "token" && actor.checksPasswords === true;

const ACTIONS = Object.keys(ACCESS) as Action[];

/** Everything that a principal may do in its realm. */
export const actionsOf = (principal: Pick<Principal, "actor" | "realm" | "power">): Action[] =>
  ACTIONS.filter((action) => mayDo(principal, action));

const WRITES = ACTIONS.filter((action) => !/^(read|see|check) /.test(action));

/** Whether a principal may write anything. */
export const mayWrite = (principal: Pick<Principal, "actor" | "realm" | "power" | "seats">): boolean =>
  WRITES.some((action) => mayDo(principal, action)) ||
  principal.seats?.some(({ power }) => power !== "reader") === true;

/** @throws ForbiddenError for a principal that may write nothing, whatever it is */
export function requireWriter(principal: Principal): void {
  if (mayWrite(principal)) return;
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

function bearer({ actor, realm, power, needsFactor }: Principal, action: Action): string {
  if (ACCESS[action][realm.type] === "nobody") {
    return actor.type === "session"
      ? "In an organization's realm, you"
      : "An access token of an organization";
  }
  if (isOrphaned(actor) && GIVES_POWER.includes(action)) return "This access token is orphaned and";
  if (action === "check passwords" && !checksPasswords(actor)) {
    return actor.type === "token" ? "Without 'checksPasswords', an access token" : "A person";
  }
  if (needsFactor) return "Until you show a second factor, as '/console/session' says, you";
  if (power === "reader") return "This access token is read-only and";
  return accountOf(actor) === undefined ? "This access token" : "A person without an administrator's role";
}

/** What a person signs in with, or what leads to a new password. */
const SIGN_IN_ATTRIBUTES = ["userName", "emails", "password", "sendSetupEmail", "secondFactor"];

/** The actions that a caller needs power for to give a person roles that they do not have. */
export function actionsOfRoles(current: RoleList, next: RoleList): Action[] {
  const granted = KNOWN_ROLES.filter((role) => hasRole(next, role) && !hasRole(current, role));
  return [
    ...(granted.includes(PROVIDER_ADMIN) ? (["grant provider roles"] as const) : []),
    ...(granted.some((role) => role !== PROVIDER_ADMIN) ? (["grant organization roles"] as const) : []),
  ];
}

/** A change of how a person signs in, or of whether they can. */
export interface SignInChange {
  readonly current: { readonly id: string; readonly active: boolean | undefined };
  readonly next: { readonly active: boolean | undefined };
  /** The attributes that change. */
  readonly changes: readonly string[];
}

/** The actions that a caller needs power for to make such a change to a person with a role: it is a way to their power. */
export const actionsOfSignIn = ({ current, next, changes }: SignInChange): Action[] => [
  ...(SIGN_IN_ATTRIBUTES.some((name) => changes.includes(name))
    ? (["change how Users with a role sign in"] as const)
    : []),
  ...(current.active !== true && next.active === true ? (["bring back Users with a role"] as const) : []),
];

/** Whether an actor may remove the last administrator: a machine may, since offboarding is never blocked. */
export const mayRemoveLastAdministrator = (actor: Actor) => accountOf(actor) === undefined;

/** What an access token gives in its realm. @param owner the person that it belongs to, if it does */
export function powerOf(
  { readOnly, accountId }: Pick<AccessToken, "readOnly" | "accountId">,
  owner: Pick<Owner, "isAdministrator">,
): Power {
  if (accountId !== undefined && !owner.isAdministrator) return "member";
  return readOnly ? "reader" : "administrator";
}

/**
 * Which access tokens a principal may make, change or rotate: those that can do no more than its own, and not for
 * longer, and of persons only the one behind it; the operator may make one for any person.
 *
 * @throws ForbiddenError
 */
export function requireTokenWithin(
  { actor, realm: own }: Principal,
  input: Pick<AccessTokenInput, "realm" | "accountId" | "expiresAt" | "checksPasswords">,
): void {
  const { realm, accountId, expiresAt } = input;
  const isInside =
    own.type === "provider" || (realm.type === "organization" && realm.organizationId === own.organizationId);
  if (!isInside)
    throw new ForbiddenError(
      "An access token of an organization can only create access tokens of the same organization",
    );
  const person = personBehind(actor);
  const isOperators = person === undefined && own.type === "provider";
  if (accountId !== undefined && accountId !== person && !isOperators) {
    throw new ForbiddenError(
      "You can only create and change your own access tokens and those of machines, not those of other people",
    );
  }
  if (input.checksPasswords && accountOf(actor) === undefined && !isOperators && !checksPasswords(actor)) {
    throw new ForbiddenError(
      "Only a person or an access token that checks passwords itself can create one that checks passwords",
    );
  }
  const end = endOf(actor);
  if (end !== undefined && (expiresAt === undefined || expiresAt > end)) {
    throw new ForbiddenError(
      `This access token expires at ${end} and cannot create one that is valid for longer; set 'expiresAt' to that time or earlier`,
    );
  }
}

/** An orphaned token gets a new secret only by being kept. @throws ForbiddenError */
export function requireRotatable({ orphanedAt }: Pick<AccessToken, "orphanedAt">): void {
  if (orphanedAt === undefined) return;
  throw new ForbiddenError(
    "This access token is orphaned and cannot be rotated; an administrator other than its maker can keep it, which gives it a new secret, or revoke it",
  );
}

/** Who keeps an orphaned token: a person. @returns the person @throws ForbiddenError */
export function requireKeeper({ actor }: Principal): string {
  const person = accountOf(actor);
  if (person !== undefined) return person;
  throw new ForbiddenError(
    "Only a person can keep an access token; use an access token that belongs to a person",
  );
}

/** Who forgets a removal, so that nobody can undo it: a person. @throws ForbiddenError */
export function requirePersonToForget({ actor }: Principal): void {
  if (accountOf(actor) !== undefined) return;
  throw new ForbiddenError("Only a person can delete a Removal; a machine's access token cannot");
}

/** And another person than the one who made it. @throws ForbiddenError */
export function requireOtherMaker(keeper: string, { makerId }: Pick<AccessToken, "makerId">): void {
  if (makerId !== keeper) return;
  throw new ForbiddenError("You are the maker of this access token; another administrator must keep it");
}

/** Whether an invitation that a machine made still is one, by what became of its access token. @param now ISO 8601 in UTC */
export const isTokenInviting = (
  { expiresAt, orphanedAt }: Pick<AccessToken, "expiresAt" | "orphanedAt">,
  givesRoles: boolean,
  now: string,
) => (expiresAt === undefined || expiresAt > now) && !(givesRoles && orphanedAt !== undefined);
