import type { Account, AccountWithOrganizations } from "../../domain/users/account.js";
import type { MembershipDetails } from "../../domain/memberships/membership-details.js";
import { accountOf } from "../../domain/access/actor.js";
import type { Principal } from "../../domain/access/principal.js";
import { seatIn, seesNamesOnly } from "../../domain/access/seats.js";
import { ownRoles } from "../../domain/access/roles.js";
import type { RoleList } from "../../domain/access/roles.js";
import { MEMBERSHIP } from "../../domain/values/schemas.js";
import type { Projection } from "../answers/projection.js";
import { askedIn } from "../context.js";
import type { ScimContext } from "../context.js";
import { mutability } from "../errors.js";
import { applyPatch } from "../patch/apply.js";
import { readPatchRequest } from "../requests/patch-request.js";
import { expectedVersions } from "../requests/preconditions.js";
import { namesAttribute, readResource } from "../requests/resource.js";
import { crud } from "./crud.js";
import type { Declaration } from "./declaration.js";
import { isOnMembership, rolesPatched, rolesSent, setupRequested } from "./membership-mapping.js";
import {
  metaOfUser,
  renderName,
  renderUser,
  toIncomingUser,
  toUserResource,
  wantsMemberships,
} from "./user-mapping.js";
import { userDefinition, userSchema } from "./user-schema.js";

/** Users: accounts (RFC 7643 section 4.1). */
export const userDeclaration: Declaration<AccountWithOrganizations> = {
  definition: userDefinition,
  endpoint: "/Users",
  isExported: true,
  isListed: true,
  unlistedExtensions: [MEMBERSHIP],
  inDirectory: "accounts",
  toAttributes: toUserResource,
  toMeta: metaOfUser,
  hasUnversioned: wantsMemberships,
  renderer: async (context, projection, accounts) => {
    const { principal } = context;
    const memberships = await membershipsOf(context, projection, accounts);
    if (seesNamesOnly(principal)) {
      return (account, meta) =>
        account.id === accountOf(principal.actor)
          ? renderUser(account, meta, context.locations, projection, memberships)
          : renderName(account, context.locations, projection, ownTeams(principal, memberships, account));
    }
    return (account, meta) => renderUser(account, meta, context.locations, projection, memberships);
  },
  get: ({ services, principal }, id) => services.users.get(principal, id),
  list: ({ services, principal }, listing) => services.users.list(principal, listing),
  listIds: ({ services, principal }, listing) => services.users.listIds(principal, listing),
  create: ({ services, principal }, resource) => {
    const { input, ...credentials } = toIncomingUser(resource);
    const nothing = { roles: [], ...(principal.realm.type === "organization" && { teamRoles: [] }) };
    const roles = ownRolesIn(input.roles, nothing);
    return services.users.create(principal, { ...input, roles, active: input.active ?? true }, credentials);
  },
  replace,
  modify,
  remove: ({ services, principal }, id, expected) => services.users.delete(principal, id, expected),
  actions: {
    /** Removes the second factor of a person who lost it. */
    "remove-second-factor": ({ services, principal }, id) => services.lostFactors.remove(principal, id),
  },
};

export const users = crud(userDeclaration);

/** The roles to write of those that a client sent; in the provider's realm, all of them. */
const ownRolesIn = (sent: RoleList, { roles, teamRoles }: Pick<Account, "roles" | "teamRoles">) =>
  teamRoles ? ownRoles(sent, { roles, teamRoles }) : sent;

function replace(context: ScimContext, id: string, body: unknown): Promise<AccountWithOrganizations> {
  const resource = readResource(userSchema, body, askedIn(context));
  const { input, ...credentials } = toIncomingUser(resource);
  const namesRoles = namesAttribute(userSchema, body, "roles");
  return context.services.users.change(context.principal, id, {
    // A client that does not mention `active` does not mean to bring a person back, nor one that does not mention
    // `roles` to take away roles, which an identity provider may know nothing of.
    apply: (current) => ({
      ...input,
      active: input.active ?? current.active,
      roles: namesRoles ? ownRolesIn(input.roles, current) : current.roles,
    }),
    ...credentials,
    organizationRoles: rolesSent(resource),
    expected: expectedVersions(context),
  });
}

function modify(context: ScimContext, id: string, body: unknown): Promise<AccountWithOrganizations> {
  const asked = askedIn(context);
  const all = readPatchRequest(userSchema, body, asked);
  const onMembership = all.filter(isOnMembership);
  const operations = all.filter((operation) => !isOnMembership(operation));
  const passwords = operations.filter(({ path }) => path.reference.attribute?.name === "password");
  if (passwords.some(({ op }) => op === "remove")) {
    throw mutability("A password can be replaced, but not removed");
  }
  const password = passwords.at(-1)?.value;
  return context.services.users.change(context.principal, id, {
    apply: (current) => {
      const { input } = toIncomingUser(
        applyPatch(userSchema, toUserResource(current), operations, asked?.understood),
      );
      return { ...input, roles: ownRolesIn(input.roles, current) };
    },
    password: typeof password === "string" ? password : undefined,
    setupEmail: setupRequested(onMembership) ? "send" : undefined,
    organizationRoles: rolesPatched(onMembership),
    expected: expectedVersions(context),
  });
}

/** Those of a person's teams that the caller has a role in, with the person's role: the teams themselves say that. */
const ownTeams = (
  principal: Principal,
  memberships: ReadonlyMap<string, MembershipDetails> | undefined,
  { id }: AccountWithOrganizations,
) => memberships?.get(id)?.teams.filter((team) => seatIn(principal, team.id)) ?? [];

/** People's roles in organizations and their teams, if the client asks for them. */
function membershipsOf(
  { services, principal }: ScimContext,
  projection: Projection,
  accounts: readonly AccountWithOrganizations[],
): Promise<ReadonlyMap<string, MembershipDetails> | undefined> {
  if (!wantsMemberships(projection)) return Promise.resolve(undefined);
  return services.users.memberships(
    principal,
    accounts.map(({ id }) => id),
  );
}
