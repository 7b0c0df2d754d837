import { queryOptions } from "@tanstack/react-query";
import { isProvider } from "../frame/realm.ts";
import type { ChoiceFilter } from "../lists/filter-chip.tsx";
import type { Query } from "../scim/client.ts";
import { compare } from "../scim/filter.ts";
import type { Filter } from "../scim/filter.ts";
import type { Group, Realm, Reference, Resource, User } from "../scim/resources.ts";
import { queries, scimIn } from "../server.ts";
import { nameOf } from "../users/user-names.ts";
import type { AuditEvent } from "./audit-event.ts";
import type { Way } from "./ways.ts";

/** An event with the names of who did it, as far as they are still known. */
export interface NamedEvent extends AuditEvent {
  readonly userName?: string;
  readonly tokenName?: string;
  /** In the provider's realm. */
  readonly organizationName?: string;
  /** In a list of what happened to one person. */
  readonly way?: Way | undefined;
}

interface NamedToken extends Resource {
  readonly name: string;
}

/** Of people. */
const NAMES = "userName,displayName,name";

type References = readonly (Reference | undefined)[];
type NameOf = (reference: Reference | undefined) => string | undefined;

/** How long a name is taken for the present one, in milliseconds: the same few people and tokens do most. */
const FRESH = 60_000;

/** @param key in the cache of queries, which forgets what nobody asks for */
function freshName(key: readonly string[]): string | undefined {
  const state = queries.getQueryState<string>(key);
  return state && !state.isInvalidated && Date.now() - state.dataUpdatedAt < FRESH ? state.data : undefined;
}

/** Loads the names of some resources. */
type Load = (
  query: Pick<Query, "filter" | "count">,
) => Promise<readonly (readonly [id: string, name: string])[]>;

/** What resources are called. Those that are gone have no name. @param path of their type */
async function namesOf(realm: string, path: string, references: References, load: Load): Promise<NameOf> {
  const keyOf = (id: string) => [realm, path, "name of an actor", id];
  const ids = [...new Set(references.flatMap((each) => (each ? [each.value] : [])))];
  const names = new Map(ids.map((id) => [id, freshName(keyOf(id))]));
  const missing = ids.filter((id) => names.get(id) === undefined);
  if (missing.length > 0) {
    const filter = missing.map((id) => compare("id", "eq", id)).join(" or ");
    for (const [id, name] of await load({ filter, count: missing.length })) {
      names.set(id, name);
      queries.setQueryData(keyOf(id), name);
    }
  }
  return (reference) => reference && names.get(reference.value);
}

const namesOfUsers = (realm: string, references: References, signal: AbortSignal) =>
  namesOf(realm, "Users", references, async (query) => {
    const { Resources } = await scimIn(realm).list<User>("Users", { ...query, attributes: NAMES }, signal);
    return Resources.map((user) => [user.id, nameOf(user)]);
  });

const namesOfTokens = (realm: string, references: References, signal: AbortSignal) =>
  namesOf(realm, "AccessTokens", references, async (query) => {
    const named = { ...query, attributes: "name" };
    const { Resources } = await scimIn(realm).list<NamedToken>("AccessTokens", named, signal);
    return Resources.map(({ id, name }) => [id, name]);
  });

const namesOfOrganizations = (realm: string, references: References, signal: AbortSignal) =>
  namesOf(realm, "Groups", references, async (query) => {
    const named = { ...query, attributes: "displayName" };
    const { Resources } = await scimIn(realm).list<Group>("Groups", named, signal);
    return Resources.map(({ id, displayName }) => [id, displayName]);
  });

/** Adds the names of those who did something, and where. */
export async function withActors(
  realm: string,
  events: readonly AuditEvent[],
  signal: AbortSignal,
): Promise<readonly NamedEvent[]> {
  const users = events.map(({ user }) => user);
  const tokens = events.map(({ token }) => token);
  const organizations = realm === "provider" ? events.map(({ organization }) => organization) : [];
  const [nameOfUser, nameOfToken, nameOfOrganization] = await Promise.all([
    namesOfUsers(realm, users, signal),
    namesOfTokens(realm, tokens, signal),
    namesOfOrganizations(realm, organizations, signal),
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
function readActor(actor: string | undefined) {
  const [, type, value] = /^(user|token)\.(.+)$/.exec(actor ?? "") ?? [];
  return type === undefined || value === undefined ? undefined : { type, value };
}

/** @param actor as in the address */
export function isBy(actor: string | undefined): Filter {
  const found = readActor(actor);
  return found && compare(`${found.type}.value`, "eq", found.value);
}

/** What an actor is called; null: it is gone. @param actor as in the address */
export const actorNameQuery = (realmId: string, actor: string | undefined) =>
  queryOptions({
    queryKey: [realmId, "AuditEvents", "actor", actor],
    queryFn: async ({ signal }): Promise<string | null> => {
      const found = readActor(actor);
      if (!found) return null;
      const names = await (found.type === "user" ? namesOfUsers : namesOfTokens)(realmId, [found], signal);
      return names(found) ?? null;
    },
  });
