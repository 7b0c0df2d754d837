import { nameOfRealm } from "../frame/realm-name.ts";
import { isProvider, useRealm } from "../frame/realm.ts";
import { ResourceLink } from "../frame/resource-link.tsx";
import { realmOf, useSession } from "../frame/use-session.ts";
import { MEMBERSHIP } from "../scim/resources.ts";
import type { User } from "../scim/resources.ts";
import { isolated } from "../ui/isolated.ts";
import { Part } from "../ui/part.tsx";
import part from "../ui/part.module.css";
import { nameOfRole } from "./user-names.ts";
import { Joined } from "./joined.tsx";
import { Roles } from "./user-roles.tsx";
import styles from "./users.module.css";

/** What a person is in: memberships, roles and where each comes from, teams. */
export function UserAccess({ user }: { readonly user: User }) {
  const { id: realmId, realm } = useRealm();
  const here = realmOf(useSession(), realmId);
  const { memberships = [], organizationRoles = [], teams = [] } = user[MEMBERSHIP] ?? {};
  return (
    <div className={styles.access}>
      <section className={part.part}>
        <h3>Roles</h3>
        <Roles
          user={user}
          roles={user.roles ?? []}
          place={isProvider(realm) || !here ? "the provider" : isolated(nameOfRealm(here))}
          none={isProvider(realm) ? "No role with the provider." : "None: a plain member."}
        />
      </section>
      <Part title={isProvider(realm) ? "Organizations" : "Membership"} none="In no organization.">
        {memberships.map((membership) => {
          const { value: id, display: name = id } = membership;
          return (
            <li key={id}>
              {isProvider(realm) ? (
                <ResourceLink type="Organization" id={id}>
                  {name}
                </ResourceLink>
              ) : (
                <bdi>{name}</bdi>
              )}
              <Joined membership={membership} />
              {isProvider(realm) && (
                <Roles
                  user={user}
                  organization={id}
                  roles={organizationRoles.filter(({ organization }) => organization === id)}
                  place={isolated(name)}
                  none="Plain member"
                />
              )}
            </li>
          );
        })}
      </Part>
      <Part title="Teams" none="In no team.">
        {teams.map(({ value, display = value, role }) => (
          <li key={value}>
            <ResourceLink type="Team" id={value}>
              {display}
            </ResourceLink>
            {role !== undefined && <small>{nameOfRole(role)}</small>}
          </li>
        ))}
      </Part>
    </div>
  );
}
