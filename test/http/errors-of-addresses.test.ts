import { expect } from "chai";
import { expectError, expectList } from "../support/assertions.js";
import { createUser } from "../support/factories.js";
import { describeServer } from "../support/server.js";

describeServer("An address that cannot be meant so is answered with a SCIM Error", (scim) => {
  before(() => createUser(scim));

  describe("for a path that there is not:", () => {
    for (const path of ["/Nope", "/Users/1/2", "/Users/1/.search", "/Schemas/urn:unknown", "//Nope"]) {
      it(`GET ${path}`, async () => {
        expectError(await scim.get(path), { status: 404 });
      });
    }

    it("POST to it, whatever the body", async () => {
      expectError(await scim.request("POST", "/Nope", { raw: "{" }), { status: 404 });
    });
  });

  it("but several slashes are taken for one", async () => {
    const [user] = expectList(await scim.get("//Users?count=1"));
    expect((await scim.get(`/Users//${String(user?.id)}/`)).body.id).to.equal(user?.id);
    expectList(await scim.find("/Users", 'profileUrl eq "https://a//b"'), 0);
  });

  describe("for a method that a path does not take, with those it does:", () => {
    const id = "01890a5d-ac96-774b-bcce-b302099a8057";
    for (const [method, path, allowed] of [
      ["PUT", "/Users", "GET, HEAD, POST"],
      ["PATCH", "/Groups", "GET, HEAD, POST"],
      ["DELETE", "/Users", "GET, HEAD, POST"],
      ["POST", `/Users/${id}`, "GET, HEAD, PUT, PATCH, DELETE"],
      ["POST", `/Groups/${id}`, "GET, HEAD, PUT, PATCH, DELETE"],
      ["GET", "/Users/.search", "POST"],
      ["POST", "/ServiceProviderConfig", "GET, HEAD"],
      ["DELETE", "/Schemas", "GET, HEAD"],
      ["PUT", "/ResourceTypes/User", "GET, HEAD"],
      ["PROPFIND", "/Users", "GET, HEAD, POST"],
    ] as const) {
      it(`${method} ${path}`, async () => {
        const answer = await scim.request(method, path);
        expectError(answer, { status: 405 });
        expect(answer.headers.allow).to.equal(allowed);
      });
    }
  });

  describe("for broken percent-encoding:", () => {
    for (const id of ["%", "%zz", "%E0%A4%A", "%ff"]) {
      it(`/Users/${id}`, async () => {
        for (const method of ["GET", "DELETE"]) {
          expectError(await scim.request(method, `/Users/${id}`), { status: 400 });
        }
      });
    }

    it("in a filter", async () => {
      expectError(await scim.get("/Users?filter=%zz"), { status: 400, scimType: "invalidFilter" });
    });
  });

  describe("for a query parameter of the wrong form, which it names:", () => {
    for (const [query, named] of [
      ["count=many", /count/],
      ["count=1.5", /count/],
      ["count=1&count=2", /count/],
      ["count[]=1", undefined],
      ["startIndex=first", /startIndex/],
      ["startIndex=0x10", /startIndex/],
      ["startIndex=1&startIndex=2", /startIndex/],
      ["sortBy=userName&sortOrder=sideways", /sortOrder/],
      ["filter=a&filter=b", /filter/],
      ["sortBy=userName&sortBy=title", /sortBy/],
    ] as const) {
      it(query, async () => {
        const answer = await scim.get(`/Users?${query}`);
        // An array in PHP's form is a parameter that SCIM does not know.
        if (named) expectError(answer, { status: 400, scimType: "invalidValue", detail: named });
        else expectList(answer, 1);
      });
    }

    it("an attribute to sort by that there is not", async () => {
      for (const name of ["shoeSize", "name.shoeSize", "name", "password"]) {
        const answer = await scim.get(`/Users?sortBy=${name}`);
        expectError(answer, { status: 400, scimType: "invalidPath", detail: new RegExp(`'${name}'`) });
      }
    });
  });

  describe("for a filter that is none:", () => {
    const wrong = [
      "userName",
      "userName eq",
      'userName eq "x',
      'eq "x"',
      'userName is "x"',
      "userName eq 'x'",
      '(userName eq "x"',
      'userName eq "x")',
      'userName eq "x" and',
      'userName eq "x" userName eq "y"',
      'userName eq "\\q"',
      'emails[type eq "work"',
      'emails[type eq "work"].shoeSize eq "x"',
      'emails[shoeSize eq "x"]',
      'name[emails[type eq "work"]]',
      'userName[value eq "x"]',
      'shoeSize eq "x"',
      'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:shoeSize eq "x"',
      'name eq "x"',
      "active gt true",
      'active co "t"',
      'active eq "perhaps"',
      'meta.lastModified gt "yesterday"',
      'meta.lastModified co "2024"',
      "userName gt null",
      "userName eq 42",
      'password eq "secret"',
      'password sw "s"',
      "password pr",
    ];
    for (const filter of wrong) {
      it(filter, async () => {
        const expected = { status: 400, scimType: "invalidFilter", detail: /at character \d+: / };
        expectError(await scim.find("/Users", filter), expected);
        const body = { schemas: ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], filter };
        expectError(await scim.post("/Users/.search", body), expected);
      });
    }

    it("one that is nested thousands deep", async () => {
      const filter = `${"(".repeat(20_000)}active eq true${")".repeat(20_000)}`;
      expectError(await scim.post("/Users/.search", { filter }), { status: 400, scimType: "invalidFilter" });
    });
  });

  it("but a long one that makes sense is answered", async () => {
    const terms = Array.from({ length: 200 }, (_, index) => `userName eq "nobody-${index}@example.com"`);
    expectList(await scim.find("/Users", terms.join(" or ")), 0);
    expectList(await scim.get(`/Users?count=1&unknown=${"x".repeat(10_000)}`), 1);
  });

  it("for one that is far too long: 414", async () => {
    for (const length of [33_000, 60_000, 300_000]) {
      const answer = await scim.get(`/Users?filter=${"x".repeat(length)}`);
      expectError(answer, { status: 414, detail: /\.search/ });
    }
    const header = { "x-long": "x".repeat(70_000) };
    expectError(await scim.get("/Users", header), { status: 431, detail: /header/ });
    expectList(await scim.get("/Users"), 1);
  });
});
