import { expectStatus, read } from "./assertions.js";
import type { Body, ScimClient } from "./client.js";
import { MEMBERSHIP, severalAtATime } from "./factories.js";

/** Lists with what they return on request alone, and without what changes when the token itself is used. */
const LISTS: readonly (readonly [path: string, query: string])[] = [
  ["/Users", ""],
  ["/Users", `&attributes=userName,roles,groups,${MEMBERSHIP}:organizationRoles,${MEMBERSHIP}:teams`],
  ["/Users", "&sortBy=userName&sortOrder=descending&attributes=userName"],
  ["/Groups", ""],
  ["/Groups", "&attributes=displayName,members.value,members.display"],
  ["/Teams", ""],
  ["/Invitations", ""],
  ["/AccessTokens", "&excludedAttributes=lastUsedAt"],
  ["/AuditEvents", ""],
  ["/Roles", ""],
  ["/", ""],
];

/**
 * Everything that a client can read, byte for byte: all lists, each of their resources by its id with its entity tag, the
 * organization itself, and what discovery and `/Realm` say. Candidates are left out: they are accounts outside of the realm.
 */
export async function dumpOf(scim: ScimClient): Promise<string> {
  const texts: string[] = [];
  const get = async (path: string) => {
    const answer = await scim.get(path);
    expectStatus(answer, 200);
    return { body: answer.body, text: `${path} ${String(answer.headers.etag)}\n${answer.text}` };
  };
  const take = async (path: string): Promise<Body> => {
    const { body, text } = await get(path);
    texts.push(text);
    return body;
  };
  for (const [path, query] of LISTS) {
    for (let startIndex = 1, total = 1; startIndex <= total; startIndex += 100) {
      const page = await take(`${path}?count=100&startIndex=${startIndex}${query}`);
      total = page.totalResults;
      if (query !== "" || path === "/") continue;
      const each = await severalAtATime(page.Resources, ({ id }) => get(`${path}/${id}`));
      texts.push(...each.map(({ text }) => text));
    }
  }
  const { organization } = (await read(scim, "/Realm")) as unknown as { organization: { value: string } };
  await take(`/Groups/${organization.value}`);
  await take("/Realm");
  return texts.join("\n");
}
