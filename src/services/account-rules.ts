import { isDeepStrictEqual } from "node:util";
import { INDEXED_IN_PROFILE } from "../domain/account.js";
import type { AccountInput } from "../domain/account.js";
import { requireFewElements, requireKeyLength, requireKeyLengths } from "../domain/limits.js";

type Profile = Pick<AccountInput, "userName" | "displayName" | "profile">;
type Standing = Pick<AccountInput, "externalId" | "active" | "roles">;

/** @throws InvalidValueError for what is too long to be kept */
export function requireStorable({ userName, externalId, displayName, profile, roles }: AccountInput): void {
  requireKeyLength({ userName, externalId, displayName });
  requireFewElements({ ...profile.value, roles: [...roles] });
  requireKeyLengths("emails", profile.value.emails);
  for (const [name, part] of INDEXED_IN_PROFILE) requireKeyLengths(name, [profile.value[name] ?? {}], part);
}

/** Whether nothing differs in what is the person's own, and seen in all realms. */
export function hasSameProfile(current: Profile, next: Profile): boolean {
  return (
    current.userName === next.userName &&
    current.displayName === next.displayName &&
    isDeepStrictEqual(current.profile.value, next.profile.value)
  );
}

/** Whether nothing differs in what the realm says of the person. */
export function hasSameStanding(current: Standing, next: Standing): boolean {
  return (
    current.externalId === next.externalId &&
    current.active === next.active &&
    isDeepStrictEqual(current.roles, next.roles)
  );
}
