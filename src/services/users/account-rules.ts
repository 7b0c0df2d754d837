import { isDeepStrictEqual } from "node:util";
import { INDEXED_IN_PROFILE } from "../../domain/users/account.js";
import type { Account, AccountInput } from "../../domain/users/account.js";
import type { AuditTarget } from "../../domain/audit/audit-event.js";
import { InvalidValueError } from "../../domain/errors.js";
import {
  requireFewElements,
  requireKeyLength,
  requireKeyLengths,
  requireSize,
} from "../../domain/limits/values.js";
import type { Sized } from "../../domain/limits/values.js";
import { isJsonObject } from "../../domain/values/json.js";
import type { JsonValue } from "../../domain/values/json.js";
import type { Dependencies } from "../dependencies.js";

type Profile = Pick<AccountInput, "userName" | "displayName" | "profile">;
type Standing = Pick<AccountInput, "externalId" | "active" | "roles">;

/** A User, as the audit log names it. */
export const targetOf = ({ id, userName }: Pick<Account, "id" | "userName">): AuditTarget => ({
  type: "User",
  id,
  display: userName,
});

/** How somebody comes by a password: it is given, or they choose one by a link in a mail. */
export interface Credentials {
  /** In clear; undefined leaves the one there is. */
  readonly password?: string | undefined;
  /**
   * Whether they get that mail: now, since somebody asks for it; or unless they have got it, or have a password, since
   * a whole resource says so that a client sends again and again.
   */
  readonly setupEmail?: "send" | "unlessSent" | undefined;
}

/** @throws InvalidValueError for both at once */
export function requireOneWay({ password, setupEmail }: Credentials): void {
  if (password !== undefined && setupEmail === "send") {
    throw new InvalidValueError(
      "Send either 'password' or 'sendSetupEmail', not both: with 'sendSetupEmail', the person chooses a password",
    );
  }
}

/** Changes after which a link that is out to set up the account is void. */
export const concernsSetup = (changes: readonly string[]) =>
  ["active", "userName", "emails"].some((name) => changes.includes(name));

/**
 * @param current what is there, which may be larger than what can be written today
 * @throws InvalidValueError for what is too long to be kept
 */
export function requireStorable(
  { profileMaxBytes }: Pick<Dependencies, "profileMaxBytes">,
  input: AccountInput,
  current?: Account,
): void {
  const { userName, externalId, displayName, profile, roles } = input;
  requireKeyLength({ userName, externalId, displayName });
  requireFewElements({ ...profile.value, roles: [...roles] });
  requireKeyLengths("emails", profile.value.emails);
  for (const path of INDEXED_IN_PROFILE) requireKeyLength({ [path.join(".")]: textAt(profile.value, path) });
  requireSize(sized(input), profileMaxBytes, current && sized(current));
}

/** The text at a path; undefined where there is none. */
function textAt(value: JsonValue | undefined, [name, ...rest]: readonly string[]): string | undefined {
  if (name === undefined) return typeof value === "string" ? value : undefined;
  return isJsonObject(value) ? textAt(value[name], rest) : undefined;
}

const sized = ({ profile, roles }: Pick<Account, "profile" | "roles">): Sized => ({
  bytes: Buffer.byteLength(profile.text) + Buffer.byteLength(JSON.stringify(roles)),
  attributes: () => ({ ...profile.value, roles: [...roles] }),
});

/** The attributes of what is the person's own, and seen in all realms, that differ. */
export function profileChanges(current: Profile | undefined, next: Profile): string[] {
  const [before, after] = [current, next].map((each) => ({
    ...each?.profile.value,
    schemas: undefined,
    userName: each?.userName,
    displayName: each?.displayName,
  }));
  return differences(before, after);
}

/** The attributes of what the realm says of the person that differ. */
export function standingChanges(current: Standing | undefined, next: Standing): string[] {
  const [before, after] = [current, next].map((each) => ({
    externalId: each?.externalId,
    active: each?.active,
    roles: each && each.roles.length > 0 ? each.roles : undefined,
  }));
  return differences(before, after);
}

/** Whether changes of what the realm says of a person may take power away. */
export const concernsPower = (changes: readonly string[]) =>
  changes.includes("active") || changes.includes("roles");

type Named = Readonly<Record<string, unknown>>;

const differences = (before: Named = {}, after: Named = {}) =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) => !isDeepStrictEqual(before[name], after[name]),
  );
