import type { RoleList } from "../../domain/access/roles.js";
import { foldCase } from "../../domain/values/text.js";

/** The values of the columns `roles` and `roles_search`: the roles as they were sent, and case-folded for filters. */
export function roleBindings(roles: RoleList): [roles: string, search: string] {
  const fold = (_name: string, value: unknown) => (typeof value === "string" ? foldCase(value) : value);
  return [JSON.stringify(roles), roles.length === 0 ? "{}" : JSON.stringify({ roles }, fold)];
}

export const toRoles = (roles: string): RoleList => (roles === "[]" ? [] : (JSON.parse(roles) as RoleList));
