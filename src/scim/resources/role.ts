import { actionsOfRole } from "../../domain/access/known-roles.js";
import type { KnownRole } from "../../domain/access/known-roles.js";
import type { Realm } from "../../domain/access/principal.js";
import { NotFoundError } from "../../domain/errors.js";
import type { JsonObject } from "../../domain/values/json.js";
import { entityTag } from "../answers/versions.js";
import type { ScimContext } from "../context.js";
import { pageOf } from "../filter/page-of.js";
import { ownDefinition, readOnly } from "../schema/definition.js";
import { crud } from "./crud.js";

const NAME = "Role";
/** Okta collects roles from resource types of this schema, and of no other. */
const OKTA_ROLE = "urn:okta:scim:schemas:core:1.0:Role";
const ROLE = "urn:muster:params:scim:schemas:core:2.0:Role";

const VERSION = 1;
const exact = { caseExact: true };

const definition = ownDefinition(NAME, OKTA_ROLE, "A role that a User can have", [
  readOnly("string", "displayName", "The name of the role.", { required: true }),
]);
definition.extend(
  ownDefinition("RoleDetails", ROLE, "What a role is for, and what it allows", [
    readOnly("string", "description", "What the role is for, in a sentence or two."),
    readOnly("string", "scope", "What a person has the role in.", {
      ...exact,
      canonicalValues: ["provider", "organization"],
    }),
    readOnly("string", "actions", "What the role allows in Muster.", { ...exact, multiValued: true }),
  ]),
);

interface Role extends KnownRole {
  readonly realm: Realm;
}

/** The roles that a User can have in the caller's realm, for administrators and for identity providers that assign roles. */
export const roles = crud<Role>({
  definition,
  endpoint: "/Roles",
  isListed: "for Okta",
  toAttributes,
  toMeta: () => ({ version: VERSION }),
  get: (context, id) => {
    const role = rolesOf(context).find((each) => each.id === id);
    return role ? Promise.resolve(role) : Promise.reject(new NotFoundError(NAME, id));
  },
  list: (context, listing) => {
    const all = rolesOf(context).map((item) => ({ item, resource: toResource(item, context) }));
    return Promise.resolve(pageOf(all, listing));
  },
});

const rolesOf = ({ services, principal }: ScimContext): Role[] =>
  services.realm.roles(principal).map((role) => ({ ...role, realm: principal.realm }));

function toAttributes({ displayName, description, scope, ...role }: Role): JsonObject {
  return { displayName, [ROLE]: { description, scope, actions: actionsOfRole(role, role.realm) } };
}

/** A role with everything that a filter can name. */
const toResource = (role: Role, { locations }: ScimContext) => ({
  schemas: [OKTA_ROLE, ROLE],
  id: role.id,
  ...toAttributes(role),
  meta: { resourceType: NAME, location: locations(NAME, role.id), version: entityTag(VERSION) },
});
