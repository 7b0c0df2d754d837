import { expect } from "chai";
import type { Body, ScimClient } from "../support/client.js";
import { createGroup, createUser, createUsers, MEMBERSHIP, omit, unique } from "../support/factories.js";
import { clientWith } from "../support/realms.js";
import { describeServer } from "../support/server.js";

interface Result {
  readonly type: string;
  readonly value: string;
  readonly status: string;
  readonly detail?: string;
}

const address = (name = "p") => `${unique(name)}@example.com`;

/** The User without what an undo changes: the version, times and the source of memberships. */
function lasting(user: Body): unknown {
  const { memberships = [], ...extension } = (user[MEMBERSHIP] ?? {}) as {
    memberships?: readonly { source: string }[];
  };
  return {
    ...omit(user, "meta", MEMBERSHIP),
    ...extension,
    memberships: memberships.map((each) => omit(each, "source")),
  };
}

const lastingGroup = (group: Body) => omit(group, "meta");

describeServer("An undo", (scim, server) => {
  let acme: Body;
  let own: ScimClient;
  let provider: ScimClient;

  beforeEach(async () => {
    acme = await createGroup(scim);
    own = await clientWith(server(), { organization: acme.id });
    provider = await clientWith(server(), {});
  });

  const read = async (client: ScimClient, path: string): Promise<Body> => {
    const { status, text, body } = await client.get(path);
    expect(status, `${path} ${text}`).to.equal(200);
    return body;
  };
  const latest = async (client: ScimClient): Promise<Body> => {
    const { Resources } = await read(client, "/Removals?sortBy=timestamp&sortOrder=descending");
    if (!Resources[0]) throw new Error("There is no Removal");
    return Resources[0];
  };
  const undo = async (client: ScimClient, removal?: Body) => {
    const { id } = removal ?? (await latest(client));
    const { status, text, body } = await client.post(`/Removals/${id}/undo`, {});
    expect(status, text).to.equal(200);
    return {
      ...(body as unknown as { restored: number; failed: number }),
      results: body.results as Result[],
    };
  };
  const post = async (client: ScimClient, path: string, body: object): Promise<Body> => {
    const answer = await client.post(path, body);
    expect(answer.status, answer.text).to.equal(201);
    return answer.body;
  };
  const remove = async (client: ScimClient, path: string) => {
    const { status, text } = await client.delete(path);
    expect(status, text).to.equal(204);
  };
  const person = (more: object = {}) => post(own, "/Users", { userName: address(), ...more });

  it("brings a membership back with its record, roles, externalId and seats, and calls its source 'restored'", async () => {
    const { id } = await person({
      externalId: "00u1",
      name: { givenName: "Ada", familyName: "Lovelace" },
      emails: [{ value: address("mail"), type: "work", primary: true }],
      roles: [{ value: "organization-billing-manager" }],
      title: "Countess",
    });
    const team = await post(own, "/Teams", {
      displayName: "Bakers",
      roles: [{ value: "organization-admin" }],
      members: [{ value: id, role: "team-admin" }],
    });
    const before = await read(own, `/Users/${id}`);
    const [group, ofTeam] = [await read(own, `/Groups/${acme.id}`), await read(own, `/Teams/${team.id}`)];
    await remove(own, `/Users/${id}`);
    expect((await own.get(`/Users/${id}`)).status).to.equal(404);
    expect(await undo(own)).to.deep.include({ restored: 1, failed: 0 });
    const after = await read(own, `/Users/${id}`);
    expect(lasting(after)).to.deep.equal(lasting(before));
    const asked = await read(own, `/Users/${id}?attributes=${MEMBERSHIP}:memberships`);
    expect(JSON.stringify(asked)).to.include('"source":"restored"');
    expect(after.meta.created).to.equal(before.meta.created);
    expect(after.meta.version).to.not.equal(before.meta.version);
    expect(lastingGroup(await read(own, `/Groups/${acme.id}`))).to.deep.equal(lastingGroup(group));
    expect(lastingGroup(await read(own, `/Teams/${team.id}`))).to.deep.equal(lastingGroup(ofTeam));
    const filters = [
      'userName eq "' + before.userName + '"',
      'externalId eq "00u1"',
      'name.familyName eq "lovelace"',
    ];
    for (const filter of filters) {
      const { totalResults } = await read(own, `/Users?filter=${encodeURIComponent(filter)}`);
      expect(totalResults, filter).to.equal(1);
    }
  });

  it("brings back all whom one PUT took, and whom the provider took, in the provider's realm", async () => {
    const people = await createUsers(scim, 3);
    await provider.patch(`/Groups/${acme.id}`, {
      op: "add",
      path: "members",
      value: people.map(({ id }) => ({ value: id })),
    });
    const before = await read(scim, `/Groups/${acme.id}`);
    const put = await provider.put(`/Groups/${acme.id}`, { ...before, members: [] });
    expect(put.status, put.text).to.equal(200);
    expect((await read(own, "/Removals")).totalResults).to.equal(0);
    const users = await Promise.all(people.map(({ id }) => read(scim, `/Users/${id}`)));
    expect(await undo(provider)).to.deep.include({ restored: 3, failed: 0 });
    expect(lastingGroup(await read(scim, `/Groups/${acme.id}`))).to.deep.equal(lastingGroup(before));
    expect(users.every(({ groups }) => groups === undefined)).to.equal(true);
  });

  it("makes people active again whom a PATCH deactivated, in both realms", async () => {
    const { id } = await person();
    for (const client of [own, provider]) {
      const before = await read(client, `/Users/${id}`);
      await client.patch(`/Users/${id}`, { op: "replace", path: "active", value: false });
      expect((await read(client, `/Users/${id}`)).active).to.equal(false);
      expect(await undo(client)).to.deep.include({ restored: 1, failed: 0 });
      expect(lasting(await read(client, `/Users/${id}`))).to.deep.equal(lasting(before));
    }
  });

  it("brings a team back, with its members and roles, and those who were taken from one", async () => {
    const [one, two] = [await person(), await person()];
    const team = await post(own, "/Teams", {
      displayName: "Bakers",
      externalId: "g-1",
      description: "Bread",
      roles: [{ value: "organization-billing-manager" }],
      members: [{ value: one.id, role: "team-manager" }, { value: two.id }],
    });
    const before = await read(own, `/Teams/${team.id}`);
    await own.patch(`/Teams/${team.id}`, { op: "remove", path: `members[value eq "${two.id}"]` });
    await remove(own, `/Groups/${team.id}`);
    expect((await undo(own)).failed).to.equal(0);
    expect(lastingGroup(await read(own, `/Teams/${team.id}`))).to.deep.equal(lastingGroup(before));
  });

  it("brings an account back with its memberships, and without its password", async () => {
    const user = await createUser(scim, {
      displayName: "Ada",
      externalId: "e-1",
      emails: [{ value: address("mail") }],
      password: "correct horse battery staple",
    });
    await provider.patch(`/Groups/${acme.id}`, { op: "add", path: "members", value: [{ value: user.id }] });
    const [before, ofAcme] = [await read(scim, `/Users/${user.id}`), await read(own, `/Users/${user.id}`)];
    await remove(provider, `/Users/${user.id}`);
    const taken = await scim.get(`/Users?filter=${encodeURIComponent(`userName eq "${user.userName}"`)}`);
    expect(taken.body.totalResults).to.equal(0);
    expect(await undo(provider)).to.deep.include({ restored: 1, failed: 0 });
    expect(lasting(await read(scim, `/Users/${user.id}`))).to.deep.equal(lasting(before));
    expect(lasting(await read(own, `/Users/${user.id}`))).to.deep.equal(lasting(ofAcme));
    const hash = await server().database((session) =>
      session.first("select password_hash from muster_accounts where id = ?", [user.id]),
    );
    expect(hash).to.deep.equal({ password_hash: null });
  });

  it("brings an organization back with all that is in it but its access tokens", async () => {
    const one = await person({ roles: [{ value: "organization-admin" }] });
    const team = await post(own, "/Teams", { displayName: "Bakers", members: [{ value: one.id }] });
    const invitation = await post(own, "/Invitations", {
      name: "Guests",
      emails: [{ value: address("guest") }],
      teams: [{ value: team.id }],
    });
    const [former] = [await person()];
    await remove(own, `/Users/${former.id}`);
    const before = await read(scim, `/Groups/${acme.id}`);
    const user = await read(scim, `/Users/${one.id}`);
    await remove(provider, `/Groups/${acme.id}`);
    expect((await scim.get(`/Groups/${acme.id}`)).status).to.equal(404);
    expect((await own.get("/Users")).status).to.equal(401);
    expect(await undo(provider)).to.deep.include({ restored: 1, failed: 0 });
    expect(lastingGroup(await read(scim, `/Groups/${acme.id}`))).to.deep.equal(lastingGroup(before));
    expect(lasting(await read(scim, `/Users/${one.id}`))).to.deep.equal(lasting(user));
    expect((await read(scim, `/Teams/${team.id}`)).members).to.have.lengthOf(1);
    const back = await read(scim, `/Invitations/${invitation.id}`);
    expect(back.emails).to.deep.equal(invitation.emails);
    expect(back.teams).to.deep.equal(invitation.teams);
    expect((await own.get("/Users")).status).to.equal(401);
    const anew = await clientWith(server(), { organization: acme.id });
    const again = await post(anew, "/Users", { userName: former.userName });
    expect(again.id).to.equal(former.id);
  });
});
