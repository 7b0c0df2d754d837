import { expect } from "chai";
import fc from "fast-check";
import { expectStatus } from "../support/assertions.js";
import { sendBulk } from "../support/bulk.js";
import type { Answer, Body, ScimClient } from "../support/client.js";
import { runs } from "../support/deep.js";
import {
  createGroup,
  createUser,
  ENTERPRISE_USER,
  MEMBERSHIP,
  ORGANIZATION,
  unique,
} from "../support/factories.js";
import { describeServer } from "../support/server.js";

const { constantFrom, oneof, record, array } = fc;

const ROUNDS = runs(25, 400);
const SEARCH_REQUEST = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";

/** One of two places that are alike: for a request of its own, and for the same in a Bulk. */
interface World {
  /** Stands in names, so that those of the two worlds do not collide. */
  readonly name: string;
  readonly user: Body;
  readonly group: Body;
  readonly team: Body;
}

/** Values as identity providers write them, and as nobody should. */
const VALUES: readonly unknown[] = [
  ...[
    true,
    false,
    "True",
    "false",
    " TRUE ",
    "yes",
    null,
    "",
    0,
    5,
    "5",
    1.5,
    "text",
    "2026-01-01T00:00:00Z",
  ],
  ...[[], {}, [null], ["text"], [true], [["text"]], { value: "text" }, { value: null }, [{ value: "" }]],
  [{ value: "a@example.com", type: "work", primary: "True" }],
  [
    { value: "a@example.com", primary: true },
    { value: "b@example.com", primary: "true" },
  ],
  [{ type: "work" }],
  [{ VALUE: "a@example.com", Type: "home" }],
  { givenName: "Dana", FamilyName: 5 },
];
const value = constantFrom(...VALUES);

/** Whose value names the world, so that it is unique in both. */
const named = (text: string) => ({ world: text });

const ATTRIBUTES: Readonly<Record<string, readonly string[]>> = {
  "/Users": [
    ...[
      "active",
      "Active",
      "TITLE",
      "title",
      "name",
      "name.givenName",
      "emails",
      "roles",
      "displayName",
      "addresses",
    ],
    ...[
      "manager",
      ENTERPRISE_USER,
      `${ENTERPRISE_USER}:department`,
      `${ENTERPRISE_USER}:manager`,
      MEMBERSHIP,
    ],
    ...["urn:ietf:params:scim:schemas:core:2.0:User", "unknown", "id", "meta", "groups", "externalId"],
  ],
  "/Groups": ["externalId", "members", "Members", ORGANIZATION, `${ORGANIZATION}:description`, "id"],
  "/Teams": ["displayName", "description", "members", "organization", "externalId", "unknown"],
};

const SCHEMAS: Readonly<Record<string, string>> = {
  "/Users": "urn:ietf:params:scim:schemas:core:2.0:User",
  "/Groups": "urn:ietf:params:scim:schemas:core:2.0:Group",
  "/Teams": "urn:muster:params:scim:schemas:core:2.0:Team",
};

interface Sent {
  readonly method: string;
  readonly endpoint: string;
  readonly data?: unknown;
  readonly version?: string;
}

const endpoint = constantFrom("/Users", "/Groups", "/Teams");
const attributeOf = (of: string) => constantFrom(...(ATTRIBUTES[of] ?? []));

const whole = endpoint.chain((of) =>
  record({
    endpoint: fc.constant(of),
    method: constantFrom("POST", "PUT"),
    data: oneof(
      {
        weight: 12,
        arbitrary: fc
          .tuple(
            constantFrom<object>(
              { schemas: [SCHEMAS[of]] },
              { SCHEMAS: [SCHEMAS[of]?.toUpperCase(), "urn:example:own"] },
              { schemas: SCHEMAS[of] },
              {},
            ),
            constantFrom<object>(
              { userName: named("dana"), displayName: named("Sales"), organization: named("organization") },
              { USERNAME: named("dana"), displayname: named("Sales"), organization: named("organization") },
              { userName: "", displayName: null },
            ),
            fc.dictionary(attributeOf(of), value, { maxKeys: 4 }),
          )
          .map((parts): unknown => Object.assign({}, ...parts)),
      },
      { weight: 1, arbitrary: value },
    ),
  }),
);

const patch = endpoint.chain((of) => {
  const path = oneof(
    attributeOf(of),
    constantFrom('emails[type eq "work"].value', 'members[value eq "x"]', "members.value", "name[", "", 5),
  );
  const operation = record(
    {
      op: constantFrom<unknown>("add", "Add", "REPLACE", "replace", " remove", "remove", "move", 1),
      path,
      value: oneof(value, fc.dictionary(attributeOf(of), value, { maxKeys: 3 })),
    },
    { requiredKeys: ["op"] },
  );
  const operations = array(oneof({ weight: 20, arbitrary: operation }, { weight: 1, arbitrary: value }), {
    maxLength: 3,
  });
  return record(
    {
      endpoint: fc.constant(of),
      method: fc.constant("PATCH"),
      data: oneof(
        operations.map((Operations) => ({
          schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
          Operations,
        })),
        operations.map((all) => ({ operations: all })),
        operations,
      ),
      version: constantFrom('W/"1"', '"1"', "*", 'W/"7"', "1"),
    },
    { requiredKeys: ["endpoint", "method", "data"] },
  );
});

const sent: fc.Arbitrary<Sent> = oneof(whole, patch);

describeServer("What a client sends", (scim) => {
  async function world(): Promise<World> {
    const name = unique("world");
    const user = await createUser(scim, { userName: `${name} user`, title: "Lead" });
    const group = await createGroup(scim, [user], { displayName: `${name} group` });
    const sentTeam = {
      schemas: [SCHEMAS["/Teams"]],
      displayName: `${name} team`,
      organization: { value: group.id },
      members: [{ value: user.id }],
    };
    return { name, user, group, team: expectStatus(await scim.post("/Teams", sentTeam), 201) };
  }

  /** The operation as it is in a world. */
  function within({ name, group }: World, data: unknown): unknown {
    const text = JSON.stringify(data).replace(/\{"world":"(\w+)"\}/g, (_whole, word: string) =>
      word === "organization" ? JSON.stringify({ value: group.id }) : JSON.stringify(`${name} ${word}`),
    );
    return JSON.parse(text);
  }

  const pathIn = ({ user, group, team }: World, { method, endpoint: of }: Sent) => {
    const [id] = { "/Users": [user.id], "/Groups": [group.id], "/Teams": [team.id] }[of] ?? [];
    return method === "POST" ? of : `${of}/${id ?? ""}`;
  };

  /** What there is afterwards, without what differs between the worlds. */
  async function resourceAt(
    location: string | undefined,
    { name, user, group, team }: World,
  ): Promise<string> {
    if (location === undefined) return "";
    const { status, text } = await scim.get(
      `${location.slice(scim.url.length)}?attributes=${[
        ...[
          "userName",
          "displayName",
          "externalId",
          "title",
          "name",
          "emails",
          "roles",
          "addresses",
          "active",
        ],
        ...[
          "members",
          "description",
          "organization",
          "meta.version",
          ENTERPRISE_USER,
          MEMBERSHIP,
          ORGANIZATION,
        ],
      ].join()}`,
    );
    const own = location.split("/").at(-1) ?? "";
    // The version of a User has a digest of its groups, whose ids differ.
    const comparable = text
      .replace(/(W\/\\"\d+)-[0-9a-f]+/g, "$1")
      .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "<time>");
    return [own, user.id, group.id, team.id, name].reduce(
      (all, part, index) => all.replaceAll(part, `<${index}>`),
      `${status} ${comparable}`,
    );
  }

  it("means the same in a request of its own and in a Bulk", async () => {
    await fc.assert(
      fc.asyncProperty(sent, async (operation) => {
        const [alone, inBulk] = [await world(), await world()];
        const { method, version } = operation;
        const answer = await scim.request(method, pathIn(alone, operation), {
          raw: JSON.stringify(within(alone, operation.data)),
          ...(version !== undefined && { headers: { "if-match": version } }),
        });
        const path = pathIn(inBulk, operation);
        const [outcome] = await sendBulk(scim, [
          {
            ...{ method, path, bulkId: "one", data: within(inBulk, operation.data) },
            ...(version !== undefined && { version }),
          },
        ]);
        expect({ status: Number(outcome?.status), scimType: outcome?.response?.scimType }).to.deep.equal({
          status: answer.status,
          scimType: answer.body.scimType,
        });
        const place = (given: World, location: string | string[] | undefined) =>
          method === "POST" ? (location as string | undefined) : scim.url + pathIn(given, operation);
        expect(await resourceAt(place(inBulk, outcome?.location), inBulk)).to.equal(
          await resourceAt(place(alone, answer.headers.location), alone),
        );
      }),
      { numRuns: ROUNDS, includeErrorInReport: true },
    );
  });

  describe("as the parameters of a list", () => {
    const parameters = record(
      {
        filter: constantFrom(
          'userName sw "world"',
          'active eq "True"',
          "userName",
          "",
          'title eq "Lead" and',
        ),
        sortBy: constantFrom("userName", "USERNAME", "emails.value", "nothing", ""),
        sortOrder: constantFrom("ascending", "Descending", "down"),
        startIndex: constantFrom("1", "2", "-5", "x"),
        count: constantFrom("0", "3", "-1", "1.5", " 2 "),
        attributes: constantFrom("userName,title", " userName , emails.value ", "nothing", ""),
        excludedAttributes: constantFrom("emails", "meta,name.givenName"),
      },
      { requiredKeys: [] },
    );

    const alike = (one: Answer, two: Answer) => {
      expect({ status: two.status, body: two.body }).to.deep.equal({ status: one.status, body: one.body });
    };

    async function search(client: ScimClient, path: string, sentParameters: object): Promise<Answer> {
      return client.post(`${path}/.search`, { schemas: [SEARCH_REQUEST], ...sentParameters });
    }

    it("means the same in a query and in a SearchRequest, with names in any case and numbers as text", async () => {
      await world();
      await fc.assert(
        fc.asyncProperty(parameters, constantFrom("/Users", "/Groups", ""), async (all, path) => {
          const query = new URLSearchParams(all as Record<string, string>).toString();
          const listed = await scim.get(`${path === "" ? "/" : path}?${query}`);
          alike(listed, await search(scim, path, all));
          const upper = Object.entries(all).map(([name, text]) => [name.toUpperCase(), text]);
          alike(listed, await search(scim, path, Object.fromEntries(upper) as object));
        }),
        { numRuns: ROUNDS, includeErrorInReport: true },
      );
    });
  });

  it("as a PATCH can be the bare list of operations, alone as in a Bulk", async () => {
    const { user } = await world();
    const changed = await scim.request("PATCH", `/Users/${user.id}`, {
      body: [{ op: "replace", path: "title", value: "Boss" }],
    });
    expect(expectStatus(changed, 200).title).to.equal("Boss");
  });

  for (const schemas of [undefined, null, SEARCH_REQUEST, [SEARCH_REQUEST.toUpperCase()]]) {
    it(`as a search can have ${JSON.stringify(schemas)} for its schemas`, async () => {
      expectStatus(
        await scim.post("/Users/.search", { ...(schemas !== undefined && { schemas }), count: 1 }),
        200,
      );
    });
  }
});
