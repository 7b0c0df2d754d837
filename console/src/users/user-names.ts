import type { User } from "../scim/resources.ts";
import { MEMBERSHIP } from "../scim/resources.ts";

/** What people call a person; the user name when nothing better is known. */
export function nameOf({ displayName, name, userName }: User): string {
  const parts = [name?.givenName, name?.familyName].filter(Boolean).join(" ");
  return (
    [displayName, name?.formatted, parts].find((each) => each !== undefined && each.trim() !== "") ?? userName
  );
}

const SOURCES: Readonly<Record<string, string>> = {
  scim: "Identity provider",
  admin: "Administrator",
  invitation: "Invitation",
  restored: "Restored",
};

/** How a person became a member, for people. */
export const nameOfSource = (source: string | undefined) =>
  source === undefined ? "" : (SOURCES[source] ?? source);

/** A role for people: 'organization-admin' as 'Organization admin'. */
export const nameOfRole = (role: string) =>
  `${role.slice(0, 1).toUpperCase()}${role.slice(1).replaceAll("-", " ")}`;

/** What state a person is in. */
export type UserState = "active" | "inactive" | "invited";

export function stateOf(user: User): UserState {
  if (user.active === false) return "inactive";
  return user[MEMBERSHIP]?.state === "invited" ? "invited" : "active";
}
