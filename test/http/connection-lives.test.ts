import { expect } from "chai";
import { randomUUID } from "node:crypto";
import { expectError, expectList, expectStatus, read } from "../support/assertions.js";
import { ScimClient } from "../support/client.js";
import type { Answer, Body } from "../support/client.js";
import { dumpOf } from "../support/dump.js";
import { createGroup, omit, ORGANIZATION, severalAtATime, unique } from "../support/factories.js";
import { entra, okta } from "../support/identity-providers.js";
import { Neighbour } from "../support/neighbour.js";
import { clientWith } from "../support/realms.js";
import { IS_DEEP } from "../support/deep.js";
import { describeServer } from "../support/server.js";
import type { ServerInProcess } from "../support/server.js";

const PEOPLE = 500;
const GROUPS = 20;

const nameOf = (index: number) => `person-${index}@corp.example`;
/** People whom the neighbour has, too. */
const SHARED = [0, 1, 2, 3, 4, 5, 26, 27, 101, 102].map(nameOf);

/**
 * Everything that an identity provider does with an organization's token, in order, beside an organization that has some of
 * its people and that nothing of it may reach.
 */
const lives = [
  [okta, "SQLite"],
  [entra, "PostgreSQL"],
] as const;
for (const [provider, usualEngine] of lives) {
  // One engine each is enough for every day; the deep run takes both.
  const engines = IS_DEEP ? undefined : [usualEngine];
  const define = (scim: ScimClient, server: () => ServerInProcess) => {
    let acme: Body;
    let own: ScimClient;
    let ownToken: Body;
    /** The identity provider's token is one that this one made. */
    let admin: ScimClient;
    let neighbour: Neighbour;
    const people: Body[] = [];
    const groups: Body[] = [];

    const find = (userName: string) => provider.find(own, "/Users", userName);
    const findGroup = (name: string) => provider.find(own, "/Groups", name);
    const post = async (userName: string, externalId?: string) =>
      expectStatus(await own.post("/Users", provider.personOf(userName, externalId)), 201);
    const person = (index: number) => people[index]!;
    const group = (index: number) => groups[index]!;
    const done = (answer: Answer) => expectStatus(answer, 200, 204);
    const readUser = ({ id }: Pick<Body, "id">) => read(own, `/Users/${id}`);
    const memberIds = async ({ id }: Pick<Body, "id">) =>
      ((await read(own, `/Groups/${id}`)).members ?? []).map(({ value }) => value);

    const rolesOf = async (user: Body) => (await readUser(user)).roles ?? [];

    before(async () => {
      neighbour = await Neighbour.settle(scim, server(), SHARED);
      acme = await createGroup(scim, [], { displayName: "Acme" });
      admin = await clientWith(server(), { organization: acme.id });
      expectStatus(await admin.post("/Teams", { displayName: "Founders" }), 201);
      ownToken = expectStatus(await admin.post("/AccessTokens", { name: provider.name }), 201);
      own = new ScimClient(() => ({ url: scim.url, token: String(ownToken.token) }));
    });

    afterEach(() => neighbour.expectUnchanged());

    it("tests the connection: no users, and of groups only those that can be pushed", async () => {
      expectList(await find(randomUUID()), 0);
      expectList(await own.get("/Users?startIndex=1&count=2"), 0);
      const [team] = expectList(await own.get("/Groups?startIndex=1&count=100"), 1);
      expect(team).to.include({ displayName: "Founders" });
    });

    it("pushes 500 people, each as the organization has them", async function () {
      this.timeout(300_000);
      const names = Array.from({ length: PEOPLE }, (_, index) => nameOf(index));
      const made = await severalAtATime(names, async (userName) => {
        expectList(await find(userName), 0);
        return post(userName);
      });
      people.push(...made);
      for (const user of people) {
        const sent = provider.personOf(user.userName);
        expect(user).to.deep.include(omit(sent, "schemas", "groups", "password", "meta", "roles"));
        expect(user).to.not.have.any.keys("title", "groups", "password", "roles");
      }
      expectList(await own.get("/Users?count=0"), PEOPLE);
      const theirs = SHARED.map((name) => neighbour.people.get(name)?.id);
      const same = people.filter(({ id }) => theirs.includes(id)).map(({ userName }) => userName);
      expect(same).to.have.members(SHARED);
    });

    it("keeps a person apart who has the same name, which is no address", async () => {
      const jdoe = await post("jdoe");
      expect(jdoe.userName).to.equal("jdoe");
      expect(jdoe.id).not.to.equal(neighbour.people.get("jdoe")?.id);
      expectStatus(await own.delete(`/Users/${jdoe.id}`), 204);
    });

    it("pushes 20 groups with their members", async function () {
      this.timeout(300_000);
      const size = PEOPLE / GROUPS;
      for (let index = 0; index < GROUPS; index++) {
        const displayName = index === 0 ? "Engineering" : `Group ${index}`;
        expectList(await findGroup(displayName), 0);
        const members = people.slice(index * size, (index + 1) * size);
        groups.push(await provider.createGroup(own, displayName, members));
        expect(await memberIds(group(index))).to.have.members(members.map(({ id }) => id));
      }
      expect((await readUser(person(0))).groups).to.deep.equal([
        { value: group(0).id, $ref: group(0).meta.location, display: "Engineering", type: "direct" },
      ]);
      expectList(await own.find("/Groups", `id eq "${group(0).id}" and members eq "${person(0).id}"`), 1);
      await neighbour.expectToSeeNothingOf(people.slice(0, 30), groups);
    });

    it("links a group that is there, and fills it", async () => {
      const [founders] = expectList(await findGroup("Founders"), 1) as [Body];
      done(await provider.setMembers(own, founders.id, [person(0), person(1)]));
      expect(await memberIds(founders)).to.have.members([person(0).id, person(1).id]);
      expectList(await own.get("/Users?count=0"), PEOPLE);
    });

    it("renames people, shared ones too", async () => {
      for (const index of [1, 26, 300]) {
        const userName = `renamed-${index}@corp.example`;
        done(await provider.renameUser(own, person(index), userName));
        const user = await readUser(person(index));
        const { name, emails } = provider.personOf(userName);
        expect(user).to.deep.include({ id: person(index).id, userName, name, emails });
        people[index] = user;
        expectList(await find(nameOf(index)), 0);
        expect(expectList(await find(userName), 1)[0]).to.deep.equal(user);
      }
    });

    it("renames a group, and moves people from one to another", async () => {
      const [from, to, moved] = [group(1), group(2), person(25)];
      done(await provider.renameGroup(own, from, "Platform"));
      expect(await read(own, `/Groups/${from.id}`)).to.include({ displayName: "Platform" });
      done(await provider.removeMember(own, from.id, moved));
      done(await provider.addMembers(own, to.id, [moved]));
      expect(await memberIds(from)).to.not.include(moved.id);
      expect(await memberIds(to)).to.include(moved.id);
    });

    it("gives a role by a group, to those who join it and as long as they are in it", async () => {
      const [admins, joiner, member] = [group(3), person(400), person(80)];
      const byTeam = { value: "organization-admin", type: "team" };
      const give = { op: "add", path: `${ORGANIZATION}:roles`, value: [{ value: byTeam.value }] };
      done(await admin.patch(`/Groups/${admins.id}`, give));
      expect(await rolesOf(member)).to.deep.equal([byTeam]);
      const personal = await clientWith(server(), { organization: acme.id, userName: joiner.userName });
      expect(await read(personal, "/Realm")).to.include({ readOnly: true });
      done(await provider.addMembers(own, admins.id, [joiner]));
      expect(await read(personal, "/Realm")).to.include({ readOnly: false });
      expectStatus(await personal.get("/Users?count=1"), 200);
      // Sent back as it was read, a role by a team turns into no other.
      expectStatus(await own.put(`/Users/${joiner.id}`, await readUser(joiner)), 200);
      expect(await rolesOf(joiner)).to.deep.equal([byTeam]);
      done(await provider.removeMember(own, admins.id, joiner));
      expect(await rolesOf(joiner)).to.deep.equal([]);
      expectError(await personal.get("/Users?count=1"), { status: 403 });
    });

    it("deactivates leavers, shared or not, and takes them out of their groups", async () => {
      for (const leaver of [person(2), person(350)]) {
        done(await provider.setActive(own, leaver, false));
        const [found] = expectList(await find(leaver.userName), 1);
        expect(found).to.include({ id: leaver.id, active: false });
        for (const { value } of found?.groups ?? []) {
          done(await provider.removeMember(own, value, leaver));
        }
        expect(await readUser(leaver)).to.not.have.property("groups");
      }
    });

    it("gets a person back whom it hires again: activated, posted again, and after a removal", async () => {
      const [first, second, third] = [person(2), person(350), person(27)];
      done(await provider.setActive(own, first, true));
      expect(await readUser(first)).to.include({ active: true, displayName: first.displayName });
      expect(await post(second.userName)).to.include({ id: second.id, active: true });
      expectStatus(await own.delete(`/Users/${third.id}`), 204);
      expectError(await own.get(`/Users/${third.id}`), { status: 404 });
      expectList(await find(third.userName), 0);
      expect(await post(third.userName)).to.include({ id: third.id, active: true });
      const again = await own.post("/Users", provider.personOf(third.userName));
      expectError(again, { status: 409, scimType: "uniqueness" });
    });

    it("gives a leaver's name to a newcomer, who is another person", async () => {
      const leaver = person(360);
      const { userName } = leaver;
      // Entra ID renames whom it deletes, with 32 hexadecimal digits before the old name, and deletes them later.
      done(await provider.renameUser(own, leaver, `${randomUUID().replaceAll("-", "")}${userName}`));
      done(await provider.setActive(own, leaver, false));
      const newcomer = await post(userName, unique("newcomer"));
      expect(newcomer.id).not.to.equal(leaver.id);
      expect(newcomer).to.include({ userName, active: true }).and.not.have.property("groups");
      expectStatus(await own.delete(`/Users/${leaver.id}`), 204);
      expect(await readUser(newcomer)).to.deep.equal(newcomer);
      expect(expectList(await find(userName), 1)[0]).to.deep.equal(newcomer);
    });

    it("deletes a group, and its people stay", async () => {
      const [member] = await memberIds(group(4));
      expectStatus(await own.delete(`/Groups/${group(4).id}`), 204);
      expectError(await own.get(`/Groups/${group(4).id}`), { status: 404 });
      const user = await read(own, `/Users/${member}`);
      expect(user).to.include({ active: true }).and.not.have.property("groups");
      expectList(await own.get("/Users?count=0"), PEOPLE);
    });

    it("is disconnected: its token ends, and the organization stays as it was", async () => {
      const users = await admin.get("/Users?count=1000");
      expectStatus(await admin.delete(`/AccessTokens/${ownToken.id}`), 204);
      expectError(await own.get("/Users"), { status: 401 });
      expect((await admin.get("/Users?count=1000")).text === users.text).to.equal(true);
      expectList(users, PEOPLE);
    });

    it("sees nothing of what the neighbour writes of people whom both have", async function () {
      this.timeout(300_000);
      const before = await dumpOf(admin);
      for (const userName of SHARED.slice(0, 4)) {
        const { id } = neighbour.people.get(userName)!;
        const operations = [
          { op: "replace", path: "displayName", value: "Changed by Globex" },
          { op: "replace", path: "userName", value: `changed-${id}@globex.example` },
          { op: "replace", path: "active", value: false },
        ];
        const changed = expectStatus(await neighbour.scim.patch(`/Users/${id}`, ...operations), 200);
        expect(changed).to.include({ displayName: "Changed by Globex", active: false });
        expectStatus(await neighbour.scim.delete(`/Users/${id}`), 204);
      }
      expect((await dumpOf(admin)) === before, "what Acme reads stays").to.equal(true);
      await neighbour.remember();
    });
  };
  describeServer(
    `The life of a connection of ${provider.name} to one organization`,
    define,
    {},
    undefined,
    engines,
  );
}
