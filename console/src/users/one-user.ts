import { oneQuery } from "../lists/resource-panel.tsx";
import { ENTERPRISE, MEMBERSHIP } from "../scim/resources.ts";
import type { User } from "../scim/resources.ts";

/** What is returned by default, and what has to be asked for. */
const OF_MEMBERSHIP = [
  ...["state", "memberships", "organizationRoles", "teams", "lastActiveAt"],
  ...["setupMailStatus", "setupMailStatusAt", "hasSecondFactor"],
];

const ATTRIBUTES = [
  ...["userName", "displayName", "name", "nickName", "title", "userType", "active", "externalId", "emails"],
  ...["phoneNumbers", "addresses", "roles", "groups", "preferredLanguage", "locale", "timezone", "meta"],
  ENTERPRISE,
  ...OF_MEMBERSHIP.map((name) => `${MEMBERSHIP}:${name}`),
].join();

/** One person, with all that the panel shows. */
export const userQuery = (realm: string, id: string) => oneQuery<User>(realm, "Users", id, ATTRIBUTES);
