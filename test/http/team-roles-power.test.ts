import { expect } from "chai";
import { expectError, expectList, expectStatus, read } from "../support/assertions.js";
import { patchData, sendBulk, statusesOf } from "../support/bulk.js";
import type { Body, ScimClient } from "../support/client.js";
import {
  CORE_GROUP,
  CORE_USER,
  createGroup,
  createUser,
  MEMBERSHIP,
  ORGANIZATION,
  unique,
} from "../support/factories.js";
import { clientWith } from "../support/realms.js";
import { describeServer } from "../support/server.js";

const TEAM = "urn:muster:params:scim:schemas:core:2.0:Team";

const refs = (...users: readonly Body[]) => users.map(({ id }) => ({ value: id }));
const add = (...users: readonly Body[]) => ({ op: "add", path: "members", value: refs(...users) });
const remove = ({ id }: Body) => ({ op: "remove", path: `members[value eq "${id}"]` });
const role = ({ id }: Body, value: string) => ({ op: "add", path: `members[value eq "${id}"].role`, value });

describeServer("A role in a team", (scim, server) => {
  let acme: Body;
  let own: ScimClient;
  let dana: Body;
  let noor: Body;
  let jonas: Body;
  let team: Body;
  let other: Body;

  beforeEach(async () => {
    acme = await createGroup(scim);
    own = await clientWith(server(), { organization: acme.id });
    [dana, noor, jonas] = [
      await createUser(own, {
        displayName: "Dana",
        title: "Baker",
        emails: [{ value: "dana@private.example" }],
      }),
      await createUser(own, { displayName: "Noor", title: "Baker" }),
      await createUser(own),
    ];
    team = await createGroup(own, [dana, noor]);
    other = await createGroup(own, [noor]);
  });

  const give = async (value: string, to = dana, of = team) =>
    expectStatus(await own.patch(`/Teams/${of.id}`, role(to, value)), 204);
  const personal = ({ userName }: Body, readOnly = false) =>
    clientWith(server(), { organization: acme.id, userName, readOnly });
  const members = async ({ id }: Body) =>
    ((await read(own, `/Groups/${id}`)).members ?? []).map(({ value }) => value).sort();
  const refused = { status: 403 };

  for (const value of ["team-manager", "Team-Admin"]) {
    describe(`of ${value}`, () => {
      let client: ScimClient;
      beforeEach(async () => {
        await give(value);
        client = await personal(dana);
      });

      it("adds and removes plain members among the people of the organization, in both views", async () => {
        for (const path of [`/Teams/${team.id}`, `/Groups/${team.id}`]) {
          expectStatus(await client.patch(path, add(jonas)), 204);
          expect(await members(team)).to.include(jonas.id);
          expectStatus(await client.patch(path, remove(jonas)), 204);
          expect(await members(team)).to.not.include(jonas.id);
        }
        const bulk = [jonas].map((user) => ({
          method: "PATCH",
          path: `/Teams/${team.id}`,
          data: patchData(add(user)),
        }));
        expect(statusesOf(await sendBulk(client, bulk))).to.deep.equal([204]);
        const outsider = await createUser(scim);
        expectError(await client.patch(`/Teams/${team.id}`, add(outsider)), {
          status: 400,
          scimType: "invalidValue",
        });
      });

      it("neither renames the team nor ends it, nor touches roles in the organization", async () => {
        for (const operation of [
          { op: "replace", path: "displayName", value: "x" },
          { op: "add", path: "externalId", value: "x" },
          { op: "add", path: "roles", value: [{ value: "organization-admin" }] },
        ]) {
          expectError(await client.patch(`/Teams/${team.id}`, operation), refused);
        }
        const asGroup = {
          op: "add",
          path: `${ORGANIZATION}:roles`,
          value: [{ value: "organization-admin" }],
        };
        expectError(await client.patch(`/Groups/${team.id}`, asGroup), refused);
        expectError(
          await client.put(`/Groups/${team.id}`, { schemas: [CORE_GROUP], displayName: "x" }),
          refused,
        );
        expectError(await client.delete(`/Teams/${team.id}`), refused);
        expectError(await client.delete(`/Groups/${team.id}`), refused);
        expectError(await client.post("/Teams", { schemas: [TEAM], displayName: "x" }), refused);
        expectError(await client.post("/Groups", { schemas: [CORE_GROUP], displayName: "x" }), refused);
        expect(await read(own, `/Groups/${team.id}`)).to.deep.include({ displayName: team.displayName });
      });

      it("changes no members of a team that gives roles", async () => {
        const roles = {
          op: "add",
          path: `${ORGANIZATION}:roles`,
          value: [{ value: "organization-billing-manager" }],
        };
        expectStatus(await own.patch(`/Groups/${team.id}`, roles), 204);
        const before = await members(team);
        for (const operation of [add(jonas), remove(noor), { op: "remove", path: "members" }]) {
          expectError(await client.patch(`/Teams/${team.id}`, operation), refused);
        }
        expect(await members(team)).to.deep.equal(before);
      });

      it("reads its team, and of people who they are", async () => {
        for (const endpoint of ["/Teams", "/Groups"]) {
          expect(expectList(await client.get(endpoint), 1).map(({ id }) => id)).to.deep.equal([team.id]);
          expectList(await client.get(`${endpoint}?filter=${encodeURIComponent(`id eq "${other.id}"`)}`), 0);
          expectStatus(await client.get(`${endpoint}/${team.id}`), 200);
          const [theirs, none] = [
            await client.get(`${endpoint}/${other.id}`),
            await client.get(`${endpoint}/01a20a8f-e6b2-71f7-81e8-401545d35924`),
          ];
          expectError(theirs, { status: 404 });
          expect(theirs.text.replace(other.id, "")).to.equal(
            none.text.replace("01a20a8f-e6b2-71f7-81e8-401545d35924", ""),
          );
          expectError(await client.patch(`${endpoint}/${other.id}`, add(jonas)), { status: 404 });
        }
        const shown = { schemas: [CORE_USER], id: noor.id, userName: noor.userName, displayName: "Noor" };
        expect(await read(client, `/Users/${noor.id}`)).to.deep.equal(shown);
        const everything = "attributes=id,userName,displayName,title,emails,groups,roles,meta,active";
        const [found] = expectList(await client.find("/Users", 'displayName eq "noor"', `&${everything}`), 1);
        expect(found).to.deep.equal(shown);
        expectStatus(await client.get("/Users?sortBy=userName"), 200);
        for (const filter of [
          'title eq "Baker"',
          `groups.value eq "${other.id}"`,
          'emails.value co "dana"',
          'roles.value eq "organization-admin"',
          "id pr and not (active eq true)",
          "meta.created pr",
          'externalId eq "x"',
        ]) {
          expectError(await client.find("/Users", filter), refused);
        }
        for (const sortBy of ["title", "emails.value", "meta.created"]) {
          expectError(await client.get(`/Users?sortBy=${sortBy}`), refused);
        }
      });

      it("reads who is in its teams page by page, with each role there, and of other teams nothing", async () => {
        const teams = `${MEMBERSHIP}:teams`;
        const query = `&sortBy=userName&attributes=userName,${teams}`;
        const people = expectList(await client.find("/Users", `groups.value eq "${team.id}"`, query), 2);
        const of = (id: string) => people.find((each) => each.id === id)?.[MEMBERSHIP];
        expect(of(noor.id)).to.deep.equal({
          teams: [{ value: team.id, $ref: `${own.url}/Teams/${team.id}`, display: team.displayName }],
        });
        expect(of(dana.id)).to.have.nested.property("teams[0].role", value);
        for (const filter of [
          `not (groups.value eq "${other.id}")`,
          `groups.value ne "${team.id}"`,
          `groups[value eq "${team.id}" or value eq "${other.id}"]`,
          "groups pr",
          `groups.display eq "${other.displayName}"`,
          `${teams}.value eq "${other.id}"`,
        ]) {
          expectError(await client.find("/Users", filter), refused);
        }
      });

      it("learns of its teams from the realm", async () => {
        const { teams: seats } = await read(client, "/Realm");
        expect(seats).to.deep.equal([
          { value: team.id, $ref: `${own.url}/Teams/${team.id}`, role: value.toLowerCase() },
        ]);
        expect(await read(own, "/Realm")).not.to.have.property("teams");
      });

      it("sees and does nothing else of the organization", async () => {
        for (const path of [
          "/Invitations",
          "/AccessTokens",
          "/AuditEvents",
          "/Candidates",
          "/",
          `/Groups/${acme.id}`,
        ]) {
          expectError(await client.get(path), refused);
        }
        expectError(await client.patch(`/Groups/${acme.id}`, add(jonas)), refused);
        expectError(
          await client.patch(`/Users/${noor.id}`, { op: "replace", path: "displayName", value: "x" }),
          refused,
        );
        expectError(await client.delete(`/Users/${noor.id}`), refused);
        expectError(await client.post("/Users", { schemas: [CORE_USER], userName: unique("x") }), refused);
        const user = await read(client, "/Me");
        expect(user).to.include({ id: dana.id, title: "Baker" });
      });

      it("ends at once with the seat, the role or the membership, and changes nothing by a read-only token", async () => {
        const reader = await personal(dana, true);
        expectStatus(await reader.get(`/Teams/${team.id}`), 200);
        expectError(await reader.patch(`/Teams/${team.id}`, add(jonas)), {
          status: 403,
          detail: /read-only/,
        });
        expectStatus(
          await own.patch(`/Teams/${team.id}`, { op: "remove", path: `members[value eq "${dana.id}"].role` }),
          204,
        );
        expectError(await client.patch(`/Teams/${team.id}`, add(jonas)), refused);
        expectError(await client.get("/Users"), refused);
        expectError(await client.get("/Teams"), refused);
      });
    });
  }

  it("of team-manager gives no roles in the team, nor removes who has one, nor changes the description", async () => {
    await give("team-manager");
    await give("guest", noor);
    const client = await personal(dana);
    const path = `/Teams/${team.id}`;
    for (const operation of [
      role(noor, "team-manager"),
      role(dana, "team-admin"),
      { op: "add", path: "members", value: [{ value: jonas.id, role: "team-admin" }] },
      { op: "remove", path: `members[value eq "${noor.id}"].role` },
      remove(noor),
      { op: "replace", path: "members", value: refs(dana, jonas) },
      { op: "add", path: "description", value: "x" },
    ]) {
      expectError(await client.patch(path, operation), refused);
    }
    expect((await read(own, path)).members?.map(({ role: each }) => each)).to.have.members([
      "team-manager",
      "guest",
    ]);
  });

  it("of team-admin gives roles in the team, and changes the description", async () => {
    await give("team-admin");
    const client = await personal(dana);
    const path = `/Teams/${team.id}`;
    expectStatus(
      await client.patch(path, role(noor, "team-manager"), {
        op: "add",
        path: "description",
        value: "Bakers",
      }),
      204,
    );
    expectStatus(await client.patch(path, remove(noor)), 204);
    expect(await read(own, path)).to.include({ description: "Bakers" });
    expect(await members(team)).to.deep.equal([dana.id]);
  });
});
