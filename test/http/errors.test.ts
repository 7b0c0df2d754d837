import { expect } from "chai";
import { expectError, expectList, snapshot } from "../support/assertions.js";
import type { ExpectedError } from "../support/assertions.js";
import type { Body, RequestOptions } from "../support/client.js";
import {
  CORE_GROUP,
  CORE_USER,
  ENTERPRISE_USER,
  createGroup,
  createUser,
  unique,
} from "../support/factories.js";
import { describeServer } from "../support/server.js";

const JSON_TYPE = { "content-type": "application/scim+json" };

describeServer("A mistake is answered with a SCIM Error, and nothing is written", (scim) => {
  let user: Body;
  let group: Body;

  before(async () => {
    user = await createUser(scim, { userName: "dana@example.com", displayName: "Dana" });
    group = await createGroup(scim, [user], { displayName: "Sales" });
  });

  /** A test that also sees to it that nothing has been written. */
  function mistake(title: string, send: () => Promise<void>): void {
    it(title, async () => {
      const before = await snapshot(scim);
      await send();
      expect(await snapshot(scim)).to.equal(before);
    });
  }

  /** Sends something to every place that takes a body, and expects the same answer from each. */
  async function refusedEverywhere(options: RequestOptions, expected: ExpectedError): Promise<void> {
    for (const [method, path] of [
      ["POST", "/Users"],
      ["PUT", `/Users/${user.id}`],
      ["PATCH", `/Users/${user.id}`],
      ["POST", "/Groups"],
      ["PUT", `/Groups/${group.id}`],
      ["PATCH", `/Groups/${group.id}`],
      ["POST", "/Users/.search"],
    ] as const) {
      expectError(await scim.request(method, path, options), expected);
    }
  }

  describe("for the body:", () => {
    for (const raw of ['{"userName":', '{"userName": "dana",}', "userName=dana", "\u0000"]) {
      mistake(`${JSON.stringify(raw)} is not JSON`, () =>
        refusedEverywhere({ raw }, { status: 400, scimType: "invalidSyntax", detail: /JSON/ }),
      );
    }

    for (const raw of ["[]", '"dana"', "42", "null", "true"]) {
      mistake(`${raw} is JSON but not an object`, () =>
        refusedEverywhere({ raw }, { status: 400, scimType: "invalidSyntax", detail: /object/ }),
      );
    }

    mistake("letters that are not UTF-8", () =>
      refusedEverywhere(
        { raw: Buffer.from('{"userName":"\xe9"}', "latin1") },
        { status: 400, scimType: "invalidSyntax", detail: /UTF-8/ },
      ),
    );

    mistake("none at all", () =>
      refusedEverywhere({}, { status: 400, scimType: "invalidSyntax", detail: /body/ }),
    );

    mistake("an empty one", () =>
      refusedEverywhere({ raw: "", headers: JSON_TYPE }, { status: 400, scimType: "invalidSyntax" }),
    );

    const types = [
      "text/plain",
      "application/xml",
      "application/x-www-form-urlencoded",
      "multipart/form-data",
    ];
    for (const type of [...types, "application/scim+json; charset=latin1", "nonsense"]) {
      mistake(`one of the type ${type}`, () =>
        refusedEverywhere({ raw: "{}", headers: { "content-type": type } }, { status: 415 }),
      );
    }

    mistake("one without a type", () =>
      refusedEverywhere(
        { raw: "{}", headers: { "content-type": null } },
        { status: 415, detail: /application\/scim\+json/ },
      ),
    );

    mistake("one over the limit", async () => {
      const body = { schemas: [CORE_USER], userName: "long@example.com", title: "x".repeat(5 * 2 ** 20) };
      expectError(await scim.post("/Users", body), { status: 413, detail: /\d+ bytes/ });
    });

    mistake("one of another resource type", async () => {
      const expected = { status: 400, scimType: "invalidSyntax", detail: /schemas/ };
      expectError(await scim.post("/Users", { schemas: [CORE_GROUP], userName: "a@example.com" }), expected);
      expectError(await scim.post("/Groups", { schemas: [CORE_USER], displayName: "A" }), expected);
    });
  });

  describe("for a value of the wrong type, which it names:", () => {
    const values: [name: string, value: unknown, named?: string][] = [
      ["userName", {}],
      ["displayName", ["Dana", "Reyes"]],
      ["title", { en: "Lead" }],
      ["name", "Dana"],
      ["name", { givenName: {} }, "name.givenName"],
      ["active", "maybe"],
      ["active", 1],
      ["emails", true],
      ["emails", [{ value: {} }], "emails.value"],
      ["emails", [{ value: "a@example.com", primary: "perhaps" }], "emails.primary"],
      ["phoneNumbers", [{ value: ["1", "2"] }], "phoneNumbers.value"],
      ["x509Certificates", [{ value: "not base64!" }], "x509Certificates.value"],
      [ENTERPRISE_USER, "Sales"],
      [ENTERPRISE_USER, { manager: true }, `${ENTERPRISE_USER}:manager`],
      ["nickName", "U+0000: \u0000"],
      ["externalId", "half a character: \ud83d"],
    ];
    for (const [name, value, named = name] of values) {
      mistake(JSON.stringify({ [name]: value }), async () => {
        const body = { schemas: [CORE_USER], userName: "someone@example.com", [name]: value };
        const expected = { status: 400, scimType: "invalidValue", detail: literally(named) };
        expectError(await scim.post("/Users", body), expected);
        expectError(await scim.put(`/Users/${user.id}`, body), expected);
      });
    }

    mistake("two primary e-mail addresses", async () => {
      const emails = ["a@example.com", "b@example.com"].map((value) => ({ value, primary: true }));
      const body = { schemas: [CORE_USER], userName: "someone@example.com", emails };
      expectError(await scim.post("/Users", body), {
        status: 400,
        scimType: "invalidValue",
        detail: /emails.*primary/,
      });
    });

    const members: unknown[] = [true, [{}], [{ display: "Dana" }], [{ value: "nobody" }]];
    for (const value of [...members, [{ value: "01890a5d-ac96-774b-bcce-b302099a8057" }]]) {
      mistake(`members ${JSON.stringify(value)}`, async () => {
        const body = { schemas: [CORE_GROUP], displayName: unique("New"), members: value };
        const expected = { status: 400, scimType: "invalidValue", detail: /member/ };
        expectError(await scim.post("/Groups", body), expected);
        expectError(await scim.put(`/Groups/${group.id}`, body), expected);
      });
    }
  });

  describe("for what is required:", () => {
    for (const userName of [undefined, null, "", "  \t"]) {
      mistake(`userName ${JSON.stringify(userName)}`, async () => {
        const body = { schemas: [CORE_USER], displayName: "No name", userName };
        const expected = { status: 400, scimType: "invalidValue", detail: /userName/ };
        expectError(await scim.post("/Users", body), expected);
        expectError(await scim.put(`/Users/${user.id}`, body), expected);
      });
    }

    for (const displayName of [undefined, null, "", "  \t"]) {
      mistake(`a group's displayName ${JSON.stringify(displayName)}`, async () => {
        const body = { schemas: [CORE_GROUP], displayName };
        const expected = { status: 400, scimType: "invalidValue", detail: /displayName/ };
        expectError(await scim.post("/Groups", body), expected);
        expectError(await scim.put(`/Groups/${group.id}`, body), expected);
      });
    }
  });

  describe("for an id that there is not:", () => {
    const ids = [
      "01890a5d-ac96-774b-bcce-b302099a8057",
      "1",
      "null",
      "'",
      "%22",
      "%00",
      "%25",
      "%2F",
      "a%2Fb",
    ];
    const longer = [
      "'%20or%201=1%20--",
      "%F0%9F%91%A9",
      "%F0%9F%91%A9".repeat(500),
      "x".repeat(4000),
      "..",
      "*",
    ];
    for (const id of [...ids, ...longer]) {
      mistake(id.length > 60 ? `${id.slice(0, 60)}… (${id.length} characters)` : id, async () => {
        for (const endpoint of ["/Users", "/Groups"] as const) {
          const path = `${endpoint}/${id}`;
          const put = {
            schemas: [endpoint === "/Users" ? CORE_USER : CORE_GROUP],
            userName: "new@example.com",
            displayName: "New",
          };
          expectError(await scim.get(path), { status: 404 });
          expectError(await scim.put(path, put), { status: 404 });
          expectError(await scim.patch(path, { op: "replace", path: "displayName", value: "New" }), {
            status: 404,
          });
          expectError(await scim.delete(path), { status: 404 });
          expectList(await scim.find(endpoint, `id eq ${JSON.stringify(decodeURIComponent(id))}`), 0);
        }
      });
    }

    mistake("one of another resource type, or in another case", async () => {
      expectError(await scim.get(`/Groups/${user.id}`), { status: 404 });
      expectError(await scim.delete(`/Users/${group.id}`), { status: 404 });
      expectError(await scim.get(`/Users/${user.id.toUpperCase()}`), { status: 404 });
    });
  });
});

const literally = (text: string) => new RegExp(text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
