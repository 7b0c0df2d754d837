import { queryOptions } from "@tanstack/react-query";
import { isProvider } from "../frame/realm.ts";
import type { ChoiceFilter } from "../lists/filter-chip.tsx";
import { all, compare } from "../scim/filter.ts";
import type { Filter } from "../scim/filter.ts";
import type { Group, Realm, Reference, Resource, User } from "../scim/resources.ts";
import { scimIn } from "../server.ts";
import { nameOf } from "../users/user-names.ts";
import type { AuditEvent } from "./audit-event.ts";

/** An event with the names of who did it, as far as they are still known. */
export interface NamedEvent extends AuditEvent {
  readonly userName?: string;
  readonly tokenName?: string;
  /** In the provider's realm. */
  readonly organizationName?: string;
}

interface NamedToken extends Resource {
  readonly name: string;
}

/** Of people. */
const NAMES = "userName,displayName,name";

/** Names of resources that were asked for lately, by realm and id: the same few people and tokens do most. */
const known = new Map<string, string>();

/** What resources are called. Those that are gone have no name. @param load those with some ids */
async function namesOf(
  realm: string,
  references: readonly (Reference | undefined)[],
  load: (filter: string, count: number) => Promise<readonly (readonly [id: string, name: string])[]>,
): Promise<(reference: Reference | undefined) => string | undefined> {
  const keyOf = (id: string) => `${realm} ${id}`;
  const ids = new Set(references.flatMap((each) => (each ? [each.value] : [])));
  const missing = [...ids].filter((id) => !known.has(keyOf(id)));
  if (missing.length > 0) {
    const filter = missing.map((id) => compare("id", "eq", id)).join(" or ");
    for (const [id, name] of await load(filter, missing.length)) known.set(keyOf(id), name);
  }
  return (reference) => reference && known.get(keyOf(reference.value));
}

/** Adds the names of those who did something, and where. */
export async function withActors(
  realm: string,
  events: readonly AuditEvent[],
  signal: AbortSignal,
): Promise<readonly NamedEvent[]> {
  const scim = scimIn(realm);
  const users = events.map(({ user }) => user);
  const tokens = events.map(({ token }) => token);
  const organizations = realm === "provider" ? events.map(({ organization }) => organization) : [];
  const [nameOfUser, nameOfToken, nameOfOrganization] = await Promise.all([
    namesOf(realm, users, async (filter, count) => {
      const { Resources } = await scim.list<User>("Users", { filter, count, attributes: NAMES }, signal);
      return Resources.map((user) => [user.id, nameOf(user)]);
    }),
    namesOf(realm, tokens, async (filter, count) => {
      const query = { filter, count, attributes: "name" };
      const { Resources } = await scim.list<NamedToken>("AccessTokens", query, signal);
      return Resources.map(({ id, name }) => [id, name]);
    }),
    namesOf(realm, organizations, async (filter, count) => {
      const query = { filter, count, attributes: "displayName" };
      const { Resources } = await scim.list<Group>("Groups", query, signal);
      return Resources.map(({ id, displayName }) => [id, displayName]);
    }),
  ]);
  return events.map((event) => ({
    ...event,
    userName: nameOfUser(event.user),
    tokenName: nameOfToken(event.token),
    organizationName: nameOfOrganization(event.organization),
  }));
}

/** Who did it, in words. */
export function nameOfActor({ user, token, userName, tokenName, realm }: NamedEvent, here: Realm): string {
  if (user) return userName ?? "A person who is gone";
  if (token) return tokenName ?? "A token that is gone";
  // An organization does not see who acts in the provider's realm.
  return realm === "provider" && !isProvider(here) ? "The provider" : "Server or command line";
}

/** The people and tokens that do most: those with a role, and the first tokens. */
export const actorsQuery = (realmId: string, realm: Realm) =>
  queryOptions({
    queryKey: [realmId, "AuditEvents", "actors"],
    staleTime: 60_000,
    queryFn: async ({ signal }): Promise<ChoiceFilter["values"]> => {
      const scim = scimIn(realmId);
      const role = isProvider(realm) ? "provider-admin" : "organization-admin";
      const [people, tokens] = await Promise.all([
        scim.list<User>(
          "Users",
          {
            filter: compare("roles.value", "eq", role),
            attributes: NAMES,
            sortBy: "displayName",
            count: 50,
          },
          signal,
        ),
        scim.list<NamedToken>("AccessTokens", { attributes: "name", sortBy: "name", count: 50 }, signal),
      ]);
      return [
        ...people.Resources.map((user) => ({ value: `user.${user.id}`, label: nameOf(user) })),
        ...tokens.Resources.map(({ id, name }) => ({ value: `token.${id}`, label: name })),
      ];
    },
  });

/** @param actor `user.<id>` or `token.<id>`, as in the address */
export function isBy(actor: string | undefined): Filter {
  const [, type, id] = /^(user|token)\.(.+)$/.exec(actor ?? "") ?? [];
  return type === undefined || id === undefined ? undefined : all(compare(`${type}.value`, "eq", id));
}
