import { expect } from "chai";
import fc from "fast-check";
import { expectList, expectStatus } from "../support/assertions.js";
import { patchData, sendBulk } from "../support/bulk.js";
import type { BulkOperation } from "../support/bulk.js";
import type { Body, ScimClient } from "../support/client.js";
import { runs } from "../support/deep.js";
import { dryBulk } from "../support/dry-run.js";
import type { DryEffects } from "../support/dry-run.js";
import { CORE_GROUP, CORE_USER, createGroup, createUser, MEMBERSHIP, unique } from "../support/factories.js";
import { clientWith } from "../support/realms.js";
import { describeServer } from "../support/server.js";
import type { ServerInProcess } from "../support/server.js";

/** How many Bulks are tried and then sent, in each realm. */
const ROUNDS = runs(15, 100);

const TEAM = "urn:muster:params:scim:schemas:core:2.0:Team";
const TOKEN = "urn:muster:params:scim:schemas:core:2.0:AccessToken";
const ROLES = ["organization-admin", "organization-billing-manager"];

/** What there is to write to; some of it is gone after a while. */
interface World {
  readonly users: readonly string[];
  readonly groups: readonly string[];
  readonly teams: readonly string[];
  readonly tokens: readonly string[];
}

type Step = (world: World) => BulkOperation;

const MISSING = "00000000-0000-7000-8000-000000000000";
const user = fc.nat(6);
const group = fc.nat(2);
const team = fc.nat(3);
const role = fc.constantFrom(...ROLES);
const at = (ids: readonly string[], index: number) => ids[index] ?? MISSING;
const membersOf = (world: World, who: readonly number[]) =>
  who.map((each) => ({ value: at(world.users, each) }));
const some = fc.uniqueArray(user, { maxLength: 4 });

const patched = (path: string, ...operations: readonly object[]): BulkOperation => ({
  ...{ method: "PATCH", path, data: patchData(...operations) },
});

const steps: fc.Arbitrary<Step> = fc.oneof(
  user.map((who): Step => (world) => ({ method: "DELETE", path: `/Users/${at(world.users, who)}` })),
  fc.tuple(user, fc.boolean()).map(
    ([who, value]): Step =>
      (world) =>
        patched(`/Users/${at(world.users, who)}`, { op: "replace", path: "active", value }),
  ),
  fc.tuple(user, fc.uniqueArray(role)).map(
    ([who, roles]): Step =>
      (world) =>
        patched(`/Users/${at(world.users, who)}`, {
          ...{ op: "replace", path: "roles", value: roles.map((value) => ({ value, type: "direct" })) },
        }),
  ),
  fc.tuple(group, some).map(
    ([where, who]): Step =>
      (world) =>
        patched(`/Groups/${at(world.groups, where)}`, {
          op: "add",
          path: "members",
          value: membersOf(world, who),
        }),
  ),
  fc.tuple(group, user).map(
    ([where, who]): Step =>
      (world) =>
        patched(`/Groups/${at(world.groups, where)}`, {
          ...{ op: "remove", path: `members[value eq "${at(world.users, who)}"]` },
        }),
  ),
  group.map(
    (where): Step =>
      (world) =>
        patched(`/Groups/${at(world.groups, where)}`, { op: "remove", path: "members" }),
  ),
  fc.tuple(group, some).map(([where, who]): Step => (world) => ({
    ...{ method: "PUT", path: `/Groups/${at(world.groups, where)}` },
    data: { schemas: [CORE_GROUP], displayName: unique("Group"), members: membersOf(world, who) },
  })),
  group.map((where): Step => (world) => ({ method: "DELETE", path: `/Groups/${at(world.groups, where)}` })),
  fc.tuple(team, some).map(
    ([where, who]): Step =>
      (world) =>
        patched(`/Teams/${at(world.teams, where)}`, {
          op: "replace",
          path: "members",
          value: membersOf(world, who),
        }),
  ),
  fc.tuple(team, fc.uniqueArray(role)).map(
    ([where, roles]): Step =>
      (world) =>
        patched(`/Teams/${at(world.teams, where)}`, {
          ...{ op: "replace", path: "roles", value: roles.map((value) => ({ value })) },
        }),
  ),
  team.map((where): Step => (world) => ({ method: "DELETE", path: `/Teams/${at(world.teams, where)}` })),
  fc.nat(3).map((which): Step => (world) => ({
    ...{ method: "DELETE", path: `/AccessTokens/${at(world.tokens, which)}` },
  })),
  user.map((): Step => () => ({
    ...{ method: "POST", path: "/Users", bulkId: unique("user") },
    data: { schemas: [CORE_USER], userName: `${unique("new")}@example.com` },
  })),
);

interface Held {
  readonly memberships: ReadonlySet<string>;
  readonly teams: ReadonlySet<string>;
  readonly roles: ReadonlySet<string>;
  readonly accounts: ReadonlySet<string>;
  readonly tokens: ReadonlySet<string>;
  readonly administered: ReadonlySet<string>;
  readonly emptyOnes: ReadonlySet<string>;
  readonly organizations: ReadonlySet<string>;
}

/** What everybody has, read from the tables without any of the statements that dry runs compare with. */
function heldOn(server: ServerInProcess): Promise<Held> {
  return server.database(async (session) => {
    const rows = (table: string) => session.rows<Record<string, string>>(`select * from muster_${table}`);
    const accounts = await rows("accounts");
    const memberships = await rows("memberships");
    const seats = await rows("team_memberships");
    const teams = new Map((await rows("teams")).map((row) => [row.id, row]));
    const organizations = await rows("organizations");
    const tokens = (await rows("access_tokens")).filter((row) => typeof row.revoked_at !== "string");
    const known = (roles = "[]") =>
      (JSON.parse(roles) as { value: string }[])
        .map(({ value }) => value)
        .filter((value) => ROLES.includes(value));
    const inOrganizations = [
      ...memberships.map((row) => ({ row, roles: known(row.roles) })),
      ...seats.map((row) => ({ row, roles: known(teams.get(row.team_id)?.roles) })),
    ].flatMap(({ row, roles }) => roles.map((each) => `${row.organization_id} ${row.account_id} ${each}`));
    const active = new Set(
      memberships
        .filter(
          (row) =>
            Boolean(row.active) &&
            accounts.some(({ id, active: isActive }) => id === row.account_id && Boolean(isActive)),
        )
        .map((row) => `${row.organization_id} ${row.account_id}`),
    );
    const administrators = inOrganizations.filter(
      (key) => key.endsWith(" organization-admin") && active.has(key.split(" ").slice(0, 2).join(" ")),
    );
    const teamRoles = seats
      .filter((row) => typeof row.role === "string")
      .map((row) => `${row.team_id} ${row.account_id}`);
    return {
      memberships: new Set(memberships.map((row) => `${row.organization_id} ${row.account_id}`)),
      teams: new Set(seats.map((row) => `${row.team_id} ${row.account_id}`)),
      roles: new Set([...inOrganizations, ...teamRoles]),
      accounts: new Set(accounts.map(({ id = "" }) => id)),
      tokens: new Set(tokens.map(({ id = "" }) => id)),
      administered: new Set(administrators.map((key) => key.split(" ")[0] ?? "")),
      emptyOnes: new Set(
        organizations
          .map(({ id = "" }) => id)
          .filter((id) => memberships.every((row) => row.organization_id !== id)),
      ),
      organizations: new Set(organizations.map(({ id = "" }) => id)),
    };
  });
}

const gone = (before: ReadonlySet<string>, after: ReadonlySet<string>) =>
  [...before].filter((key) => !after.has(key));

/** What came of the Bulk, in the words of a dry run. */
function effectsOf(before: Held, after: Held, events: readonly Body[]): unknown {
  const keys = (action: string) =>
    new Set(
      events
        .filter((event) => event.action === action)
        .map(({ target }) => JSON.stringify([(target as Body).type, (target as { value?: string }).value])),
    );
  const [created, changed, deleted] = [keys("create"), keys("change"), keys("delete")];
  const among = (some: ReadonlySet<string>, ...others: ReadonlySet<string>[]) =>
    [...some].filter((key) => others.every((other) => !other.has(key))).length;
  return {
    ...Object.fromEntries(
      (["memberships", "teams", "roles", "accounts", "tokens"] as const).map((name) => [
        name,
        gone(before[name], after[name]).length,
      ]),
    ),
    created: among(created, deleted),
    changed: among(changed, created, deleted),
    lastAdministratorOf: gone(before.administered, after.administered)
      .filter((id) => after.organizations.has(id))
      .sort(),
    emptied: gone(after.emptyOnes, before.emptyOnes)
      .filter((id) => before.organizations.has(id))
      .sort(),
  };
}

const named = ({ lastAdministratorOf, emptied, ...numbers }: DryEffects) => ({
  ...numbers,
  lastAdministratorOf: lastAdministratorOf.map(({ value = "" }) => value).sort(),
  emptied: emptied.map(({ value = "" }) => value).sort(),
});

describeServer("A dry run of any Bulk", (scim, server) => {
  async function createWorld(): Promise<World & { readonly organization: string }> {
    const users = await Promise.all(Array.from({ length: 6 }, () => createUser(scim)));
    const groups = [await createGroup(scim, users.slice(0, 4)), await createGroup(scim, users.slice(2))];
    const teams: string[] = [];
    const tokens: string[] = [];
    for (const { id, members = [] } of groups) {
      const own = await clientWith(server(), { organization: id });
      for (const roles of [[], [{ value: ROLES[0] }]]) {
        const body = {
          ...{ schemas: [TEAM], displayName: unique("Team"), roles },
          members: members
            .slice(0, 3)
            .map(({ value }, index) => ({ value, ...(index === 0 && { role: "team-admin" }) })),
        };
        teams.push(expectStatus(await own.post("/Teams", body), 201).id);
      }
      tokens.push(expectStatus(await own.post("/AccessTokens", { schemas: [TOKEN], name: "one" }), 201).id);
      const path = `${MEMBERSHIP}:organizationRoles`;
      const value = [{ value: ROLES[1], organization: id }];
      expectStatus(await scim.patch(`/Users/${members[1]?.value ?? ""}`, { op: "add", path, value }), 200);
    }
    const ids = (bodies: readonly Body[]) => bodies.map(({ id }) => id);
    return { users: ids(users), groups: ids(groups), teams, tokens, organization: groups[0]?.id ?? "" };
  }

  const realms: [where: string, organizationOf: (world: { organization: string }) => string | undefined][] = [
    ["the provider's realm", () => undefined],
    ["an organization's realm", ({ organization }) => organization],
  ];
  for (const [where, organizationOf] of realms) {
    it(`says what then comes of it, in ${where}`, async function () {
      this.timeout(300_000);
      const sequences = fc.array(steps, { minLength: 1, maxLength: 5 });
      const check = fc.asyncProperty(sequences, async (sequence) => {
        const world = await createWorld();
        const client: ScimClient = await clientWith(server(), { organization: organizationOf(world) });
        const operations = sequence.map((step) => step(world));
        const dry = await dryBulk(client, operations);
        const before = await heldOn(server());
        const outcomes = await sendBulk(client, operations);
        const after = await heldOn(server());
        expect(
          dry.operations.map(({ status }) => status),
          JSON.stringify(operations),
        ).to.deep.equal(outcomes.map(({ status }) => status));
        // The token of this round is the newest.
        const [token] = expectList(
          await scim.get("/AccessTokens?sortBy=id&sortOrder=descending&count=1"),
        ).slice(0, 1);
        const filter = `token.value eq "${token?.id ?? ""}" and result ne "refused"`;
        const events = expectList(await scim.find("/AuditEvents", filter, "&count=1000"));
        expect(named(dry.effects), JSON.stringify([operations, outcomes])).to.deep.equal(
          effectsOf(before, after, events),
        );
      });
      await fc.assert(check, { numRuns: ROUNDS });
    });
  }
});
