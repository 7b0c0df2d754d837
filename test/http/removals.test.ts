import { expect } from "chai";
import type { Body, ScimClient } from "../support/client.js";
import { createGroup, createUsers, unique } from "../support/factories.js";
import { clientWith } from "../support/realms.js";
import { describeServer } from "../support/server.js";

const NUMBERS = ["users", "teams", "roles", "accounts", "organizations"];

/** The numbers of a Removal that are not 0. */
const numbersOf = (removal: Body | undefined): Record<string, unknown> =>
  Object.fromEntries(
    NUMBERS.map((name): [string, unknown] => [name, removal?.[name]]).filter(([, number]) => number !== 0),
  );

describeServer("Removals", (scim, server) => {
  let acme: Body;
  let own: ScimClient;

  const latest = async (client: ScimClient): Promise<Body | undefined> => {
    const { status, text, body } = await client.get("/Removals?sortBy=timestamp&sortOrder=descending");
    expect(status, text).to.equal(200);
    return body.Resources[0];
  };

  beforeEach(async () => {
    acme = await createGroup(scim);
    own = await clientWith(server(), { organization: acme.id });
  });

  it("gather what one access token removes, request by request, in the realm that it acts in", async () => {
    const people = await Promise.all(
      Array.from({ length: 3 }, () => own.post("/Users", { userName: `${unique("p")}@example.com` })),
    );
    for (const { body } of people) expect((await own.delete(`/Users/${body.id}`)).status).to.equal(204);
    const { body } = await own.get("/Removals");
    expect(body.totalResults).to.equal(1);
    const [removal] = body.Resources;
    expect(numbersOf(removal)).to.deep.equal({ users: 3 });
    expect(removal).to.deep.include({ status: "undoable" });
    expect(removal?.actor).to.deep.include({ type: "token", display: "test" });
    expect((await own.get(`/Removals/${removal?.id ?? ""}`)).body).to.deep.equal(removal);
  });

  it("count memberships, deactivations, seats, teams, roles, accounts and organizations", async () => {
    const [one, two, three] = await createUsers(scim, 3);
    const clients = Array.from({ length: 6 }, () => clientWith(server(), {}));
    const [a, b, c, d, e, f] = await Promise.all(clients);
    if (!one || !two || !three || !a || !b || !c || !d || !e || !f) throw new Error("There are too few");
    const group = await createGroup(scim, [one, two, three]);
    const roles = [{ value: "organization-admin" }, { value: "organization-billing-manager" }];
    const inGroup = await clientWith(server(), { organization: group.id });
    await inGroup.patch(`/Users/${one.id}`, { op: "add", path: "roles", value: roles });
    const team = (members: readonly Body[]) =>
      inGroup.post("/Teams", {
        displayName: unique("Team"),
        members: members.map(({ id }) => ({ value: id })),
      });
    const [first, second] = [(await team([one, two])).body, (await team([three])).body];
    await b.patch(`/Teams/${first.id}`, { op: "remove", path: `members[value eq "${two.id}"]` });
    expect(numbersOf(await latest(scim))).to.deep.equal({ users: 1 });
    await c.delete(`/Teams/${second.id}`);
    expect(numbersOf(await latest(scim))).to.deep.equal({ users: 1, teams: 1 });
    await a.patch(`/Groups/${group.id}`, { op: "remove", path: `members[value eq "${one.id}"]` });
    expect(numbersOf(await latest(scim))).to.deep.equal({ users: 1, roles: 2 });
    await d.patch(`/Users/${one.id}`, { op: "replace", path: "active", value: false });
    expect(numbersOf(await latest(scim))).to.deep.equal({ users: 1 });
    await e.delete(`/Users/${two.id}`);
    expect(numbersOf(await latest(scim))).to.deep.equal({ users: 1, accounts: 1 });
    await f.delete(`/Groups/${group.id}`);
    expect(numbersOf(await latest(scim))).to.deep.equal({ users: 1, teams: 1, organizations: 1 });
  });
});
