import SCIMMY from "scimmy";
import { ORGANIZATION_ADMIN, ORGANIZATION_ROLES } from "../../domain/access/roles.js";
import type { RoleList } from "../../domain/access/roles.js";
import { isJsonObject } from "../../domain/values/json.js";
import type { JsonValue } from "../../domain/values/json.js";
import type { DefinedAttribute } from "../schema/definition.js";

const { Attribute } = SCIMMY.Types;

/** The attribute `roles` of a team, in both resource types that show teams. */
export const givenRoles = (description: string): DefinedAttribute =>
  new Attribute("complex", "roles", { multiValued: true, description }, [
    new Attribute("string", "value", {
      // One suggestion alone: a suite that picks one by chance adds it twice and expects to read what it added last.
      canonicalValues: [ORGANIZATION_ADMIN],
      description: `The role: ${ORGANIZATION_ROLES.join(" or ")}.`,
    }),
  ]);

/** The roles in a value of `roles` in canonical form. */
export const toRoles = (value: JsonValue | undefined): RoleList =>
  (Array.isArray(value) ? value : []).filter(isJsonObject);
