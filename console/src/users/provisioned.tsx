import { queryOptions, useQuery } from "@tanstack/react-query";
import { nameOfActor, withActors } from "../activity/actors.ts";
import type { AuditEvent } from "../activity/audit-event.ts";
import { isProvider, may, useRealm } from "../frame/realm.ts";
import { all, compare } from "../scim/filter.ts";
import { MEMBERSHIP } from "../scim/resources.ts";
import type { Realm, User } from "../scim/resources.ts";
import { scimIn } from "../server.ts";
import styles from "./users.module.css";

/** The machine that created an account, in the provider's realm. */
interface Machine {
  readonly name: string;
  /** The organization whose it is; undefined: the provider's. */
  readonly organization?: string;
}

/** @returns null when it was a person, or is not known any more */
const machineQuery = (realmId: string, realm: Realm, id: string) =>
  queryOptions({
    queryKey: [realmId, "AuditEvents", "machine", id],
    queryFn: async ({ signal }): Promise<Machine | null> => {
      const filter = all(compare("target.value", "eq", id), compare("action", "eq", "create"));
      const query = { filter, attributes: "user,token,realm,organization", count: 1 };
      const { Resources } = await scimIn(realmId).list<AuditEvent>("AuditEvents", query, signal);
      const [event] = await withActors(realmId, Resources, signal);
      if (!event?.token || event.user) return null;
      const organization = event.organizationName ?? "an organization that is gone";
      return { name: nameOfActor(event, realm), ...(event.realm === "organization" && { organization }) };
    },
    enabled: isProvider(realm) && may(realm, "read AuditEvents"),
    staleTime: 60_000,
  });

/** Says that an identity provider sends a person, where one does. */
export const ProvisionedNote = ({ user }: { readonly user: User }) =>
  isProvider(useRealm().realm) ? <OfAccount id={user.id} /> : <OfRecord user={user} />;

function OfRecord({ user }: { readonly user: User }) {
  const pushed = user[MEMBERSHIP]?.memberships?.find(
    // What a machine of the provider sends is the account, not the organization's record.
    ({ source, addedByType }) => source === "scim" && addedByType === "token",
  );
  return pushed && <Note by={pushed.addedByDisplay ?? "an identity provider"} />;
}

function OfAccount({ id }: { readonly id: string }) {
  const { id: realmId, realm } = useRealm();
  const { data: machine } = useQuery(machineQuery(realmId, realm, id));
  if (!machine) return null;
  const { name, organization } = machine;
  return organization === undefined ? (
    <Note by={name} />
  ) : (
    <p className={styles.note}>
      Created by <bdi>{name}</bdi> of <bdi>{organization}</bdi>. The account follows what{" "}
      <bdi>{organization}</bdi> sends until somebody else changes it or adds the person elsewhere.
    </p>
  );
}

const Note = ({ by }: { readonly by: string }) => (
  <p className={styles.note}>
    Provisioned by <bdi>{by}</bdi>; the next sync may overwrite a change here.
  </p>
);
