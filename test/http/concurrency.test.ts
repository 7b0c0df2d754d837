import { expect } from "chai";
import { expectError, expectStatus, read, memberCount } from "../support/assertions.js";
import type { Body, ScimClient } from "../support/client.js";
import { CORE_USER, createGroup, createUser, createUsers, unique } from "../support/factories.js";
import { describeServer, startProcess } from "../support/server.js";
import type { TestServer } from "../support/server.js";

const CLIENTS = 8;
const GROUP_SIZE = 5000;

describeServer("At the same moment", function (scim, server) {
  let other: TestServer;
  let group: Body;

  before("a large group, and a second process on the same database", async function () {
    this.timeout(300_000);
    other = await startProcess(server().databaseUrl);
    group = await createGroup(scim, await createUsers(scim, GROUP_SIZE));
  });

  after(() => other.stop());

  const memberIds = async () => {
    const { members = [] } = await read(scim, `/Groups/${group.id}`);
    expect(await memberCount(scim, group.id)).to.equal(members.length);
    return members.map(({ value }) => value);
  };

  /** Each client speaks to one of the servers, in turn. */
  const clients = (servers: readonly ScimClient[]) =>
    Array.from({ length: CLIENTS }, (_, index) => servers[index % servers.length]!);

  const setUps: [where: string, servers: () => ScimClient[]][] = [
    ["to one process", () => [scim]],
    ["to two processes", () => [scim, other.scim]],
  ];
  for (const [where, servers] of setUps) {
    describe(`${CLIENTS} clients ${where}`, function () {
      this.timeout(60_000);

      it(`add ${CLIENTS} members to a group of ${GROUP_SIZE}, and remove them, and none is lost`, async () => {
        const before = await memberIds();
        const users = await createUsers(scim, CLIENTS);
        const pairs = clients(servers()).map((client, index) => [client, users[index]!.id] as const);
        const added = await Promise.all(
          pairs.map(([client, id]) =>
            client.patch(`/Groups/${group.id}`, { op: "add", path: "members", value: [{ value: id }] }),
          ),
        );
        for (const answer of added) expectStatus(answer, 204);
        expect(await memberIds()).to.have.members([...before, ...users.map(({ id }) => id)]);
        const removed = await Promise.all(
          pairs.map(([client, id]) =>
            client.patch(`/Groups/${group.id}`, { op: "remove", path: `members[value eq "${id}"]` }),
          ),
        );
        for (const answer of removed) expectStatus(answer, 204);
        expect(await memberIds()).to.have.members(before);
      });

      it("add the same member, who is there once", async () => {
        const empty = await createGroup(scim);
        const { id } = await createUser(scim);
        const operation = { op: "add", path: "members", value: [{ value: id }] };
        const answers = clients(servers()).map((client) => client.patch(`/Groups/${empty.id}`, operation));
        for (const answer of await Promise.all(answers)) expectStatus(answer, 204);
        const { members } = await read(scim, `/Groups/${empty.id}`);
        expect(members).to.have.length(1);
        expect(await memberCount(scim, empty.id)).to.equal(1);
      });

      it("create a user of the same name: one does, the others learn that it is taken", async () => {
        const names = [unique("Same"), unique("Same").toUpperCase()];
        for (const userName of names) {
          const creations = clients(servers()).map((client, index) =>
            client.post("/Users", {
              schemas: [CORE_USER],
              userName: index % 2 === 0 ? userName : userName.toLowerCase(),
            }),
          );
          const answers = await Promise.all(creations);
          const [created, ...refused] = answers.sort((one, two) => one.status - two.status);
          expect(created?.status).to.equal(201);
          for (const answer of refused) expectError(answer, { status: 409, scimType: "uniqueness" });
        }
      });

      it("change different attributes of one user, and every change stays", async () => {
        const names = ["title", "nickName", "displayName", "locale", "userType", "timezone", "externalId"];
        const { id } = await createUser(scim);
        const answers = clients(servers()).map((client, index) => {
          const path = names[index] ?? "name.givenName";
          return client.patch(`/Users/${id}`, { op: "replace", path, value: `${path} changed` });
        });
        for (const answer of await Promise.all(answers)) expectStatus(answer, 200);
        const user = await read(scim, `/Users/${id}`);
        for (const name of names) expect(user).to.have.property(name, `${name} changed`);
        expect(user.name).to.deep.equal({ givenName: "name.givenName changed" });
      });

      it("write on the same condition: one succeeds, the others learn that it no longer holds", async () => {
        const { id, meta } = await createUser(scim);
        const headers = { "if-match": meta.version };
        const answers = await Promise.all(
          clients(servers()).map((client, index) =>
            client.request("PUT", `/Users/${id}`, {
              headers,
              body: { schemas: [CORE_USER], userName: unique("put"), title: `${index}` },
            }),
          ),
        );
        const [written, ...refused] = answers.sort((one, two) => one.status - two.status);
        const kept = await read(scim, `/Users/${id}`);
        expect([written?.body.title, written?.body.meta.version]).to.deep.equal([
          kept.title,
          kept.meta.version,
        ]);
        for (const answer of refused) expectError(answer, { status: 412 });
      });

      it("add somebody who is being deleted: in the end there is no member without an account", async () => {
        const team = await createGroup(scim);
        const users = await createUsers(scim, CLIENTS);
        await Promise.all(
          clients(servers()).flatMap((client, index) => {
            const { id } = users[index]!;
            const operation = { op: "add", path: "members", value: [{ value: id }] };
            return [
              scim.delete(`/Users/${id}`).then((answer) => expectStatus(answer, 204)),
              client.patch(`/Groups/${team.id}`, operation).then((answer) => expectStatus(answer, 204, 400)),
            ];
          }),
        );
        const { members } = await read(scim, `/Groups/${team.id}`);
        expect(members).to.equal(undefined);
        expect(await memberCount(scim, team.id)).to.equal(0);
      });
    });
  }

  it("a second process sees at once what the first has written", async () => {
    const user = await createUser(scim);
    const { displayName = "" } = group;
    expect((await other.scim.get(`/Users/${user.id}`)).body.userName).to.equal(user.userName);
    expect(
      (await other.scim.find("/Groups", `displayName eq "${displayName}"`, "&excludedAttributes=members"))
        .body,
    ).to.include({ totalResults: 1 });
  });
});
