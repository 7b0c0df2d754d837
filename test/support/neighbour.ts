import { expect } from "chai";
import { expectError, expectList, expectStatus, read } from "./assertions.js";
import type { Body, ScimClient } from "./client.js";
import { CORE_GROUP, CORE_USER, createGroup, ORGANIZATION } from "./factories.js";
import { dumpOf } from "./dump.js";
import { clientWith } from "./realms.js";
import type { ServerInProcess } from "./server.js";

/**
 * An organization that has some of the people of another one, under names and addresses of its own, and does nothing while
 * the other one is provisioned.
 */
export class Neighbour {
  #before = "";

  private constructor(
    readonly scim: ScimClient,
    /** Its own record of each person, by the person's name at the other organization. */
    readonly people: ReadonlyMap<string, Body>,
  ) {}

  /**
   * @param scim the provider's
   * @param shared names at the other organization, of people that both have. Some are known to the provider, and the
   *   neighbour adds them by id; some are the neighbour's own
   */
  static async settle(
    scim: ScimClient,
    server: ServerInProcess,
    shared: readonly string[],
  ): Promise<Neighbour> {
    const organization = await createGroup(scim, [], { displayName: "Globex" });
    const own = await clientWith(server, { organization: organization.id });
    const people = new Map<string, Body>();
    for (const [index, userName] of shared.entries()) {
      const isProviders = index % 2 === 0;
      const user = isProviders
        ? await addById(scim, own, organization, userName)
        : expectStatus(await own.post("/Users", recordOf(userName, userName)), 201);
      const record = recordOf(isProviders ? `globex-${index}` : userName, `known-${index}@globex.example`);
      people.set(userName, expectStatus(await own.put(`/Users/${user.id}`, record), 200));
    }
    const jdoe = expectStatus(await own.post("/Users", recordOf("jdoe", "jdoe@globex.example")), 201);
    people.set("jdoe", jdoe);
    const members = [...people.values()].map(({ id }) => ({ value: id }));
    for (const [displayName, roles] of [
      ["Engineering", []],
      ["Finance", [{ value: "organization-billing-manager" }]],
    ] as const) {
      const team = { schemas: [CORE_GROUP], displayName, members, externalId: `globex-${displayName}` };
      expectStatus(await own.post("/Groups", { ...team, [ORGANIZATION]: { roles } }), 201);
    }
    const neighbour = new Neighbour(own, people);
    await neighbour.remember();
    return neighbour;
  }

  /** Takes what it reads now for what must stay. */
  async remember(): Promise<void> {
    this.#before = await dumpOf(this.scim);
  }

  /** Nothing that it reads has changed by a byte. */
  async expectUnchanged(): Promise<void> {
    const now = await dumpOf(this.scim);
    // Not `equal` alone, which would print all of it.
    const [before, after] = [this.#before, now].map((text) => text.split("\n"));
    const index = after?.findIndex((line, at) => line !== before?.[at]) ?? -1;
    if (index >= 0) expect(after?.[index]).to.equal(before?.[index]);
    expect(now === this.#before).to.equal(true);
  }

  /** What the other organization has does not exist here. */
  async expectToSeeNothingOf(users: readonly Body[], groups: readonly Body[]): Promise<void> {
    await this.expectUnchanged();
    const own = new Set([...this.people.values()].map(({ id }) => id));
    for (const { id } of users.filter((user) => !own.has(user.id))) {
      expectError(await this.scim.get(`/Users/${id}`), { status: 404 });
    }
    for (const { id, displayName = "" } of groups) {
      for (const path of [`/Groups/${id}`, `/Teams/${id}`]) {
        expectError(await this.scim.get(path), { status: 404 });
      }
      expectList(await this.scim.find("/Users", `groups.value eq "${id}"`), 0);
      const found = expectList(await this.scim.find("/Groups", `displayName eq "${displayName}"`));
      expect(found.map((group) => group.id)).not.to.include(id);
    }
    // Its own audit log has what it was refused here.
    await this.remember();
  }
}

const recordOf = (userName: string, address: string) => ({
  schemas: [CORE_USER],
  userName,
  externalId: `globex-${userName}`,
  displayName: `Globex's ${userName}`,
  name: { givenName: "Glo", familyName: "Bex" },
  title: "Contractor",
  emails: [{ value: address, type: "work", primary: true }],
  active: true,
});

async function addById(
  scim: ScimClient,
  own: ScimClient,
  organization: Body,
  userName: string,
): Promise<Body> {
  const account = {
    schemas: [CORE_USER],
    userName,
    displayName: `The provider's ${userName}`,
    emails: [{ value: userName, type: "work", primary: true }],
  };
  const { id } = expectStatus(await scim.post("/Users", account), 201);
  const add = { op: "add", path: "members", value: [{ value: id }] };
  expectStatus(await own.patch(`/Groups/${organization.id}`, add), 200, 204);
  return read(own, `/Users/${id}`);
}
