import { useLocation } from "react-router";
import { may, useRealm } from "../frame/realm.ts";
import { ENTERPRISE, MEMBERSHIP } from "../scim/resources.ts";
import type { PostalAddress, User, Valued } from "../scim/resources.ts";
import { ActBar } from "../ui/acts.tsx";
import { Facts } from "../ui/facts.tsx";
import type { Fact } from "../ui/facts.tsx";
import { LinkButton } from "../ui/link-button.tsx";
import { Locked } from "../ui/locked.tsx";
import { Time } from "../ui/time.tsx";
import { Manager } from "./manager.tsx";
import { ProvisionedNote } from "./provisioned.tsx";
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

/** An address as a letter has it. */
function linesOf({
  formatted,
  streetAddress,
  postalCode,
  locality,
  region,
  country,
}: PostalAddress): readonly string[] {
  const town = [postalCode, locality, region].filter(Boolean).join(" ");
  const lines = [...(streetAddress ?? "").split("\n"), town, country ?? ""].filter((line) => line !== "");
  return lines.length > 0 ? lines : (formatted ?? "").split("\n");
}

const Addresses = ({ addresses }: { readonly addresses: readonly PostalAddress[] }) => (
  <>
    {addresses.map((address) => (
      <div key={JSON.stringify(address)}>
        <bdi>{linesOf(address).join(", ")}</bdi>{" "}
        {address.type !== undefined && <small className={styles.quiet}>{address.type}</small>}
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
    ["Address", user.addresses?.length && <Addresses key="addresses" addresses={user.addresses} />],
    ["Title", user.title],
    ["Department", work?.department],
    ["Division", work?.division],
    ["Cost center", work?.costCenter],
    ["Employee number", work?.employeeNumber],
    [
      "Manager",
      work?.manager?.value !== undefined && (
        <Manager key="manager" id={work.manager.value} display={work.manager.displayName} />
      ),
    ],
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
  const { realm } = useRealm();
  const { search } = useLocation();
  return (
    <>
      {may(realm, "change Users") ? (
        <ActBar>
          <LinkButton to={{ pathname: "edit", search }}>Edit</LinkButton>
        </ActBar>
      ) : (
        <Locked>Only administrators change this.</Locked>
      )}
      <ProvisionedNote user={user} />
      <Facts facts={factsOf(user)} />
    </>
  );
}
