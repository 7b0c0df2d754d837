import { queryOptions } from "@tanstack/react-query";
import { useRouteLoaderData } from "react-router";
import { scimIn } from "../server.ts";
import type { Realm } from "../scim/resources.ts";

export const REALM_ROUTE = "realm";

/** Where the page is: what the person may do there, or nothing while the session acts elsewhere. */
export interface CurrentRealm {
  /** `provider`, or the id of the organization. */
  readonly id: string;
  readonly realm: Realm | undefined;
}

export const realmQuery = (id: string) =>
  queryOptions({
    queryKey: [id, "Realm"],
    queryFn: ({ signal }) => scimIn(id).get<Realm>("Realm", {}, signal),
    staleTime: 60_000,
  });

/** To be used below the frame alone. */
export function useRealm(): { readonly id: string; readonly realm: Realm } {
  const current = useRouteLoaderData<CurrentRealm>(REALM_ROUTE);
  if (!current?.realm) throw new Error("The page is in no realm");
  return { id: current.id, realm: current.realm };
}

/** Whether the person may do something here, in the words of the server's table of access, such as `read Users`. */
export const may = (realm: Realm, action: string) => realm.actions?.includes(action) === true;

export const isProvider = (realm: Realm) => realm.type === "provider";
