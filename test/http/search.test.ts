import { expect } from "chai";
import { expectError, expectList, expectStatus } from "../support/assertions.js";
import type { Body } from "../support/client.js";
import { createGroup, createUser, ENTERPRISE_USER, omit, ORGANIZATION } from "../support/factories.js";
import { describeServer } from "../support/server.js";

const SEARCH_REQUEST = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";

describeServer("A search over all resource types", (scim) => {
  let byName: Map<string, Body>;

  before(async () => {
    const ann = await createUser(scim, {
      displayName: "Ann",
      title: "Lead",
      emails: [{ value: "ann@example.com", type: "work" }],
      [ENTERPRISE_USER]: { department: "Sales" },
    });
    const bob = await createUser(scim, { displayName: "bob", externalId: "shared" });
    const nameless = await createUser(scim, { title: "None" });
    const acme = await createGroup(scim, [ann, bob], { displayName: "Acme", externalId: "shared" });
    const zoo = await createGroup(scim, [], { displayName: "Zoo", [ORGANIZATION]: { description: "Lead" } });
    byName = new Map(Object.entries({ Ann: ann, bob, nameless, Acme: acme, Zoo: zoo }));
  });

  const search = (body: object) => scim.post("/.search", { schemas: [SEARCH_REQUEST], ...body });
  const names = (resources: readonly Body[]) =>
    resources.map(({ id }) => [...byName].find(([, known]) => known.id === id)?.[0]).join();

  it("gives every resource as a GET gives it", async () => {
    const found = expectList(await search({}), 5);
    for (const resource of found) {
      const path = resource.meta.location.slice(scim.url.length);
      expect(expectStatus(await scim.get(path), 200)).to.deep.equal(resource);
    }
    expect(names(found).split(",")).to.have.members([...byName.keys()]);
  });

  it("is what a GET of the base gives", async () => {
    const { body } = await search({ sortBy: "displayName", count: 3, startIndex: 2 });
    for (const path of [
      "?sortBy=displayName&count=3&startIndex=2",
      "/?sortBy=displayName&count=3&startIndex=2",
    ]) {
      expect((await scim.get(path)).body).to.deep.equal(body);
    }
  });

  const filters: [filter: string, expected: string][] = [
    ['displayName sw "a"', "Acme,Ann"],
    ['meta.resourceType eq "User"', "Ann,bob,nameless"],
    ['meta.resourceType eq "Group" and displayName eq "zoo"', "Zoo"],
    ['externalId eq "shared"', "Acme,bob"],
    ['title eq "lead"', "Ann"],
    ["not (title pr)", "Acme,bob,Zoo"],
    ['title ne "lead"', "Acme,bob,Zoo,nameless"],
    ["title eq null", "Acme,bob,Zoo"],
    ["title ne null", "Ann,nameless"],
    ["members pr or emails pr", "Acme,Ann"],
    ['emails[type eq "work" and value co "ann"]', "Ann"],
    ['not (emails[type eq "work"])', "Acme,bob,Zoo,nameless"],
    ['emails[type eq "work"].value sw "ann"', "Ann"],
    [`${ORGANIZATION}:description eq "lead"`, "Zoo"],
    [`${ENTERPRISE_USER}:department eq "sales" or ${ORGANIZATION}:memberCount gt 1`, "Acme,Ann"],
    [`schemas eq "${ENTERPRISE_USER}"`, "Ann"],
    ['userName eq "nobody"', ""],
  ];
  for (const [filter, expected] of filters) {
    it(`by ${filter} finds ${expected === "" ? "nothing" : expected}`, async () => {
      expect(names(expectList(await search({ filter, sortBy: "displayName" })))).to.equal(expected);
    });
  }

  it("sorts all types together, those without a value last, and first when descending", async () => {
    expect(names(expectList(await search({ sortBy: "displayName" })))).to.equal("Acme,Ann,bob,Zoo,nameless");
    const descending = await search({ sortBy: "displayName", sortOrder: "descending" });
    expect(names(expectList(descending))).to.equal("nameless,Zoo,bob,Ann,Acme");
    expect(names(expectList(await search({ sortBy: "title", count: 2 }), 5))).to.equal("Ann,nameless");
  });

  it("goes by pages and by cursors", async () => {
    for (const sort of [{}, { sortBy: "displayName" }, { sortBy: "active", sortOrder: "descending" }]) {
      const whole = expectList(await search(sort), 5).map(({ id }) => id);
      for (const count of [1, 2, 3]) {
        const byIndex: string[] = [];
        for (let startIndex = 1; startIndex <= 5; startIndex += count) {
          byIndex.push(...expectList(await search({ ...sort, count, startIndex }), 5).map(({ id }) => id));
        }
        const byCursor: string[] = [];
        for (let cursor: unknown = ""; cursor !== undefined;) {
          const { body } = await search({ ...sort, count, cursor });
          byCursor.push(...body.Resources.map(({ id }) => id));
          cursor = body.nextCursor;
        }
        expect(byIndex).to.deep.equal(whole);
        expect(byCursor).to.deep.equal(whole);
      }
    }
  });

  it("gives the attributes that are asked for, of each type those that it has", async () => {
    const attributes = ["userName", "members.value", `${ORGANIZATION}:memberCount`];
    for (const resource of expectList(await search({ attributes }), 5)) {
      const more = omit(resource, "schemas", "id");
      const isUser = resource.schemas.some((urn) => urn.endsWith(":core:2.0:User"));
      if (isUser) expect(more).to.have.all.keys("userName");
      else expect(more).to.include.keys(ORGANIZATION).and.not.include.keys("displayName");
    }
    for (const resource of expectList(await search({ excludedAttributes: ["meta", "members"] }), 5)) {
      expect(resource).to.not.have.any.keys("meta", "members");
    }
  });

  it("refuses what no type has, and what is no search", async () => {
    const invalidFilter = { status: 400, scimType: "invalidFilter", detail: /nope.*|character/ };
    expectError(await search({ filter: 'nope eq "x"' }), invalidFilter);
    expectError(await search({ filter: 'emails[nope eq "x"]' }), invalidFilter);
    expectError(await search({ sortBy: "nope" }), { status: 400, scimType: "invalidPath", detail: /nope/ });
    const invalidSyntax = { status: 400, scimType: "invalidSyntax", detail: /schemas|object/ };
    expectError(await scim.post("/.search", []), invalidSyntax);
    expectError(await scim.post("/.search", { schemas: ["urn:x"] }), invalidSyntax);
    expectError(await scim.get("/.search"), { status: 405, detail: /POST/ });
    expectError(await scim.post("/", {}), { status: 405, detail: /GET/ });
  });

  it("needs a token", async () => {
    for (const [method, path] of [
      ["GET", "/"],
      ["POST", "/.search"],
    ] as const) {
      expectError(await scim.request(method, path, { body: {}, headers: { authorization: null } }), {
        status: 401,
      });
    }
  });
});
