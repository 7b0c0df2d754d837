import type { Realm } from "../scim/resources.ts";
import { nameOfRole } from "./user-names.ts";

/** The roles that the person may give, to choose from. @param type what a role is in */
export const grantableRoles = (realm: Realm, type: "provider" | "organization") =>
  (realm.grantableRoles ?? [])
    .filter((role) => role.type === type)
    .map(({ value }) => ({ value, label: nameOfRole(value) }));
