import { expectStatus } from "./assertions.js";
import type { Answer, Body, ScimClient } from "./client.js";
import { CORE_GROUP, CORE_USER, ENTERPRISE_USER } from "./factories.js";

/** How an identity provider asks for what it does, in its own way. */
export interface IdentityProvider {
  readonly name: string;
  /** What it sends of a new person. @param externalId another one than the person's usual one */
  readonly personOf: (userName: string, externalId?: string) => Readonly<Record<string, unknown>>;
  /** Looks for resources of a name before it creates them. */
  readonly find: (scim: ScimClient, endpoint: "/Users" | "/Groups", name: string) => Promise<Answer>;
  readonly createGroup: (scim: ScimClient, displayName: string, members: readonly Body[]) => Promise<Body>;
  readonly renameUser: (scim: ScimClient, user: Body, userName: string) => Promise<Answer>;
  readonly renameGroup: (scim: ScimClient, group: Body, displayName: string) => Promise<Answer>;
  readonly addMembers: (scim: ScimClient, groupId: string, members: readonly Body[]) => Promise<Answer>;
  readonly setMembers: (scim: ScimClient, groupId: string, members: readonly Body[]) => Promise<Answer>;
  readonly removeMember: (scim: ScimClient, groupId: string, member: Body) => Promise<Answer>;
  readonly setActive: (scim: ScimClient, user: Body, active: boolean) => Promise<Answer>;
}

/** What either sends, and what the answer must say as it was sent. */
const attributesOf = (userName: string) => ({
  userName,
  active: true,
  displayName: `Acme's ${userName}`,
  name: { givenName: "Pat", familyName: `Of ${userName}` },
  emails: [{ primary: true, type: "work", value: userName }],
});

const named = (members: readonly Body[]) =>
  members.map(({ id, userName }) => ({ value: id, display: userName }));

const removal = ({ id }: Body) => `members[value eq "${id}"]`;

export const okta: IdentityProvider = {
  name: "Okta",
  personOf: (userName, externalId = `00u-${userName}`) => ({
    schemas: [CORE_USER],
    ...attributesOf(userName),
    locale: "en-US",
    externalId,
    groups: [],
    password: "1mz050nq!Zx",
  }),
  find: (scim, endpoint, name) =>
    scim.find(
      endpoint,
      `${endpoint === "/Users" ? "userName" : "displayName"} eq "${name}"`,
      "&startIndex=1&count=100",
    ),
  createGroup: async (scim, displayName, members) =>
    expectStatus(
      await scim.post("/Groups", { schemas: [CORE_GROUP], displayName, members: named(members) }),
      201,
    ),
  renameUser: async (scim, { id }, userName) => {
    const current = expectStatus(await scim.get(`/Users/${id}`), 200);
    const { name, emails } = attributesOf(userName);
    return scim.put(`/Users/${id}`, { ...current, userName, name, emails });
  },
  renameGroup: (scim, { id }, displayName) =>
    scim.patch(`/Groups/${id}`, { op: "replace", value: { id, displayName } }),
  addMembers: (scim, id, members) =>
    scim.patch(`/Groups/${id}`, { op: "add", path: "members", value: named(members) }),
  setMembers: (scim, id, members) =>
    scim.patch(`/Groups/${id}`, { op: "replace", path: "members", value: named(members) }),
  removeMember: (scim, id, member) => scim.patch(`/Groups/${id}`, { op: "remove", path: removal(member) }),
  setActive: (scim, { id }, active) => scim.patch(`/Users/${id}`, { op: "replace", value: { active } }),
};

export const entra: IdentityProvider = {
  name: "Entra ID",
  personOf: (userName, externalId = `entra-${userName}`) => ({
    schemas: [CORE_USER, ENTERPRISE_USER],
    ...attributesOf(userName),
    externalId,
    meta: { resourceType: "User" },
    [ENTERPRISE_USER]: { department: "Sales" },
    roles: [],
  }),
  find: (scim, endpoint, name) =>
    endpoint === "/Users"
      ? scim.find("/Users", `userName eq "${name}"`)
      : scim.find("/Groups", `displayName eq "${name}"`, "&excludedAttributes=members"),
  createGroup: async (scim, displayName, members) => {
    const group = {
      schemas: [CORE_GROUP, "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"],
      externalId: `entra-${displayName}`,
      displayName,
      members: [],
      meta: { resourceType: "Group" },
    };
    const { id } = expectStatus(await scim.post("/Groups", group), 201);
    if (members.length > 0) expectStatus(await entra.addMembers(scim, id, members), 200, 204);
    return expectStatus(await scim.get(`/Groups/${id}`), 200);
  },
  renameUser: (scim, { id }, userName) => {
    const { name } = attributesOf(userName);
    return scim.patch(
      `/Users/${id}`,
      { op: "Replace", path: "userName", value: userName },
      { op: "Replace", path: "name.familyName", value: name.familyName },
      { op: "Replace", path: 'emails[type eq "work"].value', value: userName },
    );
  },
  renameGroup: (scim, { id }, displayName) =>
    scim.patch(`/Groups/${id}`, { op: "Replace", path: "displayName", value: displayName }),
  addMembers: (scim, id, members) =>
    scim.patch(`/Groups/${id}`, {
      op: "Add",
      path: "members",
      value: members.map((member) => ({ $ref: null, value: member.id })),
    }),
  setMembers: (scim, id, members) => entra.addMembers(scim, id, members),
  removeMember: (scim, id, member) => scim.patch(`/Groups/${id}`, { op: "Remove", path: removal(member) }),
  setActive: (scim, { id }, active) =>
    scim.patch(`/Users/${id}`, { op: "Replace", path: "active", value: active ? "True" : "False" }),
};
