import { expect } from "chai";
import fc from "fast-check";
import { expectList, expectStatus } from "../support/assertions.js";
import type { Answer, Body, ScimClient } from "../support/client.js";
import { runs } from "../support/deep.js";
import { CORE_USER, createGroup, createUser, MEMBERSHIP, omit, unique } from "../support/factories.js";
import { clientWith } from "../support/realms.js";
import { randomRequest } from "../support/requests.js";
import type { RandomRequest } from "../support/requests.js";
import { describeServer } from "../support/server.js";
import { randomUser } from "../support/vocabularies.js";

const TEAM = "urn:muster:params:scim:schemas:core:2.0:Team";

/** How often something happens outside, and how many requests are asked before and after. */
const ROUNDS = runs(15, 60);
const REQUESTS = 15;

/** What would tell at once. */
const TELLING = [
  'groups.display sw "Globex"',
  'groups pr and not (groups.display eq "Acme")',
  `${MEMBERSHIP}:teams pr`,
  `${MEMBERSHIP}:teams.display sw "Team"`,
  `${MEMBERSHIP}:organizationRoles pr`,
  'roles.value sw "role" or roles.value eq "organization-admin"',
  'externalId sw "globex" or externalId sw "provider"',
  "active eq false",
].map((filter) => `/Users?filter=${encodeURIComponent(filter)}`);

const ALWAYS: readonly RandomRequest[] = [
  ...TELLING,
  `/Users?attributes=userName,roles,groups,active,externalId,meta,${MEMBERSHIP}&sortBy=roles.value`,
  "/Users?count=3&cursor=&sortBy=meta.lastModified",
  "/Groups?attributes=members.display,displayName",
  "/Teams?attributes=members.display,displayName",
  "/?sortBy=meta.version",
].map((path) => ({ method: "GET", path, headers: {} }));

/** What is the same however often it is asked. Reads in vain are written to the caller's own audit log. */
const isSteady = ({ method, path }: RandomRequest) =>
  (method === "GET" || /^\/?[^?]*\.search/.test(path)) && !/Candidates|AuditEvents|AccessTokens/.test(path);

describeServer("What an organization is answered", (scim, server) => {
  let own: ScimClient;
  let other: ScimClient;
  let acme: Body;
  let globex: Body;
  let shared: Body[];
  let outside: Body[];
  let requests: fc.Arbitrary<RandomRequest[]>;

  before(async () => {
    acme = await createGroup(scim, [], { displayName: "Acme" });
    globex = await createGroup(scim, [], { displayName: "Globex" });
    own = await clientWith(server(), { organization: acme.id });
    other = await clientWith(server(), { organization: globex.id });
    const post = async (client: ScimClient, attributes: object) =>
      expectStatus(
        await client.post("/Users", { schemas: [CORE_USER], userName: unique("Ärger"), ...attributes }),
        201,
      );
    const people = fc.sample(randomUser, 24);
    const mine = await Promise.all(people.slice(0, 8).map((each) => post(own, each)));
    outside = await Promise.all(people.slice(8, 16).map((each) => post(other, each)));
    shared = await Promise.all(people.slice(16).map((each) => post(scim, each)));
    for (const { id } of shared) {
      for (const [client, group] of [
        [own, acme],
        [other, globex],
      ] as const) {
        const added = { op: "add", path: "members", value: [{ value: id }] };
        expectStatus(await client.patch(`/Groups/${group.id}`, added), 200, 204);
        const own = { op: "add", path: "externalId", value: unique(String(group.displayName)) };
        expectStatus(await client.patch(`/Users/${id}`, own), 200);
      }
    }
    const members = [...mine, ...shared].slice(0, 10).map(({ id }) => ({ value: id, role: "team-admin" }));
    const team = expectStatus(
      await own.post("/Teams", { schemas: [TEAM], displayName: "Bakers", members }),
      201,
    );
    const schemas = expectList(await scim.get("/Schemas"));
    const attributes = schemas.flatMap((schema) => [
      schema.id,
      ...(schema.attributes as { name: string }[]).map(({ name }) => name),
      ...(schema.attributes as { name: string }[]).map(({ name }) => `${schema.id}:${name}`),
    ]);
    const request = randomRequest({
      endpoints: ["/Users", "/Groups", "/Teams"],
      ids: [...mine, ...outside, ...shared, acme, globex, team].map(({ id }) => id),
      attributes: [
        ...new Set([...attributes, "groups.value", "groups.display", "roles.value", "meta.version"]),
      ],
    }).filter(isSteady);
    requests = fc.array(request, { minLength: REQUESTS, maxLength: REQUESTS });
  });

  const patch = (client: ScimClient, { id }: Body, path: string, value: unknown) =>
    client.patch(`/Users/${id}`, { op: "replace", path, value });

  const pick = (list: readonly Body[]) => {
    const picked = list[Math.floor(Math.random() * list.length)];
    if (!picked) throw new Error("There is nobody left");
    return picked;
  };

  /** All that others can do without touching what Acme has. */
  const deeds: Record<string, () => Promise<Answer | Body>> = {
    "the provider creates somebody": async () => {
      const made = await createUser(scim, fc.sample(randomUser, 1)[0]);
      outside.push(made);
      return made;
    },
    "the provider says something of an account that is not its profile": () =>
      patch(scim, pick(shared), "externalId", unique("provider")),
    "the provider deactivates an account": () => patch(scim, pick(shared), "active", Math.random() < 0.5),
    "the provider grants a role": () => patch(scim, pick(shared), "roles", [{ value: unique("role") }]),
    "the provider grants a role in the other organization": () =>
      scim.patch(`/Users/${pick(shared).id}`, {
        op: "replace",
        path: `${MEMBERSHIP}:organizationRoles[organization eq "${globex.id}"].value`,
        value: unique("role"),
      }),
    "the other organization deactivates somebody": () =>
      patch(other, pick(shared), "active", Math.random() < 0.5),
    "the other organization calls somebody something else": () =>
      patch(other, pick([...shared, ...outside]), "externalId", unique("globex")),
    "the other organization grants a role": () =>
      patch(other, pick(shared), "roles", [{ value: "organization-admin" }, { value: unique("role") }]),
    "the other organization loses somebody": () => other.delete(`/Users/${pick(shared).id}`),
    "the other organization takes somebody": () =>
      other.post("/Users", { schemas: [CORE_USER], userName: pick([...shared, ...outside]).userName }),
    "the other organization rewrites a profile": () =>
      patch(other, pick([...shared, ...outside]), "displayName", unique("Renamed")),
    "the other organization makes a team": () => {
      const members = [{ value: pick(shared).id, role: "team-manager" }];
      return other.post("/Teams", { schemas: [TEAM], displayName: unique("Team"), members });
    },
    "the provider renames the other organization": () =>
      scim.patch(`/Groups/${globex.id}`, { op: "replace", path: "displayName", value: unique("Globex") }),
    "the provider makes an organization of people": () => createGroup(scim, [pick(shared), pick(outside)]),
  };

  /** All of an answer but what differs from request to request. */
  function comparable({ status, headers, body, text }: Answer): unknown {
    const { nextCursor, ...rest } = body as Body & { nextCursor?: string };
    const names = ["date", "x-request-id", "content-length"];
    const shown = Object.keys(rest).length > 0 ? rest : text;
    return { status, headers: omit(headers, ...names), body: shown, hasNext: nextCursor !== undefined };
  }

  const ask = async (asked: readonly RandomRequest[]) =>
    Promise.all(
      asked.map(async ({ method, path, raw, headers }) =>
        comparable(await own.request(method, path, { headers, ...(raw !== undefined && { raw }) })),
      ),
    );

  it("does not depend on what is outside of it", async function () {
    this.timeout(120_000);
    let successes = 0;
    const rounds = fc.sample(fc.tuple(requests, fc.constantFrom(...Object.entries(deeds))), ROUNDS);
    for (const [random, [entry, act]] of rounds) {
      const asked = [...ALWAYS, ...random];
      const before = await ask(asked);
      await act();
      const after = await ask(asked);
      for (const [index, answer] of after.entries()) {
        expect(answer, `${entry}: ${JSON.stringify(asked[index])}`).to.deep.equal(before[index]);
      }
      successes += after.filter((answer) => (answer as { status: number }).status === 200).length;
    }
    expect(successes).to.be.greaterThan(ROUNDS * ALWAYS.length);
  });

  it("is changed by what changes in it, so that this test can tell", async () => {
    const asked: RandomRequest[] = [{ method: "GET", path: "/Users?count=1000", headers: {} }];
    const before = await ask(asked);
    await patch(own, pick(shared), "title", unique("title"));
    expect(await ask(asked)).to.not.deep.equal(before);
  });
});
