import { OPERATOR } from "./actor.js";
import { actionsOf, mayDo } from "./policy.js";
import type { Action } from "./policy.js";
import type { Power, Principal, Realm } from "./principal.js";
import { ORGANIZATION_ADMIN, ORGANIZATION_BILLING_MANAGER, PROVIDER_ADMIN } from "./roles.js";

/** A role that Muster knows, as people and identity providers read of it. */
export interface KnownRole {
  /** Its `value` among the roles of a User or of a team's member. */
  readonly id: string;
  readonly displayName: string;
  readonly description: string;
  /** What a person has the role in. */
  readonly scope: "provider" | "organization" | "team";
}

const ROLES: readonly KnownRole[] = [
  {
    id: PROVIDER_ADMIN,
    displayName: "Provider administrator",
    description: "Administers all accounts and all organizations.",
    scope: "provider",
  },
  {
    id: ORGANIZATION_ADMIN,
    displayName: "Organization administrator",
    description: "Administers the people, teams, invitations and access tokens of the organization.",
    scope: "organization",
  },
  {
    id: ORGANIZATION_BILLING_MANAGER,
    displayName: "Billing manager",
    description: "Manages what the organization pays for, in your product. In Muster it gives no power.",
    scope: "organization",
  },
  {
    id: "team-admin",
    displayName: "Team administrator",
    description: "Administers a team.",
    scope: "team",
  },
  {
    id: "team-manager",
    displayName: "Team manager",
    description: "Manages the members of a team.",
    scope: "team",
  },
];

/** The roles that a User can have in a realm. Other values are kept, and give no power. */
export const rolesIn = (realm: Realm): KnownRole[] => ROLES.filter(({ scope }) => scope === realm.type);

/** The roles that a principal may give to others. */
export const grantableRoles = (principal: Pick<Principal, "actor" | "realm" | "power">): KnownRole[] =>
  ROLES.filter(({ scope }) => mayDo(principal, `grant ${scope} roles`));

/** What a role of a realm allows there, as the access table says. */
export function actionsOfRole({ id }: Pick<KnownRole, "id">, realm: Realm): Action[] {
  const power: Power = id === PROVIDER_ADMIN || id === ORGANIZATION_ADMIN ? "administrator" : "member";
  return actionsOf({ actor: OPERATOR, realm, power });
}
