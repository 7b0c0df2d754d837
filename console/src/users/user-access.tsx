import { isProvider, useRealm } from "../frame/realm.ts";
import { MEMBERSHIP } from "../scim/resources.ts";
import type { Membership, User } from "../scim/resources.ts";
import { Part } from "../ui/part.tsx";
import { Time } from "../ui/time.tsx";
import { nameOfRole, nameOfSource } from "./user-names.ts";
import styles from "./users.module.css";

/** Where a role comes from: roles by a team look different from those that were given to the person. */
const Role = ({ role, type }: { readonly role: string; readonly type: string | undefined }) => (
  <span>
    {nameOfRole(role)} {type === "team" && <small className={styles.by}>by a team</small>}
  </span>
);

/** How a person became a member. */
const Joined = ({
  membership: { joinedAt, source, addedByDisplay },
}: {
  readonly membership: Membership;
}) => (
  <small>
    {nameOfSource(source)}
    {addedByDisplay !== undefined && (
      <>
        {" "}
        <bdi>{addedByDisplay}</bdi>
      </>
    )}
    , <Time value={joinedAt} />
  </small>
);

/** What a person is in: memberships, roles and where each comes from, teams. */
export function UserAccess({ user }: { readonly user: User }) {
  const { realm } = useRealm();
  const { memberships = [], organizationRoles = [], teams = [] } = user[MEMBERSHIP] ?? {};
  return (
    <div className={styles.access}>
      <Part title="Roles" none={isProvider(realm) ? "None in the provider." : "None: a plain member."}>
        {(user.roles ?? []).map(({ value = "", type }) => (
          <li key={`${value} ${type ?? ""}`}>
            <Role role={value} type={type} />
          </li>
        ))}
      </Part>
      <Part title={isProvider(realm) ? "Organizations" : "Membership"} none="In no organization.">
        {memberships.map((membership) => (
          <li key={membership.value}>
            <span>
              <bdi>{membership.display ?? membership.value}</bdi>
              {organizationRoles
                .filter(({ organization }) => organization === membership.value)
                .map(({ value, type }) => (
                  <div key={`${value} ${type ?? ""}`}>
                    <Role role={value} type={type} />
                  </div>
                ))}
            </span>
            <Joined membership={membership} />
          </li>
        ))}
      </Part>
      <Part title="Teams" none="In no team.">
        {teams.map(({ value, display }) => (
          <li key={value}>
            <bdi>{display ?? value}</bdi>
          </li>
        ))}
      </Part>
    </div>
  );
}
