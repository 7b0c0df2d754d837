import { expect } from "chai";
import { expectError, expectList, expectStatus, memberCount, read } from "../support/assertions.js";
import { BULK_REQUEST, idOf, patchData, sendBulk, statusesOf } from "../support/bulk.js";
import {
  CORE_GROUP,
  CORE_USER,
  createGroup,
  createUser,
  ENTERPRISE_USER,
  ORGANIZATION,
  unique,
} from "../support/factories.js";
import { clientWith } from "../support/realms.js";
import { describeServer } from "../support/server.js";

const TEAM = "urn:muster:params:scim:schemas:core:2.0:Team";
const ACCESS_TOKEN = "urn:muster:params:scim:schemas:core:2.0:AccessToken";

const user = (attributes: object = {}) => ({ schemas: [CORE_USER], userName: unique("bulk"), ...attributes });
const post = (bulkId: string, data: object, path = "/Users") => ({ method: "POST", path, bulkId, data });
const group = (...bulkIds: string[]) => ({
  schemas: [CORE_GROUP],
  displayName: unique("Bulk group"),
  members: bulkIds.map((bulkId) => ({ type: "User", value: `bulkId:${bulkId}` })),
});
const managedBy = (bulkId: string, attributes: object = {}) =>
  user({
    schemas: [CORE_USER, ENTERPRISE_USER],
    [ENTERPRISE_USER]: { manager: { value: `bulkId:${bulkId}` } },
    ...attributes,
  });

describeServer("A Bulk request", (scim, server) => {
  const managerOf = async (id: string) =>
    ((await read(scim, `/Users/${id}`))[ENTERPRISE_USER] as { manager?: { value: string } } | undefined)
      ?.manager?.value;

  describe("does each operation as the request would be that it stands for:", () => {
    it("the example of RFC 7644 section 3.7.3", async () => {
      const [changed, removed] = [await createUser(scim), await createUser(scim)];
      const name = unique("Alice");
      const answer = await scim.post("/Bulk", {
        schemas: [BULK_REQUEST],
        failOnErrors: 1,
        Operations: [
          post("qwerty", user({ userName: name })),
          { method: "PUT", path: `/Users/${changed.id}`, version: changed.meta.version, data: user() },
          {
            method: "PATCH",
            path: `/Users/${changed.id}`,
            data: patchData({ op: "add", path: "nickName", value: "Bob" }),
          },
          { method: "DELETE", path: `/Users/${removed.id}`, version: removed.meta.version },
        ],
      });
      const body = expectStatus(answer, 200);
      expect(body.schemas).to.deep.equal(["urn:ietf:params:scim:api:messages:2.0:BulkResponse"]);
      const [created] = expectList(await scim.find("/Users", `userName eq "${name}"`), 1);
      const location = `${scim.url}/Users/${changed.id}`;
      expect(body.Operations).to.deep.equal([
        {
          method: "POST",
          bulkId: "qwerty",
          location: created?.meta.location,
          version: 'W/"1"',
          status: "201",
        },
        { method: "PUT", location, version: 'W/"2"', status: "200" },
        { method: "PATCH", location, version: 'W/"3"', status: "200" },
        { method: "DELETE", location: `${scim.url}/Users/${removed.id}`, status: "204" },
      ]);
    });

    it("every method on every resource type that can be written", async () => {
      const { id } = await createGroup(scim);
      const organization = { value: id };
      const inputs: [string, object][] = [
        ["/Users", user()],
        ["/Groups", { schemas: [CORE_GROUP], displayName: unique("Bulk group") }],
        ["/Teams", { schemas: [TEAM], displayName: unique("Bulk team"), organization }],
        ["/AccessTokens", { schemas: [ACCESS_TOKEN], name: "Bulk" }],
      ];
      for (const [path, data] of inputs) {
        const one = `${path}/bulkId:one`;
        const rename = {
          op: "replace",
          path: "name" in data ? "name" : "displayName",
          value: unique("Named"),
        };
        const outcomes = await sendBulk(scim, [
          post("one", data, path),
          { method: "PUT", path: one, data },
          { method: "PATCH", path: one, data: patchData(rename) },
          { method: "DELETE", path: one },
        ]);
        const [created, replaced, patched, deleted] = statusesOf(outcomes);
        expect([created, replaced, deleted], `${path} ${JSON.stringify(outcomes)}`).to.deep.equal([
          201, 200, 204,
        ]);
        expect(patched).to.be.oneOf([200, 204]);
        expect(new Set(outcomes.map(idOf)).size).to.equal(1);
      }
    });

    it("the secret of a token is told, since it never is again", async () => {
      const [made] = await sendBulk(scim, [
        post("token", { schemas: [ACCESS_TOKEN], name: "By Bulk" }, "/AccessTokens"),
      ]);
      const response = made?.response as { token?: string } | undefined;
      expect(response?.token).to.be.a("string");
    });

    it("one that fails says why, and the others are done", async () => {
      const taken = await createUser(scim);
      const outcomes = await sendBulk(scim, [
        post("a", user({ userName: taken.userName.toUpperCase() })),
        post("b", user()),
        { method: "DELETE", path: "/Users/00000000-0000-4000-8000-000000000000" },
        {
          method: "PATCH",
          path: `/Users/${taken.id}`,
          data: patchData({ op: "add", path: "no such", value: 1 }),
        },
        { method: "DELETE", path: `/Users/${taken.id}` },
      ]);
      expect(statusesOf(outcomes)).to.deep.equal([409, 201, 404, 400, 204]);
      const [conflict, , missing, bad] = outcomes;
      expect(conflict).to.not.have.property("location");
      expect(conflict?.response).to.deep.include({ status: "409", scimType: "uniqueness" });
      expect(missing?.location).to.equal(`${scim.url}/Users/00000000-0000-4000-8000-000000000000`);
      expect(missing?.response).to.deep.include({ status: "404" });
      expect(bad?.response).to.deep.include({ status: "400", scimType: "invalidPath" });
    });

    it("the same resource several times, each seeing what those before it did", async () => {
      const { id } = await createUser(scim);
      const step = (value: string, version: string) => ({
        method: "PATCH",
        path: `/Users/${id}`,
        version,
        data: patchData({ op: "replace", path: "nickName", value }),
      });
      const outcomes = await sendBulk(scim, [
        step("one", 'W/"1"'),
        step("two", 'W/"2"'),
        step("late", 'W/"2"'),
        step("four", 'W/"3"'),
      ]);
      expect(statusesOf(outcomes)).to.deep.equal([200, 200, 412, 200]);
      expect(await read(scim, `/Users/${id}`)).to.deep.include({ nickName: "four" });
    });

    it("with a password, which is not told", async () => {
      const outcomes = await sendBulk(scim, [
        post("a", user({ password: "correct horse" })),
        post("b", user()),
        {
          method: "PATCH",
          path: "/Users/bulkId:b",
          data: patchData({ op: "replace", value: { password: "battery staple" } }),
        },
      ]);
      expect(statusesOf(outcomes)).to.deep.equal([201, 201, 200]);
      expect(JSON.stringify(outcomes)).to.not.match(/horse|staple/);
    });
  });

  describe("knows what is created by a bulkId:", () => {
    it("in the members of a group (RFC 7644 section 3.7.2)", async () => {
      const outcomes = await sendBulk(scim, [post("u", user()), post("g", group("u"), "/Groups")]);
      expect(statusesOf(outcomes)).to.deep.equal([201, 201]);
      const { members } = await read(scim, `/Groups/${idOf(outcomes[1])}`);
      expect(members?.map(({ value }) => value)).to.deep.equal([idOf(outcomes[0])]);
    });

    it("when it comes later, and answers in the order of the request", async () => {
      const outcomes = await sendBulk(scim, [
        {
          method: "PATCH",
          path: "/Groups/bulkId:g",
          data: patchData({ op: "replace", path: "displayName", value: unique("Late") }),
        },
        post("g", group("u"), "/Groups"),
        post("v", managedBy("u")),
        post("u", user()),
      ]);
      expect(outcomes.map(({ method, bulkId, status }) => [method, bulkId, status])).to.deep.equal([
        ["PATCH", undefined, "204"],
        ["POST", "g", "201"],
        ["POST", "v", "201"],
        ["POST", "u", "201"],
      ]);
      expect(await managerOf(idOf(outcomes[2]))).to.equal(idOf(outcomes[3]));
    });

    it("in PATCHes: in values, paths and filters", async () => {
      const { id } = await createGroup(scim);
      const change = (operation: object) => ({
        method: "PATCH",
        path: `/Groups/${id}`,
        data: patchData(operation),
      });
      const outcomes = await sendBulk(scim, [
        post("u", user()),
        post("v", user()),
        change({ op: "add", path: "members", value: [{ value: "bulkId:u" }, { value: "bulkId:v" }] }),
        change({ op: "remove", path: 'members[value eq "bulkId:u"]' }),
        {
          method: "PATCH",
          path: "Users/bulkId:u",
          data: patchData({ op: "add", path: `${ENTERPRISE_USER}:manager`, value: "bulkId:v" }),
        },
      ]);
      expect(statusesOf(outcomes)).to.deep.equal([201, 201, 204, 204, 200]);
      const { members } = await read(scim, `/Groups/${id}`);
      expect(members?.map(({ value }) => value)).to.deep.equal([idOf(outcomes[1])]);
      expect(await managerOf(idOf(outcomes[0]))).to.equal(idOf(outcomes[1]));
    });

    it("in a circle, and of itself", async () => {
      const outcomes = await sendBulk(scim, [
        post("a", managedBy("b")),
        post("b", managedBy("c")),
        post("c", managedBy("a")),
        post("own", managedBy("own", { password: "correct horse" })),
      ]);
      expect(statusesOf(outcomes)).to.deep.equal([201, 201, 201, 201]);
      const [a = "", b = "", c = "", own = ""] = outcomes.map(idOf);
      expect(await Promise.all([a, b, c, own].map(managerOf))).to.deep.equal([b, c, a, own]);
      const { meta } = await read(scim, `/Users/${a}`);
      expect(outcomes[0]?.version).to.equal(meta.version);
    });

    it("and does all of a circle or none of it", async () => {
      const { userName } = await createUser(scim);
      const lonely = unique("lonely");
      const outcomes = await sendBulk(scim, [
        post("a", managedBy("b", { userName: lonely })),
        post("b", managedBy("a", { userName })),
        post("c", managedBy("a")),
        post("d", user()),
      ]);
      expect(statusesOf(outcomes)).to.deep.equal([409, 409, 409, 201]);
      expect(outcomes[1]?.response).to.deep.include({ scimType: "uniqueness" });
      expect(outcomes[0]).to.not.have.property("location");
      expectList(await scim.find("/Users", `userName eq "${lonely}"`), 0);
    });

    it("a chain as long as the request", async () => {
      const count = 1000;
      const outcomes = await sendBulk(
        scim,
        Array.from({ length: count }, (_, index) =>
          post(`u${index}`, index === count - 1 ? user() : managedBy(`u${index + 1}`)),
        ),
      );
      expect(new Set(statusesOf(outcomes))).to.deep.equal(new Set([201]));
      expect(await managerOf(idOf(outcomes[0]))).to.equal(idOf(outcomes[1]));
    }).timeout(20_000);

    it("and refuses what refers to nobody, or to what failed", async () => {
      const { userName } = await createUser(scim);
      const outcomes = await sendBulk(scim, [
        post("g", group("nobody"), "/Groups"),
        post("u", user({ userName })),
        post("h", group("u"), "/Groups"),
        { method: "DELETE", path: "/Users/bulkId:u" },
        { method: "DELETE", path: "/Users/bulkId:nobody" },
      ]);
      expect(statusesOf(outcomes)).to.deep.equal([400, 409, 409, 409, 400]);
      expect(outcomes[0]?.response).to.deep.include({ scimType: "invalidValue" });
    });
  });

  describe("with failOnErrors", () => {
    it("stops after that many errors, and keeps what was done", async () => {
      const names = [unique("kept"), unique("never")];
      const bad = { method: "DELETE", path: "/Users/nobody" };
      const operations = [
        bad,
        post("a", user({ userName: names[0] })),
        bad,
        post("b", user({ userName: names[1] })),
      ];
      expect(statusesOf(await sendBulk(scim, operations, { failOnErrors: 2 }))).to.deep.equal([
        404, 201, 404,
      ]);
      expectList(await scim.find("/Users", `userName eq "${names[0]}"`), 1);
      expectList(await scim.find("/Users", `userName eq "${names[1]}"`), 0);
    });

    it("0, which some clients send for no limit, does all", async () => {
      const bad = { method: "DELETE", path: "/Users/nobody" };
      for (const failOnErrors of [0, null]) {
        const outcomes = await sendBulk(scim, [bad, bad, post("a", user())], { failOnErrors });
        expect(statusesOf(outcomes)).to.deep.equal([404, 404, 201]);
      }
    });

    it("that is not reached, does all", async () => {
      const bad = { method: "DELETE", path: "/Users/nobody" };
      const outcomes = await sendBulk(scim, [bad, post("a", user())], { failOnErrors: 2 });
      expect(statusesOf(outcomes)).to.deep.equal([404, 201]);
    });
  });

  describe("refuses", () => {
    const operation = { method: "DELETE", path: "/Users/nobody" };
    const refusals: [what: string, body: unknown, status: number, scimType?: string][] = [
      ["no object", [], 400, "invalidSyntax"],
      ["another schema", { schemas: ["urn:x"], Operations: [operation] }, 400, "invalidSyntax"],
      ["no operations", { schemas: [BULK_REQUEST] }, 400, "invalidSyntax"],
      ["an empty list of operations", { schemas: [BULK_REQUEST], Operations: [] }, 400, "invalidSyntax"],
      [
        "operations that are no list",
        { schemas: [BULK_REQUEST], Operations: operation },
        400,
        "invalidSyntax",
      ],
      ...[-1, 1.5, "1", true].map((failOnErrors): [string, unknown, number, string] => [
        `failOnErrors ${JSON.stringify(failOnErrors)}`,
        { schemas: [BULK_REQUEST], failOnErrors, Operations: [operation] },
        400,
        "invalidValue",
      ]),
      [
        "two that create by the same bulkId",
        { schemas: [BULK_REQUEST], Operations: [post("a", user()), post("a", user())] },
        400,
        "invalidValue",
      ],
      [
        "more operations than it says it takes",
        { schemas: [BULK_REQUEST], Operations: Array.from({ length: 10_001 }, () => operation) },
        413,
      ],
    ];
    for (const [what, body, status, scimType] of refusals) {
      it(what, async () => {
        expectError(await scim.post("/Bulk", body), { status, ...(scimType && { scimType }) });
      });
    }

    it("a body that is longer than it says it takes", async () => {
      const { bulk } = await read(scim, "/ServiceProviderConfig");
      const { maxPayloadSize } = bulk as { maxPayloadSize: number };
      const raw = " ".repeat(maxPayloadSize) + "{}";
      expectError(await scim.request("POST", "/Bulk", { raw }), { status: 413, detail: /16777216 bytes/ });
    });

    it("other methods", async () => {
      expectError(await scim.get("/Bulk"), { status: 405 });
    });

    const flaws: [what: string, operation: unknown, status: number][] = [
      ["that is no object", "x", 400],
      ["without a method", { path: "/Users" }, 400],
      ["with a method that there is not", { method: "GET", path: "/Users" }, 400],
      ["without a path", { method: "DELETE" }, 400],
      ["with a path that is no text", { method: "DELETE", path: 1 }, 400],
      ["with a version that is no text", { method: "DELETE", path: "/Users/x", version: 1 }, 400],
      ["that creates without a bulkId", { method: "POST", path: "/Users", data: user() }, 400],
      [
        "that creates with a bulkId that is no text",
        { method: "POST", path: "/Users", bulkId: 1, data: user() },
        400,
      ],
      ["without data", { method: "POST", path: "/Users", bulkId: "x" }, 400],
      ["whose data is no object", { method: "PATCH", path: "/Users/x", data: [] }, 400],
      ["on an endpoint that there is not", { method: "DELETE", path: "/Nowhere/x" }, 404],
      ["on Bulk", { method: "POST", path: "/Bulk", bulkId: "x", data: {} }, 404],
      ["that creates at a resource", { method: "POST", path: "/Users/x", bulkId: "x", data: user() }, 405],
      ["that deletes a collection", { method: "DELETE", path: "/Users" }, 405],
      ["on what can only be read", { method: "DELETE", path: "/AuditEvents/x" }, 405],
      ["whose path cannot be decoded", { method: "DELETE", path: "/Users/%zz" }, 400],
      ["with too deep data", { method: "PATCH", path: "/Users/x", data: nested(35) }, 400],
    ];
    for (const [what, flawed, status] of flaws) {
      it(`an operation ${what}, alone`, async () => {
        const outcomes = await sendBulk(scim, [flawed as never, post("good", user())]);
        expect(statusesOf(outcomes)).to.deep.equal([status, 201]);
        expect(outcomes[0]?.response).to.include({ status: String(status) });
      });
    }
  });

  describe("takes", () => {
    it("methods and names in any case, and full addresses; /Me is read-only for a token there, too", async () => {
      const { id, userName } = await createUser(scim, { roles: [{ value: "provider-admin" }] });
      const own = await clientWith(server(), { userName });
      const change = patchData({ op: "add", path: "title", value: "Boss" });
      const answer = await own.post("/Bulk", {
        schemas: [BULK_REQUEST],
        operations: [
          { Method: "post", Path: `${scim.url}/Users`, BulkID: "x", Data: user() },
          { method: "patch", path: `/Users/${id}`, data: change },
          { method: "PATCH", path: "/Me", data: change },
        ],
      });
      const outcomes = expectStatus(answer, 200).Operations as { status: string }[];
      expect(outcomes.map(({ status }) => status)).to.deep.equal(["201", "200", "403"]);
      expect(await read(scim, `/Users/${id}`)).to.deep.include({ title: "Boss" });
    });
  });

  describe("removes many", () => {
    const COUNT = 500;
    const members = async () => {
      const outcomes = await sendBulk(
        scim,
        Array.from({ length: COUNT }, (_, index) => post(`u${index}`, user())),
      );
      const ids = outcomes.map(idOf);
      const { id } = await createGroup(scim, [], { members: ids.map((value) => ({ value })) });
      return { ids, id };
    };
    type Form = (ids: readonly string[], id: string) => { method: string; path: string; data?: unknown }[];
    const change = (id: string, operation: object) => ({
      method: "PATCH",
      path: `/Groups/${id}`,
      data: patchData(operation),
    });
    const forms: Record<string, Form> = {
      "by DELETE of the Users": (ids) => ids.map((each) => ({ method: "DELETE", path: `/Users/${each}` })),
      "by one PATCH with many members": (ids, id) => [
        change(id, { op: "remove", path: "members", value: ids.map((value) => ({ value })) }),
      ],
      "by many PATCHes with one member each": (ids, id) =>
        ids.map((each) => change(id, { op: "remove", path: `members[value eq "${each}"]` })),
      "by PUT of the Group with others": (_, id) => [
        {
          method: "PUT",
          path: `/Groups/${id}`,
          data: { schemas: [CORE_GROUP], displayName: unique("Put"), members: [] },
        },
      ],
      "by removal of all members": (_, id) => [change(id, { op: "remove", path: "members" })],
    };
    for (const [what, form] of Object.entries(forms)) {
      it(what, async () => {
        const { ids, id } = await members();
        const outcomes = await sendBulk(scim, form(ids, id));
        expect(new Set(statusesOf(outcomes).map((status) => Math.floor(status / 100)))).to.deep.equal(
          new Set([2]),
        );
        expect(await memberCount(scim, id)).to.equal(0);
        expect((await read(scim, `/Groups/${id}`)).members ?? []).to.deep.equal([]);
      }).timeout(120_000);
    }
  });
});

/** An object in an object in an object. */
function nested(depth: number): object {
  let data = {};
  for (let level = 0; level < depth; level += 1) data = { data };
  return data;
}

describeServer("A Bulk that meets a fault of the server", (scim, server) => {
  it("has 500 for that operation alone, and does the others", async () => {
    // A rule of the database that the server knows nothing of.
    await server().database((session) =>
      session.rows("create unique index planted on muster_organizations (description)"),
    );
    const described = (description: string) => ({
      schemas: [CORE_GROUP, ORGANIZATION],
      displayName: unique("Described"),
      [ORGANIZATION]: { description },
    });
    const outcomes = await sendBulk(
      scim,
      ["once", "twice", "twice", "thrice"].map((description) =>
        post(unique("described"), described(description), "/Groups"),
      ),
    );
    expect(statusesOf(outcomes)).to.deep.equal([201, 201, 500, 201]);
    expect(JSON.stringify(outcomes[2]?.response)).not.to.match(/planted|twice|sql/i);
    expectList(await scim.get("/Groups"), 3);
    expectList(await scim.get("/AuditEvents"), 3);
  });
});
