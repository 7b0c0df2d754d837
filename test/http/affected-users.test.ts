import { expect } from "chai";
import { v7 as newId } from "uuid";
import { expectList, expectStatus } from "../support/assertions.js";
import type { Body, ScimClient } from "../support/client.js";
import { createGroup, createUser, unique } from "../support/factories.js";
import { clientWith } from "../support/realms.js";
import { describeServer } from "../support/server.js";

const TEAM = "urn:muster:params:scim:schemas:core:2.0:Team";

/** How many people an event is found by. */
const MOST = 1000;

describeServer("The audit log finds what happened to a person", (scim, server) => {
  let acme: Body;
  let own: ScimClient;
  let other: ScimClient;

  before(async () => {
    acme = await createGroup(scim, [], { displayName: unique("Acme") });
    own = await clientWith(server(), { organization: acme.id });
    other = await clientWith(server(), { organization: (await createGroup(scim)).id });
  });

  /** The events that match, the first first. */
  async function found(client: ScimClient, filter: string): Promise<string[]> {
    const events = expectList(await client.find("/AuditEvents", filter, "&sortBy=id"));
    return events.map(
      ({ action, target }) => `${String(action)} ${(target as Body & { type: string }).type}`,
    );
  }
  const of = ({ id }: Body) => `affectedUsers.value eq "${id}"`;
  const as = ({ id }: Body, type: string) => `affectedUsers[value eq "${id}" and type eq "${type}"]`;
  const patch = async (path: string, operation: Parameters<ScimClient["patch"]>[1]) =>
    expectStatus(await scim.patch(path, operation), 200, 204);
  const add = (path: string, ...people: readonly object[]) =>
    patch(path, { op: "add", path: "members", value: people });
  const remove = (path: string, { id }: Body) =>
    patch(path, { op: "remove", path: `members[value eq "${id}"]` });

  it("whom it created, changed and deleted, and who joined, got a role in a team, and left", async () => {
    const [ann, bob] = [await createUser(scim), await createUser(scim)];
    const organization = `/Groups/${acme.id}`;
    await add(organization, { value: ann.id }, { value: bob.id });
    const team = { schemas: [TEAM], displayName: unique("Support"), organization: { value: acme.id } };
    const { id } = expectStatus(await scim.post("/Teams", team), 201);
    await add(`/Teams/${id}`, { value: ann.id });
    await patch(`/Teams/${id}`, {
      ...{ op: "replace", path: `members[value eq "${ann.id}"].role`, value: "team-admin" },
    });
    await remove(`/Teams/${id}`, ann);
    await remove(organization, ann);
    expectStatus(await scim.delete(`/Users/${ann.id}`), 204);
    expect(await found(scim, of(ann))).to.deep.equal([
      ...["create User", "change Group", "change Team", "change Team", "change Team", "change Group"],
      "delete User",
    ]);
    expect(await found(scim, of(bob))).to.deep.equal(["create User", "change Group"]);
    const expected = {
      target: ["create User", "delete User"],
      added: ["change Group", "change Team"],
      roles: ["change Team"],
      removed: ["change Team", "change Group"],
    };
    for (const [type, events] of Object.entries(expected))
      expect(await found(scim, as(ann, type)), type).to.deep.equal(events);
    expect(await found(scim, `${of(ann)} and target.type eq "Team"`)).to.have.lengthOf(3);
  });

  it("who lost an organization by the end of the account, and of the organization", async () => {
    const [ann, bob] = [await createUser(scim), await createUser(scim)];
    const group = await createGroup(scim, [ann, bob]);
    expectStatus(await scim.delete(`/Users/${ann.id}`), 204);
    expectStatus(await scim.delete(`/Groups/${group.id}`), 204);
    expect(await found(scim, as(ann, "removed"))).to.deep.equal(["change Group"]);
    expect(await found(scim, as(bob, "removed"))).to.deep.equal(["delete Group"]);
  });

  it("in the realm that asks, and nowhere else", async () => {
    const ann = await createUser(scim);
    await add(`/Groups/${acme.id}`, { value: ann.id });
    expect(await found(own, of(ann))).to.deep.equal(["change Group"]);
    expect(await found(own, as(ann, "added"))).to.deep.equal(["change Group"]);
    for (const filter of [of(ann), as(ann, "added")])
      expect(await found(other, filter), filter).to.deep.equal([]);
    const everything = await other.get("/AuditEvents?count=1000");
    expect(everything.text).to.not.include(ann.id);
  });

  it("for filters alone", async () => {
    const ann = await createUser(scim);
    const answer = await scim.find("/AuditEvents", of(ann), "&attributes=affectedUsers,action");
    expect(expectList(answer)[0]).to.have.property("action");
    expect(answer.text).to.not.include("affectedUsers");
  });

  it(`by at most ${MOST} people of one event, which is done for all`, async () => {
    const people = Array.from({ length: MOST + 1 }, () => newId());
    await server().database((session) =>
      session.rows(
        `insert into muster_accounts
           (id, user_name, user_name_key, active, profile, search, version, created_at, updated_at)
         values ${people.map(() => "(?, ?, ?, true, '{}', '{}', 1, ?, ?)").join(", ")}`,
        people.flatMap((id) => [id, id, id.toUpperCase(), "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z"]),
      ),
    );
    const group = await createGroup(scim);
    await add(`/Groups/${group.id}`, ...people.map((value) => ({ value })));
    const [{ count } = { count: 0 }] = await server().database((session) =>
      session.rows<{ count: number | string }>(
        `select count(*) as count from muster_audit_event_people
         where event_id in (select id from muster_audit_events where target_id = ?)`,
        [group.id],
      ),
    );
    expect(Number(count)).to.equal(MOST);
    const all = expectStatus(await scim.get(`/Groups/${group.id}?attributes=members`), 200).members;
    expect(all).to.have.lengthOf(MOST + 1);
  });
});
