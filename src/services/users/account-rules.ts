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
import { textAt } from "../../domain/values/json.js";
import type { Dependencies } from "../dependencies.js";

type Profile = Pick<AccountInput, "userName" | "displayName" | "profile">;
type RealmAttributes = Pick<AccountInput, "externalId" | "active" | "roles">;

/** A User as the target of audit events. */
export const targetOf = ({ id, userName }: Pick<Account, "id" | "userName">): AuditTarget => ({
  type: "User",
  id,
  display: userName,
});

/** How a person gets a password: the client sends it, or the person chooses one by a link in a mail. */
export interface Credentials {
  /** The new password in clear; undefined for no change. */
  readonly password?: string | undefined;
  /**
   * When the person gets that mail. "send": now, because the client asks for it. "unlessSent": only without a password and
   * a valid link, because the attribute is in a whole resource, which clients send again and again.
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

/** Whether changes make a sent link to set up the account invalid. */
export const concernsSetup = (changes: readonly string[]) =>
  ["active", "userName", "emails"].some((name) => changes.includes(name));

/**
 * @param current the stored account, which may be larger than the limit if the limit was lowered
 * @throws InvalidValueError for values that are too long or too many
 */
export function requireStorable(
  { profileMaxBytes }: Pick<Dependencies, "profileMaxBytes">,
  input: AccountInput,
  current?: Account,
): void {
  const { userName, externalId, displayName, profile, roles } = input;
  // A name that Muster made from a long one is longer, and may stay.
  const names = Object.entries({ userName, externalId, displayName });
  const written = names.filter(([name, value]) => value !== current?.[name as keyof Account]);
  requireKeyLength(Object.fromEntries(written));
  requireFewElements({ ...profile.value, roles: [...roles] });
  requireKeyLengths("emails", profile.value.emails);
  for (const path of INDEXED_IN_PROFILE) requireKeyLength({ [path.join(".")]: textAt(profile.value, path) });
  requireSize(sized(input), profileMaxBytes, current && sized(current));
}

const sized = ({ profile, roles }: Pick<Account, "profile" | "roles">): Sized => ({
  bytes: Buffer.byteLength(profile.text) + Buffer.byteLength(JSON.stringify(roles)),
  attributes: () => ({ ...profile.value, roles: [...roles] }),
});

/** The names of the person's own attributes, shared by all realms, that differ. */
export function profileChanges(current: Profile | undefined, next: Profile): string[] {
  const [before, after] = [current, next].map((each) => ({
    ...each?.profile.value,
    schemas: undefined,
    userName: each?.userName,
    displayName: each?.displayName,
  }));
  return differences(before, after);
}

/** The names of the attributes that each realm sets for a person, and that differ. */
export function realmChanges(current: RealmAttributes | undefined, next: RealmAttributes): string[] {
  const [before, after] = [current, next].map((each) => ({
    externalId: each?.externalId,
    active: each?.active,
    roles: each && each.roles.length > 0 ? each.roles : undefined,
  }));
  return differences(before, after);
}

/** Whether changes of a realm's attributes may take power away. */
export const concernsPower = (changes: readonly string[]) =>
  changes.includes("active") || changes.includes("roles");

/** Whether a change makes an active person inactive, which is how identity providers mostly take access away. */
export const deactivates = (
  current: Pick<RealmAttributes, "active">,
  next: Pick<RealmAttributes, "active">,
) => current.active === true && next.active !== true;

type Attributes = Readonly<Record<string, unknown>>;

const differences = (before: Attributes = {}, after: Attributes = {}) =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) => !isDeepStrictEqual(before[name], after[name]),
  );
