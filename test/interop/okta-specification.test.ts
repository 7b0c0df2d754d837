import { expect } from "chai";
import { expectError, expectList, expectStatus, read } from "../support/assertions.js";
import type { Body } from "../support/client.js";
import { CORE_USER } from "../support/factories.js";
import { describeInBothRealms } from "../support/realms.js";

/**
 * What Okta's specification test for SCIM 2.0 asks of a server before an integration is published, in our own words: its
 * twelve requests in order, and whatever it asserts of their answers. Okta publishes it as a file for a paid service.
 */
describeInBothRealms("Okta's specification test", (scim) => {
  const userName = "petra.spec@corp.example";
  const input = {
    schemas: [CORE_USER],
    userName,
    name: { givenName: "Petra", familyName: "Spec" },
    emails: [{ primary: true, value: "petra@mail.example", type: "work" }],
    displayName: "Petra Spec",
    active: true,
  };
  let first: Body;
  let created: Body;

  before(async () => {
    // The test begins with a server that has a user.
    const name = { givenName: "Ida", familyName: "First" };
    const emails = [{ primary: true, value: "ida@corp.example", type: "work" }];
    const user = { ...input, userName: "ida@corp.example", displayName: "Ida First", name, emails };
    expectStatus(await scim.post("/Users", user), 201);
  });

  const expectWhole = (user: Body) => {
    expect(user.id).to.be.a("string").that.is.not.empty;
    for (const path of ["name.familyName", "name.givenName", "userName", "emails[0].value"]) {
      expect(user, path).to.have.nested.property(path).that.is.a("string").and.is.not.empty;
    }
    expect(user.active).to.be.a("boolean");
  };

  it("reads a page of one user", async () => {
    const answer = await scim.get("/Users?count=1&startIndex=1");
    const [user] = expectList(answer) as [Body];
    for (const name of ["itemsPerPage", "startIndex", "totalResults"] as const) {
      expect(answer.body[name]).to.be.a("number");
    }
    expectWhole(user);
    first = user;
  });

  it("reads that user by its id", async () => {
    const user = await read(scim, `/Users/${first.id}`);
    expectWhole(user);
    expect(user.id).to.equal(first.id);
  });

  it("finds nobody by a name that no user has", async () => {
    expectList(await scim.find("/Users", 'userName eq "no-such-user@corp.example"'), 0);
  });

  it("is told that there is no user by an unknown id", async () => {
    expectError(await scim.get("/Users/010101010101010101010"), { status: 404 });
  });

  it("makes sure that the user to create is not there", async () => {
    expectList(await scim.find("/Users", `userName eq "${userName}"`), 0);
  });

  it("creates the user", async () => {
    created = expectStatus(await scim.post("/Users", input), 201);
    expect(created).to.deep.include({ active: true, userName, name: input.name });
    expect(created.schemas).to.include(CORE_USER);
    expect(created.id).to.be.a("string").that.is.not.empty;
  });

  it("reads what it created", async () => {
    expect(await read(scim, `/Users/${created.id}`)).to.deep.include({ userName, name: input.name });
  });

  it("is refused a second user of that name, whatever the address", async () => {
    const again = { ...input, emails: [{ primary: true, value: userName, type: "work" }] };
    for (const body of [input, again]) {
      expectError(await scim.post("/Users", body), { status: 409, scimType: "uniqueness" });
    }
  });

  it("finds the user by the name in capitals", async () => {
    const [found] = expectList(await scim.find("/Users", `userName eq "${userName.toUpperCase()}"`), 1);
    expect(found?.id).to.equal(created.id);
  });

  it("reads the groups", async () => {
    expectList(await scim.get("/Groups"));
  });

  it("is refused with a wrong token", async () => {
    const headers = { authorization: "Bearer not-a-token" };
    for (const path of ["/Users", `/Users/${created.id}`]) {
      expectError(await scim.request("GET", path, { headers }), { status: 401 });
    }
  });

  it("is told with the status in the body, too, that a user is not there", async () => {
    expectError(await scim.get("/Users/00919288221112222"), { status: 404 });
  });
});
