import { expect } from "chai";
import { expectError, expectStatus, read, expectList } from "../support/assertions.js";
import { CORE_USER, createGroup, createUser, ENTERPRISE_USER, omit, unique } from "../support/factories.js";
import { describeServer } from "../support/server.js";

/** Every attribute of the core schema and the enterprise extension that a client can write. */
const WHOLE = {
  schemas: [CORE_USER, ENTERPRISE_USER],
  externalId: "70198-4",
  name: {
    formatted: "Ms. Barbara J Jensen, III",
    familyName: "Jensen",
    givenName: "Barbara",
    middleName: "Jane",
    honorificPrefix: "Ms.",
    honorificSuffix: "III",
  },
  displayName: "Babs Jensen",
  nickName: "Babs",
  profileUrl: "https://login.example.com/bjensen",
  title: "Tour Guide",
  userType: "Employee",
  preferredLanguage: "en-US",
  locale: "en-US",
  timezone: "America/Los_Angeles",
  active: true,
  emails: [
    { value: "bjensen@example.com", type: "work", primary: true },
    { value: "babs@jensen.example", type: "home", display: "Babs" },
  ],
  phoneNumbers: [{ value: "555-555-5555", type: "work" }],
  ims: [{ value: "someaimhandle", type: "aim" }],
  photos: [{ value: "https://photos.example.com/F", type: "photo" }],
  addresses: [
    {
      type: "work",
      streetAddress: "100 Universal City Plaza",
      locality: "Hollywood",
      region: "CA",
      postalCode: "91608",
      country: "US",
      formatted: "100 Universal City Plaza\nHollywood, CA 91608 USA",
      primary: true,
    },
  ],
  entitlements: [{ value: "reports" }],
  roles: [{ value: "25", display: "Guide", type: "WindowsAzureActiveDirectoryRole" }],
  x509Certificates: [{ value: "MIIDQzCCAqygAwIBAgICEAAwDQYJKoZIhvcNAQEFBQAwTjELMAkGA1UEBhMC" }],
  [ENTERPRISE_USER]: {
    employeeNumber: "701984",
    costCenter: "4130",
    organization: "Universal Studios",
    division: "Theme Park",
    department: "Tour Operations",
  },
};

describeServer("A user", (scim) => {
  it("comes back with everything that it was created with, as it was sent", async () => {
    const userName = unique("BJensen@Example.com");
    const answer = await scim.post("/Users", { ...WHOLE, userName });
    const user = expectStatus(answer, 201);
    expect(answer.headers).to.include({ location: user.meta.location, etag: user.meta.version });
    expect(omit(user, "id", "meta")).to.deep.equal({ ...WHOLE, userName });
    expect(user.meta).to.include({ resourceType: "User", location: `${scim.url}/Users/${user.id}` });
    expect(user.meta.lastModified).to.equal(user.meta.created);
    expect(await read(scim, `/Users/${user.id}`)).to.deep.equal(user);
  });

  it("is active unless something else is said, and not once that is taken away", async () => {
    const { id } = await createUser(scim);
    const path = `/Users/${id}`;
    const removed = expectStatus(await scim.patch(path, { op: "remove", path: "active" }), 200);
    expect(removed).to.not.have.property("active");
    expect(expectStatus(await scim.get(path), 200)).to.deep.equal(removed);
    const found = async (filter: string) =>
      expectList(await scim.find("/Users", `id eq "${id}" and ${filter}`)).length;
    expect(await found("active eq true")).to.equal(0);
    expect(await found("not (active pr)")).to.equal(1);
    const title = { op: "replace", path: "title", value: "Lead" };
    expect(expectStatus(await scim.patch(path, title), 200)).to.not.have.property("active");
    const active = { op: "add", path: "active", value: true };
    expect(expectStatus(await scim.patch(path, active), 200).active).to.equal(true);
    expect(await found("active eq true")).to.equal(1);
  });

  it("needs no more than a userName, and is active", async () => {
    const answer = await scim.post("/Users", { schemas: [CORE_USER], userName: unique("plain") });
    const user = expectStatus(answer, 201);
    expect(user).to.have.all.keys("schemas", "id", "userName", "active", "meta");
    expect(user).to.deep.include({ schemas: [CORE_USER], active: true });
  });

  it("keeps its id, whatever the client says about it and about other things that are read-only", async () => {
    const groups = [{ value: "made-up" }];
    const meta = { resourceType: "Robot", created: "2001-01-01T00:00:00Z", version: 'W/"99"' };
    const user = await createUser(scim, { id: "mine", groups, meta });
    expect(user.id).to.match(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    expect(user).to.not.have.property("groups");
    expect(user.meta.created).to.not.match(/^2001/);
    const replaced = expectStatus(await scim.put(`/Users/${user.id}`, { ...user, id: "mine", groups }), 200);
    expect(replaced).to.deep.equal(user);
  });

  it("loses with a PUT what the PUT does not have, except roles", async () => {
    const user = await createUser(scim, WHOLE);
    const { userName } = user;
    const replaced = expectStatus(
      await scim.put(`/Users/${user.id}`, { schemas: [CORE_USER], userName, title: "Boss" }),
      200,
    );
    expect(omit(replaced, "meta")).to.deep.equal({
      schemas: [CORE_USER],
      id: user.id,
      userName,
      roles: user.roles,
      title: "Boss",
      active: true,
    });
    expect(replaced.meta.created).to.equal(user.meta.created);
    expect(await read(scim, `/Users/${user.id}`)).to.deep.equal(replaced);
  });

  it("comes back from a PATCH as it is now", async () => {
    const user = await createUser(scim, WHOLE);
    const answer = await scim.patch(`/Users/${user.id}`, { op: "replace", path: "nickName", value: "B" });
    const patched = expectStatus(answer, 200);
    expect(omit(patched, "meta")).to.deep.equal({ ...omit(user, "meta"), nickName: "B" });
    expect(answer.headers.etag).to.equal(patched.meta.version);
    expect(await read(scim, `/Users/${user.id}`)).to.deep.equal(patched);
  });

  it("has its schemas by what it is, not by what the client says", async () => {
    const user = await createUser(scim, { [ENTERPRISE_USER]: { department: "Sales" } });
    expect(user.schemas).to.deep.equal([CORE_USER, ENTERPRISE_USER]);
    const path = `${ENTERPRISE_USER}:department`;
    const patched = expectStatus(await scim.patch(`/Users/${user.id}`, { op: "remove", path }), 200);
    expect(patched.schemas).to.deep.equal([CORE_USER]);
    expect(patched).to.not.have.property(ENTERPRISE_USER);
  });

  it("shows the groups that it is in, and only those", async () => {
    const user = await createUser(scim);
    expect(user).to.not.have.property("groups");
    const first = await createGroup(scim, [user]);
    const second = await createGroup(scim, [user, await createUser(scim)]);
    await createGroup(scim);
    const { groups } = await read(scim, `/Users/${user.id}`);
    expect(groups).to.have.deep.members(
      [first, second].map(({ id, displayName, meta }) => ({
        value: id,
        $ref: meta.location,
        display: displayName,
        type: "direct",
      })),
    );
  });

  it("cannot be read, changed or deleted once it is deleted", async () => {
    const { id } = await createUser(scim);
    expectStatus(await scim.delete(`/Users/${id}`), 204);
    expectError(await scim.get(`/Users/${id}`), { status: 404 });
    expectError(await scim.put(`/Users/${id}`, { schemas: [CORE_USER], userName: unique("late") }), {
      status: 404,
    });
    expectError(await scim.delete(`/Users/${id}`), { status: 404 });
  });

  it("is read and deleted whatever body comes with the request, for which there is no use", async () => {
    const { id } = await createUser(scim);
    for (const raw of ["{}", "{", "text"]) {
      expectStatus(await scim.request("GET", `/Users/${id}`, { raw }), 200);
    }
    expectStatus(await scim.request("DELETE", `/Users/${id}`, { raw: "{}" }), 204);
  });

  describe("and its password", () => {
    const password = "t1meMa$heen-never-shown";

    it("is taken by POST, PUT and PATCH and is in no answer", async () => {
      const created = await scim.post("/Users", {
        schemas: [CORE_USER],
        userName: unique("secretive"),
        password,
      });
      const { id, userName } = expectStatus(created, 201);
      const path = `/Users/${id}`;
      const answers = [
        created,
        await scim.put(path, { schemas: [CORE_USER], userName, password }),
        await scim.patch(path, { op: "replace", path: "password", value: password }),
        await scim.patch(path, { op: "add", value: { password } }),
        await scim.get(path),
        await scim.get(`${path}?attributes=password`),
        await scim.get(`${path}?attributes=userName,PASSWORD,${CORE_USER}:password`),
        await scim.get(`${path}?excludedAttributes=userName`),
        await scim.find("/Users", `id eq "${id}"`, "&attributes=password"),
        await scim.post("/Users/.search", { filter: `id eq "${id}"`, attributes: ["password"] }),
      ];
      for (const answer of answers) {
        expectStatus(answer, 200, 201);
        expect(answer.text).to.not.include("password").and.not.include(password);
      }
    });

    it("cannot be found out by filters or by sorting", async () => {
      for (const filter of ['password eq "x"', 'password sw "t"', "password pr", 'not (password eq "x")']) {
        expectError(await scim.find("/Users", filter), { status: 400, scimType: "invalidFilter" });
      }
      expectError(await scim.get("/Users?sortBy=password"), { status: 400, scimType: "invalidPath" });
    });

    it("is not cleared by a PUT without one", async () => {
      const user = await createUser(scim, { password });
      const replaced = await scim.put(`/Users/${user.id}`, omit(user, "meta"));
      expect(expectStatus(replaced, 200).meta.version).to.equal(user.meta.version);
    });
  });

  describe("and its manager", () => {
    it("is a reference, with the address of the manager", async () => {
      const manager = await createUser(scim, { displayName: "Maria" });
      const extension = { manager: { value: manager.id } };
      const user = await createUser(scim, { [ENTERPRISE_USER]: extension });
      expect(user[ENTERPRISE_USER]).to.have.property("manager").that.includes({ value: manager.id });
    });

    it("goes alone when it is removed", async () => {
      const manager = await createUser(scim);
      const extension = { department: "Sales", manager: { value: manager.id } };
      const user = await createUser(scim, { [ENTERPRISE_USER]: extension });
      const path = `${ENTERPRISE_USER}:manager`;
      const patched = expectStatus(await scim.patch(`/Users/${user.id}`, { op: "remove", path }), 200);
      expect(patched[ENTERPRISE_USER]).to.deep.equal({ department: "Sales" });
    });
  });
});
