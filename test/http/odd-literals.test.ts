import { expect } from "chai";
import fc from "fast-check";
import { expectError, expectList, expectStatus } from "../support/assertions.js";
import type { Body } from "../support/client.js";
import { CORE_GROUP, createGroup, createUser, ORGANIZATION } from "../support/factories.js";
import { describeServer } from "../support/server.js";

/** How many filters each engine gets. */
const FILTERS = 600;

const OPERATORS = ["eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"];
const BY_ORDER: Record<string, (found: number, wanted: number) => boolean> = {
  eq: (found, wanted) => found === wanted,
  gt: (found, wanted) => found > wanted,
  ge: (found, wanted) => found >= wanted,
  lt: (found, wanted) => found < wanted,
  le: (found, wanted) => found <= wanted,
};
const NUMBERS = [
  0, -0, 1, 2, -1, 1.5, 403.5, 2147483647, 2147483648, 99999999999, -1e300, 1.7e308, 5e-324, 1e-7,
];
const LITERALS = [
  ...NUMBERS.map(String),
  "1e999",
  '"99999999999"',
  '"1e400"',
  '""',
  '"\\u0000"',
  '"a\\u0000b"',
  '"\\ud800"',
  '"\\udc00\\ud800"',
  '"\\uffff"',
  '"\u{10ffff}"',
  "true",
  '"TRUE"',
  "null",
  '"0000-01-01T00:00:00Z"',
  '"9999-12-31T23:59:60+14:00"',
  '"-271821-04-20T00:00:00Z"',
];

interface Described {
  readonly name: string;
  readonly subAttributes?: readonly Described[];
}

interface DescribedType {
  readonly endpoint: string;
  readonly schema: string;
  readonly schemaExtensions?: readonly { readonly schema: string }[];
}

describeServer("A filter with an odd literal", (scim) => {
  const find = (endpoint: string, filter: string) =>
    scim.get(`${endpoint}?count=1000&filter=${encodeURIComponent(filter)}`);

  before(async () => {
    const users = [await createUser(scim, { title: "a", active: true }), await createUser(scim)];
    const group = await createGroup(scim, users);
    await createGroup(scim, users.slice(1));
    await createGroup(scim);
    await scim.post("/Teams", { schemas: [TEAM], displayName: "T", organization: { value: group.id } });
    for (const quota of [1, 2, 1000, undefined]) {
      const invitation = { schemas: [INVITATION], name: "I", organization: { value: group.id }, quota };
      expectStatus(await scim.post("/Invitations", invitation), 201);
    }
    for (const path of ["/Users", "/Nowhere", "/Users/none"])
      await scim.patch(path, { op: "remove", path: "title" });
    await scim.post("/Groups", { schemas: [CORE_GROUP] });
  });

  /** All attributes of all resource types, as filters name them. */
  const attributes = async () => {
    const schemas = new Map(
      expectList(await scim.get("/Schemas")).map((schema) => [schema.id, schema] as const),
    );
    const types = expectList(await scim.get("/ResourceTypes")) as unknown as DescribedType[];
    const namesOf = (schema: Body | undefined) =>
      ((schema?.attributes ?? []) as Described[]).flatMap(({ name, subAttributes = [] }) => [
        name,
        ...subAttributes.map((each) => `${name}.${each.name}`),
      ]);
    return types.flatMap(({ endpoint, schema, schemaExtensions = [] }) => {
      const own = [
        ...namesOf(schemas.get(schema)),
        "id",
        "externalId",
        "meta.created",
        "meta.version",
        "meta.location",
      ];
      const extended = schemaExtensions.flatMap((each) =>
        namesOf(schemas.get(each.schema)).map((name) => `${each.schema}:${name}`),
      );
      return [...own, ...extended].map((name) => ({ endpoint, name }));
    });
  };

  it("is answered or refused, whatever the attribute", async function () {
    this.timeout(180_000);
    const all = await attributes();
    expect(all.length).to.be.above(80);
    const filters = fc.array(
      fc.tuple(fc.constantFrom(...all), fc.constantFrom(...OPERATORS), fc.constantFrom(...LITERALS)),
      { minLength: 10, maxLength: 10 },
    );
    const property = fc.asyncProperty(filters, async (some) => {
      await Promise.all(
        some.map(async ([{ endpoint, name }, operator, literal]) => {
          const filter = `${name} ${operator} ${literal}`;
          const answer = await find(endpoint, filter);
          expect([200, 400, 403, 429], `${endpoint} ${filter} ${answer.text}`).to.include(answer.status);
          if (answer.status === 400) expectError(answer, { status: 400, scimType: "invalidFilter" });
        }),
      );
    });
    await fc.assert(property, { numRuns: FILTERS / 10 });
  });

  const numeric: readonly (readonly [
    endpoint: string,
    name: string,
    valueOf: (resource: Body) => unknown,
  ])[] = [
    ["/AuditEvents", "status", ({ status }) => status],
    ["/Invitations", "quota", ({ quota }) => quota],
    [
      "/Groups",
      `${ORGANIZATION}:memberCount`,
      (group) => (group[ORGANIZATION] as { memberCount: number }).memberCount,
    ],
  ];
  for (const [endpoint, name, valueOf] of numeric) {
    it(`finds what it means by ${name}`, async function () {
      this.timeout(60_000);
      const all = expectList(await scim.get(`${endpoint}?count=1000&attributes=${name}`));
      expect(all.map(valueOf).filter((value) => typeof value === "number")).not.to.be.empty;
      for (const wanted of NUMBERS) {
        await Promise.all(
          Object.entries(BY_ORDER).map(async ([operator, holds]) => {
            const meant = all.filter((each) => {
              const value = valueOf(each);
              return typeof value === "number" && holds(value, wanted);
            });
            const found = expectList(await find(endpoint, `${name} ${operator} ${wanted}`));
            const saying = `${name} ${operator} ${wanted}`;
            expect(new Set(found.map(({ id }) => id)), saying).to.deep.equal(
              new Set(meant.map(({ id }) => id)),
            );
          }),
        );
        const others = expectList(await find(endpoint, `${name} ne ${wanted}`));
        expect(others).to.have.length(all.filter((each) => valueOf(each) !== wanted).length);
      }
    });
  }

  it("with U+0000 or half a character is behind what it begins with", async () => {
    const user = await createUser(scim, { title: "zz", externalId: "Zz" });
    for (const rest of ["\\u0000", "\\ud800x"]) {
      const counts = [];
      for (const operator of ["eq", "ne", "ge", "lt", "sw"]) {
        const list = await find("/Users", `id eq "${user.id}" and externalId ${operator} "Zz${rest}"`);
        counts.push(expectList(list).length);
      }
      expect(counts).to.deep.equal([0, 1, 0, 1, 0]);
    }
  });

  describe("in a value path", () => {
    for (const literal of ['"\\u0000"', '"x\\ud800"']) {
      it(`${literal} is refused, or removes nothing`, async () => {
        const { id } = await createGroup(scim, [await createUser(scim)]);
        for (const path of [
          `members[value eq ${literal}]`,
          `members[display eq ${literal}]`,
          `members[type sw ${literal}]`,
        ]) {
          for (const op of ["add", "replace", "remove"]) {
            expectStatus(await scim.patch(`/Groups/${id}`, { op, path }), 204, 400);
          }
        }
        const user = await createUser(scim, { emails: [{ value: "a@example.com" }] });
        for (const op of ["add", "replace", "remove"]) {
          const operation = { op, path: `emails[value eq ${literal}].type`, value: "work" };
          expectStatus(await scim.patch(`/Users/${user.id}`, operation), 200, 400);
        }
        expect(expectStatus(await scim.get(`/Groups/${id}`), 200).members).to.have.length(1);
      });
    }
  });
});

const TEAM = "urn:muster:params:scim:schemas:core:2.0:Team";
const INVITATION = "urn:muster:params:scim:schemas:core:2.0:Invitation";
