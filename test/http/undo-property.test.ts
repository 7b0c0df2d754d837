import { expect } from "chai";
import fc from "fast-check";
import type { Body, ScimClient } from "../support/client.js";
import { runs } from "../support/deep.js";
import { forEachEngine } from "../support/engines.js";
import { createGroup, createUser, MEMBERSHIP, omit, unique } from "../support/factories.js";
import { clientWith } from "../support/realms.js";
import { startServer } from "../support/server.js";
import type { ServerInProcess } from "../support/server.js";

const ROUNDS = runs(3, 40);

const REMOVALS = [
  ...["member", "members", "account", "inactive account", "team", "organization", "seat"],
  ...["own person", "own inactive person", "own team", "own seat"],
] as const;

const steps = fc.array(
  fc.record({ removal: fc.constantFrom(...REMOVALS), organization: fc.nat(1), target: fc.nat(9) }),
  { minLength: 1, maxLength: 12 },
);

interface Step {
  readonly removal: (typeof REMOVALS)[number];
  readonly organization: number;
  readonly target: number;
}

const at = <T>(items: readonly T[], number: number): T | undefined => items[number % (items.length || 1)];

/** Two organizations with people of the provider and of their own, and teams. */
class Directory {
  readonly organizations: Body[] = [];
  readonly people: Body[] = [];
  readonly teams: Body[] = [];

  constructor(
    private readonly server: ServerInProcess,
    private readonly provider: ScimClient,
  ) {}

  async fill(): Promise<void> {
    const shared = [await createUser(this.provider), await createUser(this.provider, { displayName: "Kim" })];
    this.people.push(...shared);
    for (const externalId of ["one", "two"]) {
      const organization = await createGroup(this.provider, shared, { externalId: unique(externalId) });
      const own = await this.own(organization);
      const mine: Body[] = [];
      for (const roles of [[], [{ value: "organization-admin" }]]) {
        const emails = [{ value: `${unique("mail")}@example.com`, type: "work" }];
        const name = { familyName: "Lovelace" };
        const user = { userName: `${unique("p")}@example.com`, externalId: unique("e"), roles, emails, name };
        mine.push((await own.post("/Users", user)).body);
      }
      const members = [...mine, ...shared.slice(0, 1)].map(({ id }, number) => ({
        value: id,
        ...(number === 0 && { role: "team-manager" }),
      }));
      for (const roles of [[], [{ value: "organization-billing-manager" }]]) {
        const team = { displayName: unique("Team"), externalId: unique("t"), roles, members };
        this.teams.push((await own.post("/Teams", team)).body);
      }
      this.organizations.push(organization);
      this.people.push(...mine);
    }
  }

  own(organization: Body): Promise<ScimClient> {
    return clientWith(this.server, { organization: organization.id });
  }

  /** All that clients see, but versions, times and the source of memberships. */
  async seen(): Promise<unknown> {
    const clients = [this.provider];
    for (const organization of this.organizations) {
      if ((await this.provider.get(`/Groups/${organization.id}`)).status === 200)
        clients.push(await this.own(organization));
    }
    const paths = [
      ...this.people.map(({ id }) => `/Users/${id}`),
      ...this.organizations.map(({ id }) => `/Groups/${id}`),
      ...this.teams.map(({ id }) => `/Teams/${id}`),
    ];
    const seen: unknown[] = [];
    for (const client of clients) {
      for (const path of paths) {
        const { status, body } = await client.get(path);
        const { roles = [], ...others } = omit(body, "meta", "detail") as { roles?: unknown[] };
        const extension = body[MEMBERSHIP] as { memberships?: unknown } | undefined;
        seen.push({
          path,
          status,
          ...others,
          roles,
          ...(extension && { [MEMBERSHIP]: omit(extension, "memberships") }),
        });
      }
      seen.push((await client.get("/Users?count=0")).body.totalResults);
    }
    return seen;
  }
}

/** Removes something, if it is there. */
async function take(directory: Directory, provider: ScimClient, own: ScimClient, step: Step): Promise<void> {
  const { removal, target } = step;
  const organization = at(directory.organizations, step.organization);
  const person = at(directory.people, target);
  const team = at(directory.teams, target);
  if (!organization || !person || !team) return;
  const client = removal.startsWith("own ") ? own : provider;
  const isThere = async (path: string) => (await client.get(path)).status === 200;
  const deactivation = { op: "replace", path: "active", value: false } as const;
  const removeMember = { op: "remove", path: `members[value eq "${person.id}"]` } as const;
  switch (removal.replace("own ", "")) {
    case "member":
      if ((await own.get(`/Users/${person.id}`)).status !== 200) return;
      await client.patch(`/Groups/${organization.id}`, removeMember);
      return;
    case "members": {
      const { status, body } = await client.get(`/Groups/${organization.id}`);
      if (status === 200) await client.put(`/Groups/${organization.id}`, { ...body, members: [] });
      return;
    }
    case "account":
    case "person":
      if (await isThere(`/Users/${person.id}`)) await client.delete(`/Users/${person.id}`);
      return;
    case "inactive account":
    case "inactive person": {
      const { body } = await client.get(`/Users/${person.id}`);
      if (body.active) await client.patch(`/Users/${person.id}`, deactivation);
      return;
    }
    case "team":
      if (await isThere(`/Teams/${team.id}`)) await client.delete(`/Teams/${team.id}`);
      return;
    case "seat": {
      const { body } = await client.get(`/Teams/${team.id}`);
      // Who is removed again by another actor would not come back.
      const isMember = body.members?.some(({ value }) => value === person.id);
      if (isMember) await client.patch(`/Teams/${team.id}`, removeMember);
      return;
    }
    case "organization":
      if (await isThere(`/Groups/${organization.id}`)) await client.delete(`/Groups/${organization.id}`);
  }
}

/** @returns how much could not come back */
async function undoAll(client: ScimClient): Promise<number> {
  const { body } = await client.get("/Removals");
  let failed = 0;
  for (const { id } of body.Resources) {
    const answer = await client.post(`/Removals/${id}/undo`, {});
    expect(answer.status, answer.text).to.equal(200);
    failed += answer.body.failed as number;
  }
  return failed;
}

describe("Whatever is removed, and then undone,", () => {
  forEachEngine((engine) => {
    let server: ServerInProcess;
    before(async () => {
      server = await startServer(engine);
    });
    after(() => server.stop());

    it("everything is as it was before, but for versions, times and sources", async function () {
      this.timeout(300_000);
      await fc.assert(
        fc.asyncProperty(steps, async (removals) => {
          const provider = await clientWith(server, {});
          const directory = new Directory(server, server.scim);
          await directory.fill();
          const before = await directory.seen();
          const tokens = await Promise.all(directory.organizations.map((each) => directory.own(each)));
          for (const step of removals) {
            const own = at(tokens, step.organization);
            if (own) await take(directory, provider, own, step);
          }
          // One may need what another brings back, and is asked for again then.
          let failed = 0;
          for (let round = 0; round < 2; round += 1) {
            failed = await undoAll(provider);
            for (const each of directory.organizations) failed += await undoAll(await directory.own(each));
          }
          expect(failed).to.equal(0);
          expect(await directory.seen()).to.deep.equal(before);
        }),
        { numRuns: ROUNDS },
      );
    });
  });
});
