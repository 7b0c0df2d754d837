import { expect } from "chai";
import type { Answer, Body, ScimClient } from "./client.js";

export const CORE_USER = "urn:ietf:params:scim:schemas:core:2.0:User";
export const CORE_GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group";
export const ENTERPRISE_USER = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
export const MEMBERSHIP = "urn:muster:params:scim:schemas:extension:membership:2.0:User";
export const ORGANIZATION = "urn:muster:params:scim:schemas:extension:organization:2.0:Group";

let made = 0;

/** A text that no other call returns. */
export function unique(prefix: string): string {
  made += 1;
  return `${prefix}-${made}`;
}

/** Creates a user with a userName of its own, unless one is given. */
export async function createUser(scim: ScimClient, attributes: object = {}): Promise<Body> {
  const userName = `${unique("user")}@example.com`;
  return created(await scim.post("/Users", { schemas: [CORE_USER], userName, ...attributes }));
}

/** Creates a group with a name of its own, unless one is given. */
export async function createGroup(
  scim: ScimClient,
  members: readonly Body[] = [],
  attributes: object = {},
): Promise<Body> {
  const group = {
    schemas: [CORE_GROUP],
    displayName: unique("Group"),
    members: members.map(({ id }) => ({ value: id })),
    ...attributes,
  };
  return created(await scim.post("/Groups", group));
}

function created({ status, text, body }: Answer): Body {
  expect(status, text).to.equal(201);
  return body;
}

/** Creates many users, several at a time. */
export async function createUsers(scim: ScimClient, count: number): Promise<Body[]> {
  const users: Body[] = [];
  while (users.length < count) {
    const some = Array.from({ length: Math.min(50, count - users.length) }, () => createUser(scim));
    users.push(...(await Promise.all(some)));
  }
  return users;
}

/** Does something for each of many items, several at a time. @returns what came of it, in the order of the items */
export async function severalAtATime<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  while (results.length < items.length) {
    const some = items.slice(results.length, results.length + 20);
    results.push(...(await Promise.all(some.map(work))));
  }
  return results;
}

/** A copy of an object without some of its properties. */
export function omit(object: object, ...names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
}
