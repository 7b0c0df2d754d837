import { user } from "./data.js";
import type { Dataset } from "./data.js";
import type { LoadRequest } from "./load.js";

/** What each client sends in turn, over and over. */
export type Requests = (client: number) => LoadRequest[];

const PATCH_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const random = (below: number) => Math.floor(Math.random() * below);
const pick = (ids: readonly string[]) => ids[random(ids.length)] ?? "";
const byFilter = (filter: string) => `/Users?filter=${encodeURIComponent(filter)}`;

export function createUsers(): Requests {
  let number = 0;
  const body = () => JSON.stringify(user(`-new-${Date.now()}-${number++}`));
  return () => [{ method: "POST", path: "/Users", body }];
}

export function getUser({ accountIds }: Dataset): Requests {
  return () => [{ method: "GET", path: () => `/Users/${pick(accountIds)}` }];
}

export function matchByUserName({ accountIds: { length: users } }: Dataset): Requests {
  return () => [{ method: "GET", path: () => byFilter(`userName eq "user${random(users)}@example.com"`) }];
}

export function matchByEmail({ accountIds: { length: users } }: Dataset): Requests {
  return () => [
    {
      method: "GET",
      path: () => byFilter(`emails[type eq "work"].value eq "user${random(users)}@example.com"`),
    },
  ];
}

/** Changes the title of one person after another. */
export function changeUser({ accountIds }: Dataset): Requests {
  let number = 0;
  const body = () => {
    const operation = { op: "replace", path: "title", value: `Title ${(number += 1)}` };
    return JSON.stringify({ schemas: [PATCH_SCHEMA], Operations: [operation] });
  };
  return () => [{ method: "PATCH", path: () => `/Users/${pick(accountIds)}`, body }];
}

/** People of one department that has 90 of them. */
export function matchByDepartment(): Requests {
  const department = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department";
  return () => [
    {
      method: "GET",
      path: () => `${byFilter(`${department} eq "Department 2" and active eq true`)}&count=50`,
    },
  ];
}

/** The same page over and over. */
export function readPage(page: string): Requests {
  return () => [{ method: "GET", path: page }];
}

/**
 * Walks a list by cursor to its end.
 *
 * @returns the paths of its first page and of its last one that is full
 */
export async function pagesByCursor(
  { url, token }: { readonly url: string; readonly token: string },
  query: string,
): Promise<{ first: string; last: string }> {
  const path = (cursor: string) => `/Users?count=100&${query}&cursor=${cursor}`;
  let last = path("");
  for (let cursor = ""; ;) {
    const answer = await fetch(`${url}${path(cursor)}&attributes=id`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const { nextCursor, itemsPerPage } = (await answer.json()) as {
      nextCursor?: string;
      itemsPerPage: number;
    };
    if (itemsPerPage === 100) last = path(cursor);
    if (nextCursor === undefined) return { first: path(""), last };
    cursor = nextCursor;
  }
}

/** Each client adds and removes an account of its own, so that the group keeps its size. */
export function addAndRemoveMember({ accountIds, groups }: Dataset, size: number, clients: number): Requests {
  const path = `/Groups/${groups.get(size) ?? ""}`;
  return (client) => {
    const id = accountIds.at(-1 - (client % clients)) ?? "";
    const add = { op: "add", path: "members", value: [{ value: id }] };
    const remove = { op: "remove", path: `members[value eq "${id}"]` };
    return [add, remove].map((operation) => ({
      method: "PATCH",
      path,
      body: JSON.stringify({ schemas: [PATCH_SCHEMA], Operations: [operation] }),
    }));
  };
}
