import { expect } from "chai";
import { expectError, expectList, expectStatus, read } from "../support/assertions.js";
import { idOf, sendBulk, statusesOf } from "../support/bulk.js";
import type { Body } from "../support/client.js";
import { createGroup, createUser, unique } from "../support/factories.js";
import { clientWith } from "../support/realms.js";
import { describeServer } from "../support/server.js";

const INVITATION = "urn:muster:params:scim:schemas:core:2.0:Invitation";
const TEAM = "urn:muster:params:scim:schemas:core:2.0:Team";

describeServer("An invitation", (scim, server) => {
  let acme: Body;
  let globex: Body;
  let bakers: Body;

  before(async () => {
    [acme, globex] = [await createGroup(scim), await createGroup(scim)];
    bakers = await createTeam(acme);
  });

  const createTeam = async ({ id }: Body) => {
    const team = { schemas: [TEAM], displayName: unique("Team"), organization: { value: id } };
    return expectStatus(await scim.post("/Teams", team), 201);
  };
  const invite = (attributes: object = {}) =>
    scim.post("/Invitations", { schemas: [INVITATION], organization: { value: acme.id }, ...attributes });
  const invited = async (attributes: object = {}) => expectStatus(await invite(attributes), 201);
  const address = () => `${unique("Guest")}@Example.com`;
  const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();

  it("is for one person, with roles and teams, and reads back as it was sent", async () => {
    const email = address();
    const expiresAt = inDays(7);
    const invitation = await invited({
      name: "Summer",
      description: "For the summer",
      emails: [{ value: email }],
      givenName: "Ann",
      familyName: "Lee",
      roles: [{ value: "organization-admin" }, { value: "Own-Role" }],
      teams: [{ value: bakers.id }],
      expiresAt,
      quota: 1,
    });
    const { id, meta, link, ...said } = invitation;
    expect(said).to.deep.equal({
      schemas: [INVITATION],
      name: "Summer",
      description: "For the summer",
      organization: { value: acme.id, $ref: `${scim.url}/Groups/${acme.id}`, display: acme.displayName },
      emails: [{ value: email }],
      givenName: "Ann",
      familyName: "Lee",
      roles: [{ value: "organization-admin" }, { value: "Own-Role" }],
      teams: [{ value: bakers.id, $ref: `${scim.url}/Teams/${bakers.id}`, display: bakers.displayName }],
      expiresAt,
      quota: 1,
      enabled: true,
      status: "pending",
    });
    expect(meta.location).to.equal(`${scim.url}/Invitations/${id}`);
    expect(link).to.match(/^http:\/\/127.0.0.1:\d+\/invitations\/[\w-]+\.[\w-]{43}$/);
    expect(await read(scim, `/Invitations/${id}`)).to.deep.equal(invitation);
  });

  it("is for several addresses, a domain, or whoever has the link", async () => {
    const emails = [{ value: address() }, { value: "*@acme.test" }];
    expect((await invited({ emails })).emails).to.deep.equal(emails);
    expect(await invited()).to.not.have.property("emails");
  });

  it("names each address, role and team once", async () => {
    const email = address();
    const invitation = await invited({
      emails: [{ value: email }, { value: email.toUpperCase() }],
      roles: [{ value: "x" }, { value: "X" }],
      teams: [{ value: bakers.id }, { value: bakers.id }],
    });
    expect(invitation.emails).to.have.length(1);
    expect(invitation.roles).to.have.length(1);
    expect(invitation.teams).to.have.length(1);
  });

  for (const [what, attributes] of [
    ["an address that is none", { emails: [{ value: "ann" }] }],
    ["an address with a line break", { emails: [{ value: "a@x.test\r\nBcc: b@x.test" }] }],
    ["an address without a value", { emails: [{ value: "" }] }],
    ["an empty address", { emails: [{}] }],
    ["a name for several people", { emails: [{ value: "a@x.test" }, { value: "b@x.test" }], givenName: "A" }],
    ["a name for a whole domain", { emails: [{ value: "*@x.test" }], givenName: "A" }],
    ["a quota of none", { quota: 0 }],
    ["a quota that is no number", { quota: "many" }],
    ["a quota that is too large", { quota: 1e12 }],
    ["an end that is over", { expiresAt: "2020-01-01T00:00:00Z" }],
    ["an end that is no time", { expiresAt: "soon" }],
    ["a team that there is not", { teams: [{ value: "nobody" }] }],
    [
      "an organization that there is not",
      { organization: { value: "01890a5d-ac96-774b-bcce-b302099a8057" } },
    ],
    [
      "too many addresses",
      { emails: Array.from({ length: 101 }, (_, index) => ({ value: `a${index}@x.test` })) },
    ],
    ["a name that is too long", { name: "x".repeat(401) }],
  ] as const) {
    it(`is refused with ${what}`, async () => {
      expectError(await invite(attributes), { status: 400, scimType: "invalidValue" });
    });
  }

  it("is refused with a team of another organization, and with power over the provider", async () => {
    const foreign = await createTeam(globex);
    expectError(await invite({ teams: [{ value: foreign.id }] }), { status: 400, scimType: "invalidValue" });
    expectError(await invite({ roles: [{ value: "Provider-Admin" }] }), { status: 403 });
  });

  it("says so when somebody is a member already", async () => {
    const userName = address();
    const group = await createGroup(scim, [await createUser(scim, { userName })]);
    const emails = [{ value: userName.toLowerCase() }];
    const organization = { value: group.id };
    expectError(await invite({ emails, organization }), { status: 409, scimType: "uniqueness" });
    // A member of another organization is as welcome as nobody that is known.
    expectStatus(await invite({ emails }), 201);
  });

  it("is changed, switched off and on, and taken back", async () => {
    const { id } = await invited({ emails: [{ value: address() }], quota: 3 });
    const path = `/Invitations/${id}`;
    const next = address();
    const changed = expectStatus(
      await scim.patch(
        path,
        { op: "replace", path: "emails", value: [{ value: next }] },
        { op: "remove", path: "quota" },
        { op: "add", path: "teams", value: [{ value: bakers.id }] },
        { op: "replace", path: "enabled", value: false },
      ),
      200,
    );
    expect(changed).to.deep.include({ emails: [{ value: next }], enabled: false, status: "disabled" });
    expect(changed).to.not.have.property("quota");
    expect(changed.meta.version).to.equal('W/"2"');
    const same = expectStatus(
      await scim.patch(path, { op: "replace", path: "enabled", value: "False" }),
      200,
    );
    expect(same.meta.version).to.equal('W/"2"');
    const replaced = expectStatus(await scim.put(path, { schemas: [INVITATION], name: "Again" }), 200);
    expect(replaced).to.include({ name: "Again", enabled: true, status: "pending" });
    expect(replaced).to.not.have.any.keys("emails", "teams");
    expect(replaced.organization).to.deep.include({ value: acme.id });
    const elsewhere = { op: "replace", path: "organization.value", value: globex.id };
    expectError(await scim.patch(path, elsewhere), { status: 400, scimType: "mutability" });
    const stale = await scim.request("DELETE", path, { headers: { "If-Match": 'W/"1"' } });
    expectError(stale, { status: 412 });
    expectStatus(await scim.delete(path), 204);
    expectError(await scim.get(path), { status: 404 });
  });

  it("becomes an open link only when it is said so", async () => {
    const { id } = await invited({ emails: [{ value: address() }] });
    const path = `/Invitations/${id}`;
    const empty = { op: "replace", path: "emails", value: [{ value: "" }] };
    expectError(await scim.patch(path, empty), { status: 400, scimType: "invalidValue" });
    const open = expectStatus(await scim.patch(path, { op: "remove", path: "emails" }), 200);
    expect(open).to.not.have.property("emails");
  });

  it("expires", async () => {
    const expiresAt = new Date(Date.now() - 1000).toISOString();
    const { id } = await server().ahead(-60_000, () => invited({ expiresAt }));
    expect(await read(scim, `/Invitations/${id}`)).to.include({ status: "expired" });
    expectList(
      await scim.get(`/Invitations?filter=${encodeURIComponent(`id eq "${id}" and status eq "expired"`)}`),
      1,
    );
    const later = { op: "replace", path: "expiresAt", value: inDays(1) };
    expect(expectStatus(await scim.patch(`/Invitations/${id}`, later), 200)).to.include({
      status: "pending",
    });
  });

  it("is found by what it says", async () => {
    const email = address();
    const { id } = await invited({
      name: "Findable",
      emails: [{ value: email }],
      givenName: "Zoë",
      roles: [{ value: "Finder" }],
      teams: [{ value: bakers.id }],
    });
    for (const filter of [
      `emails.value eq "${email.toLowerCase()}"`,
      `emails[value sw "guest"] and name eq "findable"`,
      `givenName eq "ZOË"`,
      `roles.value eq "finder"`,
      `teams.value eq "${bakers.id}" and name eq "Findable"`,
      `teams.display co "team" and name eq "Findable"`,
      `organization.value eq "${acme.id}" and name eq "Findable"`,
      `status eq "pending" and enabled eq true and name sw "find"`,
      `meta.resourceType eq "Invitation" and not (acceptedBy pr) and name eq "Findable"`,
    ]) {
      const found = expectList(await scim.get(`/Invitations?filter=${encodeURIComponent(filter)}`));
      expect(
        found.map((each) => each.id),
        filter,
      ).to.deep.equal([id]);
    }
    const sorted = expectList(await scim.get("/Invitations?sortBy=name&attributes=name&count=2"));
    expect(sorted).to.have.length(2);
    expect(sorted[0]).to.have.all.keys("schemas", "id", "name");
  });

  it("goes with its organization, and leaves out teams that are gone", async () => {
    const group = await createGroup(scim);
    const team = await createTeam(group);
    const organization = { value: group.id };
    const { id } = await invited({ organization, teams: [{ value: team.id }] });
    expectStatus(await scim.delete(`/Teams/${team.id}`), 204);
    expect(await read(scim, `/Invitations/${id}`)).to.not.have.property("teams");
    expectStatus(await scim.delete(`/Groups/${group.id}`), 204);
    expectError(await scim.get(`/Invitations/${id}`), { status: 404 });
  });

  it("shows its link to those who could give what it gives, as long as somebody can accept it", async () => {
    const { id, link } = await invited();
    const path = `/Invitations/${id}`;
    const reader = await clientWith(server(), { readOnly: true, organization: acme.id });
    expect(await read(reader, path)).to.not.have.property("link");
    expectList(await reader.get("/Invitations")).forEach((each) => expect(each).to.not.have.property("link"));
    expect(await read(scim, path)).to.include({ link });
    const switched = (value: boolean) => scim.patch(path, { op: "replace", path: "enabled", value });
    expect(expectStatus(await switched(false), 200)).to.not.have.property("link");
    expect(expectStatus(await switched(true), 200).link)
      .to.be.a("string")
      .that.does.not.equal(link);
  });

  it("is made in the caller's organization, and in no other", async () => {
    const client = await clientWith(server(), { organization: globex.id });
    const own = expectStatus(await client.post("/Invitations", { schemas: [INVITATION] }), 201);
    expect(own.organization).to.deep.include({ value: globex.id });
    const foreign = { schemas: [INVITATION], organization: { value: acme.id } };
    expectError(await client.post("/Invitations", foreign), { status: 400, scimType: "invalidValue" });
    const team = { schemas: [INVITATION], teams: [{ value: bakers.id }] };
    expectError(await client.post("/Invitations", team), { status: 400, scimType: "invalidValue" });
  });

  it("is made many at once in a Bulk, with references", async () => {
    const outcomes = await sendBulk(scim, [
      {
        method: "POST",
        path: "/Teams",
        bulkId: "team",
        data: { schemas: [TEAM], displayName: unique("Team"), organization: { value: acme.id } },
      },
      ...["one", "two"].map((bulkId) => ({
        method: "POST",
        path: "/Invitations",
        bulkId,
        data: {
          schemas: [INVITATION],
          organization: { value: acme.id },
          emails: [{ value: address() }],
          teams: [{ value: "bulkId:team" }],
        },
      })),
    ]);
    expect(statusesOf(outcomes)).to.deep.equal([201, 201, 201]);
    const { teams } = await read(scim, `/Invitations/${idOf(outcomes[2])}`);
    expect(teams).to.deep.include.members([(teams as object[])[0]]);
  });

  it("is in the audit log, with what was said", async () => {
    const { id } = await invited({ name: "Audited", emails: [{ value: address() }] });
    await scim.patch(`/Invitations/${id}`, { op: "replace", path: "enabled", value: false });
    await scim.delete(`/Invitations/${id}`);
    const filter = encodeURIComponent(`target.value eq "${id}"`);
    const events = expectList(await scim.get(`/AuditEvents?filter=${filter}&sortBy=timestamp`), 3);
    expect(events.map(({ action, changes }) => [action, changes])).to.deep.equal([
      ["create", ["name", "emails"]],
      ["change", ["enabled"]],
      ["delete", undefined],
    ]);
  });
});
