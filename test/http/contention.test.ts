import { expect } from "chai";
import { expectError, expectStatus, memberCount, read } from "../support/assertions.js";
import type { Answer, Body, ScimClient } from "../support/client.js";
import { expectConsistent } from "../support/consistency.js";
import { forEachEngine } from "../support/engines.js";
import { CORE_USER, createGroup, createUser, unique } from "../support/factories.js";
import { act } from "../support/links.js";
import { linkIn, MailServer } from "../support/mail.js";
import { startProcess } from "../support/server.js";
import type { TestServer } from "../support/server.js";

const CLIENTS = 50;

/** How often each client tries. */
const TRIES = 4;

const PEOPLE = 5;
const NAMES = 10;
const INVITED = 12;
const QUOTA = 3;
const GUEST = { givenName: "Ann", familyName: "Lee", password: "correct horse battery staple 9" };

describe(`${CLIENTS} clients of two processes, at the same people, groups, names and invitations`, () => {
  forEachEngine((engine) => {
    const mailbox = new MailServer();
    let servers: TestServer[] = [];
    let databaseUrl = "";

    before(async function () {
      this.timeout(120_000);
      databaseUrl = await engine.migratedDatabaseUrl();
      const SMTP_URL = await mailbox.start();
      const start = () => startProcess(databaseUrl, "TERM", { SMTP_URL });
      servers = await Promise.all([start(), start()]);
    });

    after(async () => {
      await Promise.all(servers.map((server) => server.stop()));
      await mailbox.stop();
    });

    const scimOf = (client: number): ScimClient => servers[client % servers.length]!.scim;
    /** What each client does, all at the same time. */
    const each = <T>(work: (scim: ScimClient, client: number) => Promise<T>): Promise<T[]> =>
      Promise.all(Array.from({ length: CLIENTS }, (_, client) => work(scimOf(client), client)));
    const times = <T>(work: (index: number) => Promise<T>, count: number): Promise<T[]> =>
      Promise.all(Array.from({ length: count }, (_, index) => work(index)));

    it("lose nothing, make nothing twice, and get no error that is not theirs", async function () {
      this.timeout(240_000);
      await Promise.all([onOneVersion(), inTheSameGroups(), underOneName(), byOneInvitation()]);
      await expectConsistent(databaseUrl);
    });

    async function onOneVersion() {
      const people = await times(() => createUser(scimOf(0)), PEOPLE);
      const successes = new Map(people.map(({ id }) => [id, 0]));
      await each(async (scim, client) => {
        for (let attempt = 0; attempt < TRIES; attempt += 1) {
          const { id } = people[(client + attempt) % PEOPLE]!;
          const { meta } = await read(scim, `/Users/${id}`);
          const title = `${client}-${attempt}`;
          const answer = await conditional(scim, id, meta.version, title);
          if (answer.status !== 200) expectError(answer, { status: 412 });
          else successes.set(id, (successes.get(id) ?? 0) + 1);
        }
      });
      for (const { id } of people) {
        const { meta } = await read(scimOf(1), `/Users/${id}`);
        expect(meta.version, "as many versions as changes").to.equal(`W/"${1 + (successes.get(id) ?? 0)}"`);
      }
    }

    const conditional = (scim: ScimClient, id: string, version: string, title: string): Promise<Answer> =>
      scim.request("PATCH", `/Users/${id}`, {
        headers: { "if-match": version },
        body: {
          schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
          Operations: [{ op: "replace", path: "title", value: title }],
        },
      });

    async function inTheSameGroups() {
      const people = await times(() => createUser(scimOf(0)), PEOPLE);
      const groups = await times(() => createGroup(scimOf(0), []), 3);
      await each(async (scim, client) => {
        for (let attempt = 0; attempt < TRIES; attempt += 1) {
          const group = groups[(client + attempt) % groups.length]!;
          // In both orders, in which two could wait for each other.
          const ids = people.map(({ id }) => id);
          const value = (client % 2 === 0 ? ids : ids.reverse()).map((id) => ({ value: id }));
          const op = (client + attempt) % 3 === 0 ? "remove" : "add";
          expectStatus(await scim.patch(`/Groups/${group.id}`, { op, path: "members", value }), 204);
        }
      });
      for (const { id } of groups) {
        const { members = [] } = await read(scimOf(1), `/Groups/${id}`);
        expect([0, PEOPLE]).to.include(members.length);
        expect(await memberCount(scimOf(0), id)).to.equal(members.length);
      }
    }

    async function underOneName() {
      const names = Array.from({ length: NAMES }, () => unique("name"));
      const created = await each((scim, client) =>
        scim.post("/Users", { schemas: [CORE_USER], userName: names[client % NAMES] }),
      );
      expect(created.filter(({ status }) => status === 201)).to.have.lengthOf(NAMES);
      expectTaken(created.filter(({ status }) => status !== 201));

      const wanted = unique("wanted");
      const people: Body[] = await times((index) => createUser(scimOf(index)), CLIENTS);
      const renamed = await each((scim, client) =>
        scim.patch(`/Users/${people[client]?.id}`, { op: "replace", path: "userName", value: wanted }),
      );
      expect(renamed.filter(({ status }) => status === 200)).to.have.lengthOf(1);
      expectTaken(renamed.filter(({ status }) => status !== 200));
    }

    function expectTaken(refused: readonly Answer[]) {
      for (const answer of refused) expectError(answer, { status: 409, scimType: "uniqueness" });
    }

    async function byOneInvitation() {
      const group = await createGroup(scimOf(0), []);
      const emails = Array.from({ length: INVITED }, () => ({ value: `${unique("guest")}@example.com` }));
      const invitation = expectStatus(
        await scimOf(0).post("/Invitations", {
          schemas: ["urn:muster:params:scim:schemas:core:2.0:Invitation"],
          ...{ organization: { value: group.id }, emails, quota: QUOTA },
        }),
        201,
      );
      const links = await Promise.all(emails.map(async ({ value }) => linkIn(await mailbox.expect(value))));
      const accepted = await Promise.all(
        links.map((link, index) => act(onServer(link, index), "accept", GUEST)),
      );
      const statuses = accepted.map(({ status }) => status).sort();
      expect(statuses).to.deep.equal([
        ...Array.from({ length: QUOTA }, () => 200),
        ...Array.from({ length: INVITED - QUOTA }, () => 410),
      ]);
      expect(await memberCount(scimOf(1), group.id)).to.equal(QUOTA);
      expect(await read(scimOf(1), `/Invitations/${invitation.id}`)).to.include({ status: "exhausted" });
    }

    /** Every process answers every link. */
    function onServer(link: string, index: number): string {
      const { origin } = new URL(scimOf(index).url);
      return link.replace(new URL(link).origin, origin);
    }
  });
});
