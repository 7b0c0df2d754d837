import { expect } from "chai";
import { expectError, expectStatus, read } from "../support/assertions.js";
import type { Body, ScimClient } from "../support/client.js";
import { createGroup, createUser, MEMBERSHIP, unique } from "../support/factories.js";
import { clientWith, describeInBothRealms } from "../support/realms.js";
import { describeServer } from "../support/server.js";

const COUNTS = "urn:muster:params:scim:schemas:core:2.0:Counts";
const INVITATION = "urn:muster:params:scim:schemas:core:2.0:Invitation";
const TEAM = "urn:muster:params:scim:schemas:core:2.0:Team";

interface Count {
  readonly value: string;
  readonly display?: string;
  readonly count: number;
  readonly atLeast: boolean;
}

const countsOf = async (client: ScimClient, filter?: string) =>
  read(client, `/Counts${filter === undefined ? "" : `?filter=${encodeURIComponent(filter)}`}`);
const numbers = (counts: Body, name: string) =>
  Object.fromEntries(((counts[name] ?? []) as Count[]).map(({ value, count }) => [value, count]));
const all = (counts: Body) =>
  ["totals", "statuses", "roles", "sources", "organizations", "teams", "invitations"].flatMap(
    (name) => (counts[name] ?? []) as Count[],
  );

describeInBothRealms("Counts", (scim, realm) => {
  it("are none of what there is none of", async () => {
    const counts = await countsOf(scim);
    expect(counts.schemas).to.deep.equal([COUNTS]);
    expect(counts.meta.location).to.equal(`${scim.url}/Counts`);
    expect(numbers(counts, "totals")).to.include({ User: 0, Team: 0, Invitation: 0 });
    expect(numbers(counts, "statuses")).to.deep.equal({ active: 0, inactive: 0, invited: 0 });
    expect(all(counts).every(({ atLeast }) => !atLeast)).to.equal(true);
  });

  it("tell people by what they are", async () => {
    const before = await countsOf(scim);
    const people = [];
    for (const active of [true, true, false]) people.push(await createUser(scim, { active }));
    const [one, two] = people;
    const role = realm === "provider" ? "provider-admin" : "organization-billing-manager";
    await scim.patch(`/Users/${one?.id ?? ""}`, { op: "add", path: "roles", value: [{ value: role }] });
    await scim.patch(`/Users/${two?.id ?? ""}`, {
      op: "add",
      path: "roles",
      value: [{ value: "of our own" }],
    });
    const counts = await countsOf(scim);
    const more = (name: string, value: string) =>
      (numbers(counts, name)[value] ?? 0) - (numbers(before, name)[value] ?? 0);
    expect(more("totals", "User")).to.equal(3);
    expect([more("statuses", "active"), more("statuses", "inactive")]).to.deep.equal([2, 1]);
    expect(more("roles", role)).to.equal(1);
    expect(numbers(counts, "roles")).not.to.have.property("of our own");
    const ids = people.map(({ id }) => `id eq "${id}"`).join(" or ");
    const matching = await countsOf(scim, ids);
    expect(numbers(matching, "totals")).to.deep.equal({ User: 3 });
    expect(numbers(matching, "statuses")).to.deep.equal({ active: 2, inactive: 1, invited: 0 });
    expect(numbers(matching, "roles")[role]).to.equal(1);
    const inactive = await countsOf(scim, `(${ids}) and active eq false`);
    expect(numbers(inactive, "statuses")).to.deep.equal({ active: 0, inactive: 1, invited: 0 });
    expect(numbers(inactive, "roles")[role]).to.equal(0);
  });

  it("refuse a filter that Users would refuse, and writes", async () => {
    expectError(await scim.get("/Counts?filter=userName%20is"), { status: 400, scimType: "invalidFilter" });
    expectError(await scim.post("/Counts", {}), { status: 405 });
    expectError(await scim.get("/Counts/1"), { status: 404 });
  });
});

describeServer("Counts of organizations", (scim, server) => {
  let acme: Body;
  let own: ScimClient;
  let others: ScimClient;
  const tokens: Record<string, ScimClient> = {};

  before(async () => {
    acme = await createGroup(scim, [], { displayName: "Acme" });
    const globex = await createGroup(scim, [], { displayName: "Globex" });
    own = await clientWith(server(), { organization: acme.id });
    others = await clientWith(server(), { organization: globex.id });
    tokens.reader = await clientWith(server(), { organization: acme.id, readOnly: true });
  });

  it("tell members, teams, roles by team, sources and invitations, of the realm alone", async () => {
    const people = [await createUser(own), await createUser(own), await createUser(others)];
    const [one, two] = people;
    const bakers = expectStatus(
      await own.post("/Teams", {
        ...{ schemas: [TEAM], displayName: "Bakers", roles: [{ value: "organization-billing-manager" }] },
        members: [{ value: one?.id }, { value: two?.id }],
      }),
      201,
    );
    // By a role of their own, and by a team.
    await own.patch(`/Users/${one?.id ?? ""}`, {
      ...{ op: "add", path: "roles", value: [{ value: "organization-billing-manager" }] },
    });
    expectStatus(
      await own.post("/Invitations", {
        ...{ schemas: [INVITATION], emails: [{ value: `${unique("guest")}@example.com` }] },
      }),
      201,
    );
    await own.patch(`/Users/${two?.id ?? ""}`, {
      ...{ op: "add", path: `${MEMBERSHIP}:sendSetupEmail`, value: true },
    });
    const counts = await countsOf(own);
    expect(numbers(counts, "totals")).to.deep.equal({ User: 2, Team: 1, Invitation: 1 });
    expect(numbers(counts, "statuses")).to.deep.equal({ active: 2, inactive: 0, invited: 1 });
    expect(numbers(counts, "roles")).to.deep.equal({
      ...{ "organization-admin": 0, "organization-billing-manager": 2 },
    });
    expect(numbers(counts, "sources")).to.deep.equal({ scim: 2, admin: 0, invitation: 0, restored: 0 });
    expect(counts.teams).to.deep.equal([
      { value: bakers.id, $ref: bakers.meta.location, display: "Bakers", count: 2, atLeast: false },
    ]);
    expect(numbers(counts, "invitations")).to.deep.equal({ pending: 1 });
    expect(counts).not.to.have.property("organizations");

    const elsewhere = await countsOf(others);
    expect(numbers(elsewhere, "totals")).to.deep.equal({ User: 1, Team: 0, Invitation: 0 });
    expect(numbers(elsewhere, "statuses")).to.deep.equal({ active: 1, inactive: 0, invited: 0 });
    expect(numbers(elsewhere, "roles")["organization-billing-manager"]).to.equal(0);
    const [, , stranger] = people;
    const outside = await countsOf(others, `id eq "${one?.id ?? ""}" or id eq "${stranger?.id ?? ""}"`);
    expect(numbers(outside, "totals")).to.deep.equal({ User: 1 });
    expect(outside).not.to.have.any.keys("teams", "organizations");

    const provider = await countsOf(scim);
    expect(numbers(provider, "totals")).to.include({ User: 3, Group: 2, Team: 1, Invitation: 1 });
    expect(provider.organizations).to.deep.include({
      ...{ value: acme.id, $ref: acme.meta.location, display: "Acme", count: 2, atLeast: false },
    });
    expect(numbers(provider, "roles")["organization-billing-manager"]).to.equal(2);
    const matching = await countsOf(scim, `id eq "${one?.id ?? ""}"`);
    expect(numbers(matching, "organizations")).to.deep.equal({ [acme.id]: 1 });
    expect(numbers(matching, "teams")).to.deep.equal({ [bakers.id]: 1 });
    expect(numbers(matching, "sources")).to.deep.equal({ scim: 1, admin: 0, invitation: 0, restored: 0 });
    expect(numbers(await countsOf(own, `id eq "${two?.id ?? ""}"`), "statuses").invited).to.equal(1);
  });

  it("are the same until something changes, and can be asked for in part", async () => {
    const first = await own.get("/Counts");
    const tag = String(first.headers.etag);
    expect((await own.get("/Counts", { "if-none-match": tag })).status).to.equal(304);
    await createUser(own);
    expectStatus(await own.get("/Counts", { "if-none-match": tag }), 200);
    expect(await read(own, "/Counts?attributes=statuses.count")).to.have.all.keys(
      "schemas",
      "id",
      "statuses",
    );
  });

  it("are for administrators and readers", async () => {
    const { id } = await createUser(own);
    const { userName } = await read(scim, `/Users/${id}`);
    const member = await clientWith(server(), { organization: acme.id, userName });
    expectError(await member.get("/Counts"), { status: 403 });
    expectStatus(await (tokens.reader ?? own).get("/Counts"), 200);
    expect((await read(own, "/Realm")).actions).to.include("read Counts");
  });
});

describeServer("Counts of very many", (scim, server) => {
  /** More than one count reads. */
  const MANY = 20_050;

  it("are exact where they are kept, and 'at least' where they would read too much", async () => {
    const { id } = await createGroup(scim);
    const own = await clientWith(server(), { organization: id });
    await createUser(own, { active: false });
    const numbered =
      "with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < ?)";
    const named = "'p' || n, 'P' || n";
    const at = "'2026-01-01T00:00:00.000Z'";
    await server().database(async (session) => {
      await session.rows(
        `insert into muster_accounts (id, user_name, user_name_key, active, profile, search, version, created_at, updated_at)
         ${numbered} select 'p' || n, ${named}, true, '{}', '{}', 1, ${at}, ${at} from numbers`,
        [MANY],
      );
      await session.rows(
        `insert into muster_memberships (organization_id, account_id, user_name, user_name_key, source, created_at)
         ${numbered} select cast(? as text), 'p' || n, ${named}, 'admin', ${at} from numbers`,
        [MANY, id],
      );
      await session.rows("update muster_organizations set member_count = ? where id = ?", [MANY + 1, id]);
    });
    const counts = await countsOf(own);
    const found = (name: string, value: string) =>
      (counts[name] as Count[]).find((each) => each.value === value);
    expect(found("totals", "User")).to.deep.equal({ value: "User", count: MANY + 1, atLeast: false });
    expect(found("statuses", "active")).to.deep.equal({ value: "active", count: MANY, atLeast: false });
    expect(found("sources", "admin")).to.deep.equal({ value: "admin", count: 20_000, atLeast: true });
    expect(found("sources", "scim")).to.deep.equal({ value: "scim", count: 0, atLeast: true });
    const matching = await countsOf(own, "active eq true");
    expect(matching.totals).to.deep.equal([{ value: "User", count: 20_000, atLeast: true }]);
  });
});
