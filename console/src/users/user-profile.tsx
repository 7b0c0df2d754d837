import { ENTERPRISE, MEMBERSHIP } from "../scim/resources.ts";
import type { User, Valued } from "../scim/resources.ts";
import { Facts } from "../ui/facts.tsx";
import type { Fact } from "../ui/facts.tsx";
import { Time } from "../ui/time.tsx";
import styles from "./users.module.css";

/** Values of a list, each with what kind it is. */
const Values = ({ values }: { readonly values: readonly Valued[] }) => (
  <>
    {values.map(({ value, type }) => (
      <div key={`${type ?? ""} ${value ?? ""}`}>
        <bdi>{value}</bdi> {type !== undefined && <small className={styles.quiet}>{type}</small>}
      </div>
    ))}
  </>
);

/** What is known of a person; what is not known takes no room. */
function factsOf(user: User): readonly Fact[] {
  const work = user[ENTERPRISE];
  const some = (values: readonly Valued[] | undefined) => values?.length && <Values values={values} />;
  return [
    ["First name", user.name?.givenName],
    ["Last name", user.name?.familyName],
    ["E-mail", some(user.emails)],
    ["Phone", some(user.phoneNumbers)],
    ["Title", user.title],
    ["Department", work?.department],
    ["Division", work?.division],
    ["Cost center", work?.costCenter],
    ["Employee number", work?.employeeNumber],
    ["Manager", work?.manager?.displayName ?? work?.manager?.value],
    ["User type", user.userType],
    ["Language", user.preferredLanguage ?? user.locale],
    ["Time zone", user.timezone],
    ["External id", user.externalId],
    ["Last active", <Time key="time" value={user[MEMBERSHIP]?.lastActiveAt} />],
    ["Created", <Time key="time" value={user.meta.created} />],
    ["Last change", <Time key="time" value={user.meta.lastModified} />],
  ];
}

export function UserProfile({ user }: { readonly user: User }) {
  const pushed = user[MEMBERSHIP]?.memberships?.filter(({ source }) => source === "scim") ?? [];
  return (
    <>
      <Facts facts={factsOf(user)} />
      {pushed.map(({ value, addedByDisplay }) => (
        <p key={value} className={styles.note}>
          Provisioned by <bdi>{addedByDisplay ?? "an identity provider"}</bdi>; the next sync may overwrite a
          change here.
        </p>
      ))}
    </>
  );
}
