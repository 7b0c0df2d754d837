import { queryOptions, useQuery } from "@tanstack/react-query";
import { may, useRealm } from "../frame/realm.ts";
import { all, compare } from "../scim/filter.ts";
import type { Realm } from "../scim/resources.ts";
import { scimIn } from "../server.ts";
import { nameOfActor, withActors } from "./actors.ts";
import type { AuditEvent } from "./audit-event.ts";

const creatorQuery = (realmId: string, realm: Realm, id: string) =>
  queryOptions({
    queryKey: [realmId, "AuditEvents", "creator", id],
    queryFn: async ({ signal }) => {
      const filter = all(compare("target.value", "eq", id), compare("action", "eq", "create"));
      const query = { filter, attributes: "user,token,realm", count: 1 };
      const { Resources } = await scimIn(realmId).list<AuditEvent>("AuditEvents", query, signal);
      const [event] = await withActors(realmId, Resources, signal);
      return event ? nameOfActor(event, realm) : null;
    },
    enabled: may(realm, "read AuditEvents"),
    staleTime: 60_000,
  });

/** Who created something, as long as the audit log knows. @param id of the resource */
export function Creator({ id }: { readonly id: string }) {
  const { id: realmId, realm } = useRealm();
  const { data, isError, fetchStatus } = useQuery(creatorQuery(realmId, realm, id));
  const isUnknown = data === null || isError || (data === undefined && fetchStatus === "idle");
  return isUnknown ? <>Not known any more</> : <bdi>{data ?? "…"}</bdi>;
}
