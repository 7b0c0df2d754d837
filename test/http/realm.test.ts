import { expect } from "chai";
import { expectError, expectList, expectStatus, read } from "../support/assertions.js";
import type { Answer, Body, ScimClient } from "../support/client.js";
import { createGroup, createUser } from "../support/factories.js";
import { clientWith } from "../support/realms.js";
import { describeServer } from "../support/server.js";

const REALM = "urn:muster:params:scim:schemas:core:2.0:Realm";
const OKTA_ROLE = "urn:okta:scim:schemas:core:1.0:Role";
const ROLE = "urn:muster:params:scim:schemas:core:2.0:Role";

describeServer("/Realm", (scim, server) => {
  let organization: Body;
  let dana: Body;
  let erin: Body;

  before(async () => {
    dana = await createUser(scim, { userName: "dana@example.com", displayName: "Dana" });
    erin = await createUser(scim, { userName: "erin@example.com" });
    organization = await createGroup(scim, [dana, erin], { displayName: "Acme" });
    const own = await clientWith(server(), { organization: organization.id });
    await own.patch(`/Users/${dana.id}`, {
      op: "add",
      path: "roles",
      value: [{ value: "organization-admin" }],
    });
  });

  const realmOf = async (client: ScimClient) => expectStatus(await client.get("/Realm"), 200);
  const grantable = ({ grantableRoles }: Body) =>
    (grantableRoles as { value: string }[]).map(({ value }) => value);

  it("says of the provider's token that it acts on everything", async () => {
    const answer = await scim.get("/Realm");
    const realm = expectStatus(answer, 200);
    expect(realm).to.deep.include({ schemas: [REALM], id: "provider", type: "provider", readOnly: false });
    expect(realm.meta).to.deep.include({ resourceType: "Realm", location: `${scim.url}/Realm` });
    expect(answer.headers.location).to.equal(`${scim.url}/Realm`);
    expect(realm).not.to.have.any.keys("organization", "user");
    expect(grantable(realm)).to.deep.equal([
      ...["provider-admin", "organization-admin", "organization-billing-manager"],
      ...["team-admin", "team-manager"],
    ]);
    expect(realm.actions).to.include.members(["delete Groups", "grant provider roles", "read Roles"]);
  });

  it("says of an organization's token which organization, and what it may do there", async () => {
    const own = await clientWith(server(), { organization: organization.id });
    const realm = await realmOf(own);
    expect(realm).to.deep.include({
      id: organization.id,
      type: "organization",
      organization: { value: organization.id, $ref: organization.meta.location, display: "Acme" },
      readOnly: false,
    });
    const { value, ...actor } = realm.actor as Record<string, string>;
    expect(actor).to.deep.include({ type: "token", display: "test", orphaned: false });
    expect((await read(own, `/AccessTokens/${value}`)).meta.location).to.equal(actor.$ref);
    expect(grantable(realm)).to.include("organization-admin").and.not.include("provider-admin");
    expect(realm.actions).to.include("create Users").and.not.include("grant provider roles");
  });

  it("says of a person's token whose it is", async () => {
    const realm = await realmOf(
      await clientWith(server(), { organization: organization.id, userName: dana.userName }),
    );
    expect(realm.user).to.deep.include({ value: dana.id, $ref: dana.meta.location });
    expect(realm).to.include({ readOnly: false });
    expect(grantable(realm)).to.include("organization-admin");
  });

  it("says of a read-only token that it can read", async () => {
    const realm = await realmOf(
      await clientWith(server(), { organization: organization.id, readOnly: true }),
    );
    expect(realm).to.include({ readOnly: true }).and.not.have.property("grantableRoles.0");
    expect(realm.actions).to.include("read Users");
    for (const action of realm.actions as string[]) expect(action).to.match(/^read /);
  });

  it("says of a person without a role that they can do next to nothing", async () => {
    for (const place of [{}, { organization: organization.id }]) {
      const realm = await realmOf(await clientWith(server(), { ...place, userName: erin.userName }));
      expect(realm.user).to.include({ value: erin.id });
      expect(realm).to.include({ readOnly: true });
      expect(grantable(realm)).to.deep.equal([]);
      expect(realm.actions).to.deep.equal(["read this User", "read own Sessions", "read Roles"]);
    }
  });

  it("follows what the token can do, and so does its version", async () => {
    const token = { organization: organization.id, userName: erin.userName };
    const own = await clientWith(server(), token);
    const before = await realmOf(own);
    expectStatus(await own.get("/Realm", { "if-none-match": before.meta.version }), 304);
    const admin = await clientWith(server(), { organization: organization.id });
    const give = { op: "add", path: "roles", value: [{ value: "organization-admin" }] };
    await admin.patch(`/Users/${erin.id}`, give);
    const after = expectStatus(await own.get("/Realm", { "if-none-match": before.meta.version }), 200);
    expect(after).to.include({ readOnly: false });
    expect(after.meta.version).not.to.equal(before.meta.version);
    await admin.patch(`/Users/${erin.id}`, { op: "remove", path: "roles" });
    expect(await realmOf(own)).to.deep.equal(before);
  });

  it("takes projections, and nothing but reading", async () => {
    expect(expectStatus(await scim.get("/Realm?attributes=type"), 200)).to.have.all.keys(
      ...["schemas", "id", "type"],
    );
    expect(expectStatus(await scim.get("/Realm?excludedAttributes=actions"), 200)).not.to.have.property(
      "actions",
    );
    expectStatus(await scim.request("HEAD", "/Realm"), 200);
    for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
      const answer = await scim.request(method, "/Realm", { body: {} });
      expectError(answer, { status: 405 });
      expect(answer.headers.allow).to.equal("GET, HEAD");
    }
    for (const path of [`/Realm/${organization.id}`, "/Realm/.search"]) {
      expectError(await scim.get(path), { status: 404 });
    }
    expectError(await scim.request("GET", "/Realm", { headers: { authorization: "Bearer wrong" } }), {
      status: 401,
    });
  });
});

describeServer("/Roles", (scim, server) => {
  let own: ScimClient;
  let all: ScimClient[];

  before(async () => {
    const person = await createUser(scim);
    const { id: organization } = await createGroup(scim, [person]);
    own = await clientWith(server(), { organization });
    all = [
      own,
      await clientWith(server(), { organization, readOnly: true }),
      await clientWith(server(), { organization, userName: person.userName }),
    ];
  });

  const ids = (answer: Answer) => expectList(answer).map(({ id }) => id);
  const found = async (filter: string) => ids(await own.get(`/Roles?filter=${encodeURIComponent(filter)}`));

  it("are those that a User can have in the realm, whoever asks", async () => {
    expect(ids(await scim.get("/Roles"))).to.deep.equal(["provider-admin"]);
    for (const client of all) {
      expect(ids(await client.get("/Roles"))).to.deep.equal([
        "organization-admin",
        "organization-billing-manager",
      ]);
    }
  });

  it("are by Okta's schema, and say by ours what they are for and what they allow", async () => {
    const [admin, billing] = expectList(await own.get("/Roles?startIndex=1&count=100"), 2);
    expect(admin).to.deep.include({
      schemas: [OKTA_ROLE, ROLE],
      id: "organization-admin",
      displayName: "Organization administrator",
    });
    expect(admin?.meta).to.deep.include({
      resourceType: "Role",
      location: `${scim.url}/Roles/organization-admin`,
    });
    const details = (role: Body | undefined) => role?.[ROLE] as Record<string, unknown>;
    expect(details(admin)).to.deep.include({ scope: "organization" });
    expect(details(admin).description).to.be.a("string");
    expect(details(admin).actions).to.include("create Users").and.not.include("grant provider roles");
    expect(details(billing).actions).to.deep.equal(["read this User", "read own Sessions", "read Roles"]);
  });

  it("allow just what a person with the role is told at /Realm", async () => {
    const person = await createUser(own, { roles: [{ value: "organization-admin" }] });
    const { organization } = (await read(own, "/Realm")) as unknown as { organization: { value: string } };
    const token = { organization: organization.value, userName: person.userName };
    const { actions } = await read(await clientWith(server(), token), "/Realm");
    const role = await read(own, "/Roles/organization-admin");
    expect(actions).to.deep.equal((role[ROLE] as { actions: string[] }).actions);
  });

  it("are read one by one, and those of another realm are not there", async () => {
    const answer = await own.get("/Roles/organization-billing-manager");
    expect(expectStatus(answer, 200)).to.include({ displayName: "Billing manager" });
    expectStatus(
      await own.get("/Roles/organization-admin", { "if-none-match": String(answer.headers.etag) }),
      304,
    );
    for (const id of ["provider-admin", "Organization-Admin", "nonsense"]) {
      expectError(await own.get(`/Roles/${id}`), {
        status: 404,
        detail: new RegExp(`^Role .${id}. not found$`),
      });
    }
    expectError(await scim.get("/Roles/organization-admin"), { status: 404 });
  });

  it("are filtered like everything else", async () => {
    const filters: [filter: string, expected: string[]][] = [
      ['id eq "organization-admin"', ["organization-admin"]],
      ['displayName eq "BILLING manager"', ["organization-billing-manager"]],
      ['displayname co "admin" and id sw "organization"', ["organization-admin"]],
      ['not (displayName co "admin")', ["organization-billing-manager"]],
      [`${ROLE}:actions eq "create Users"`, ["organization-admin"]],
      [
        `${OKTA_ROLE}:displayName pr and ${ROLE}:scope eq "organization"`,
        [...["organization-admin", "organization-billing-manager"]],
      ],
      [`meta.location eq "${scim.url}/Roles/organization-admin"`, ["organization-admin"]],
      ['meta.version eq "W/\\"1\\""', ["organization-admin", "organization-billing-manager"]],
      ['id eq "provider-admin"', []],
      ["externalId pr", []],
    ];
    for (const [filter, expected] of filters) expect(await found(filter), filter).to.deep.equal(expected);
    expectError(await own.get("/Roles?filter=displayName%20eq"), { status: 400, scimType: "invalidFilter" });
    const searched = await own.post("/Roles/.search", {
      schemas: ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
      filter: 'displayName sw "bill"',
    });
    expect(ids(searched)).to.deep.equal(["organization-billing-manager"]);
  });

  it("are sorted and paged, by index and by cursor", async () => {
    const backwards = ["organization-admin", "organization-billing-manager"];
    expect(ids(await own.get("/Roles?sortBy=displayName&sortOrder=descending"))).to.deep.equal(backwards);
    expect(ids(await own.get("/Roles?sortBy=displayName"))).to.deep.equal(backwards.toReversed());
    const second = await own.get("/Roles?startIndex=2&count=1");
    expect(second.body).to.include({ totalResults: 2, startIndex: 2, itemsPerPage: 1 });
    expect(ids(second)).to.deep.equal(["organization-billing-manager"]);
    expect((await own.get("/Roles?count=0")).body).to.include({ totalResults: 2, itemsPerPage: 0 });
    expect(ids(await own.get("/Roles?startIndex=1000000"))).to.deep.equal([]);
    const first = await own.get("/Roles?count=1&sortBy=displayName&cursor=");
    const next = first.body.nextCursor as string;
    const last = await own.get(`/Roles?count=1&sortBy=displayName&cursor=${next}`);
    expect(last.body).to.include({ totalResults: 2 }).and.not.have.property("nextCursor");
    const pages = [...ids(first), ...ids(last)];
    expect(pages).to.deep.equal(backwards.toReversed());
  });

  it("are not to be changed", async () => {
    for (const [method, path] of [
      ["POST", "/Roles"],
      ["PUT", "/Roles/organization-admin"],
      ["PATCH", "/Roles/organization-admin"],
      ["DELETE", "/Roles/organization-admin"],
    ] as const) {
      expectError(await own.request(method, path, { body: {} }), { status: 405 });
    }
  });
});
