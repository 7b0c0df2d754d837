import { queryOptions, useQuery } from "@tanstack/react-query";
import { may, useRealm } from "../frame/realm.ts";
import { all, compare } from "../scim/filter.ts";
import type { AuditEvent, Resource, User } from "../scim/resources.ts";
import { scimIn } from "../server.ts";
import { nameOf } from "../users/user-names.ts";

/** Who did something, by name; undefined where the realm does not see that, or it is gone. */
const inviterQuery = (realm: string, id: string) =>
  queryOptions({
    queryKey: [realm, "Invitations", "inviter", id],
    queryFn: async ({ signal }) => {
      const scim = scimIn(realm);
      const { Resources } = await scim.list<AuditEvent>(
        "AuditEvents",
        {
          filter: all(compare("target.value", "eq", id), compare("action", "eq", "create")),
          ...{ attributes: "user,token", count: 1 },
        },
        signal,
      );
      const { user, token } = Resources[0] ?? {};
      if (user) {
        const attributes = "userName,displayName,name";
        return nameOf(await scim.get<User>(`Users/${user.value}`, { attributes }, signal));
      }
      if (!token) return null;
      const path = `AccessTokens/${token.value}`;
      return (await scim.get<Resource & { name: string }>(path, { attributes: "name" }, signal)).name;
    },
    staleTime: 60_000,
  });

/** Who made an invitation, as the audit log knows. */
export function Inviter({ id }: { readonly id: string }) {
  const { id: realmId, realm } = useRealm();
  const isKnown = may(realm, "read AuditEvents");
  const { data, isError } = useQuery({ ...inviterQuery(realmId, id), enabled: isKnown });
  if (!isKnown || isError || data === null) return <>Not known</>;
  return <bdi>{data ?? "…"}</bdi>;
}
