import { expect } from "chai";
import { OPERATOR_PRINCIPAL } from "../../src/domain/access/principal.js";
import { expectList, expectStatus, memberCount, read } from "../support/assertions.js";
import { patchData, sendBulk, statusesOf } from "../support/bulk.js";
import { ScimClient } from "../support/client.js";
import type { Body } from "../support/client.js";
import { forEachEngine } from "../support/engines.js";
import { CORE_USER, createGroup, createUser, MEMBERSHIP, omit, unique } from "../support/factories.js";
import { act, look } from "../support/links.js";
import { linkIn, MailServer } from "../support/mail.js";
import { clientWith } from "../support/realms.js";
import { startServer } from "../support/server.js";
import type { ServerInProcess } from "../support/server.js";

const ACCESS_TOKEN = "urn:muster:params:scim:schemas:core:2.0:AccessToken";
const INVITATION = "urn:muster:params:scim:schemas:core:2.0:Invitation";
const TEAM = "urn:muster:params:scim:schemas:core:2.0:Team";

const address = () => `${unique("joiner")}@example.com`;

/** Where people join and leave. */
interface Place {
  readonly server: ServerInProcess;
  readonly mailbox: MailServer;
  readonly scim: ScimClient;
  readonly organization: Body;
  /** Acts in the organization's realm. */
  readonly own: ScimClient;
}

const add = ({ id }: Body) => ({ op: "add", path: "members", value: [{ value: id }] });
const remove = ({ id }: Body) => ({ op: "remove", path: `members[value eq "${id}"]` });

/** Replaces the organization's members. */
async function put({ scim, organization }: Place, members: readonly { value: string }[]): Promise<void> {
  const group = omit(await read(scim, `/Groups/${organization.id}`), "meta", "members");
  expectStatus(await scim.put(`/Groups/${organization.id}`, { ...group, members }), 200);
}

/** Two PATCHes of the same Group, which are done at once. */
async function inTurn({ scim, organization }: Place, operations: readonly object[]): Promise<void> {
  const path = `/Groups/${organization.id}`;
  const bulk = operations.map((each) => ({ method: "PATCH", path, data: patchData(each) }));
  expect(statusesOf(await sendBulk(scim, bulk))).to.deep.equal(operations.map(() => 204));
}

const membersOf = async ({ scim, organization }: Place) =>
  (await read(scim, `/Groups/${organization.id}`)).members ?? [];

const newUser = (scim: ScimClient) => createUser(scim, { userName: address() });

/** Each way to join, which gives the person. */
const JOIN: Readonly<Record<string, (place: Place) => Promise<Body>>> = {
  "the PATCH of a Group": async ({ scim, organization }) => {
    const person = await newUser(scim);
    expectStatus(await scim.patch(`/Groups/${organization.id}`, add(person)), 204);
    return person;
  },
  "the PATCH by the organization itself": async ({ scim, own, organization }) => {
    const person = await newUser(scim);
    expectStatus(await own.patch(`/Groups/${organization.id}`, add(person)), 204);
    return person;
  },
  "the PUT of a Group": async (place) => {
    const person = await newUser(place.scim);
    await put(place, [...(await membersOf(place)).map(({ value }) => ({ value })), { value: person.id }]);
    return person;
  },
  "PATCHes in turn in a Bulk": async (place) => {
    const person = await newUser(place.scim);
    await inTurn(place, [add(person), add(person)]);
    return person;
  },
  "the POST of an account that exists": async ({ scim, own }) => {
    const person = await newUser(scim);
    const { userName } = person;
    expectStatus(await own.post("/Users", { schemas: [CORE_USER], userName }), 201);
    return person;
  },
  "the POST of a new account": ({ own }) => newUser(own),
  "the acceptance of an invitation": async ({ scim, mailbox, organization }) => {
    const userName = address();
    const invitation = { schemas: [INVITATION], organization: { value: organization.id } };
    expectStatus(await scim.post("/Invitations", { ...invitation, emails: [{ value: userName }] }), 201);
    const link = linkIn(await mailbox.expect(userName));
    const answer = { givenName: "Ann", familyName: "Lee", password: "correct horse battery staple 9" };
    expect((await act(link, "accept", answer)).status).to.equal(200);
    const [person] = expectList(await scim.find("/Users", `userName eq "${userName}"`), 1);
    if (!person) throw new Error("The person who accepted has no account");
    return person;
  },
  "a change by the operator": async ({ server, scim, organization }) => {
    const person = await newUser(scim);
    await server.services.groups.change(OPERATOR_PRINCIPAL, organization.id, {
      apply: (current) => current,
      members: [{ type: "add", entries: [{ accountId: person.id }] }],
    });
    return person;
  },
};

/** How a way to leave differs, beside the status of the link to set up an account that was sent before. */
interface Leaving {
  readonly leave: (place: Place, person: Body) => Promise<void>;
  readonly link: number;
  /** What ends with the membership. */
  readonly ends?: "account" | "organization";
}

const LEAVE: Readonly<Record<string, Leaving>> = {
  "the PATCH of a Group": {
    leave: async ({ scim, organization }, person) => {
      expectStatus(await scim.patch(`/Groups/${organization.id}`, remove(person)), 204);
    },
    link: 410,
  },
  "the PUT of a Group": {
    leave: async (place, person) => {
      const others = (await membersOf(place)).filter(({ value }) => value !== person.id);
      await put(
        place,
        others.map(({ value }) => ({ value })),
      );
    },
    link: 410,
  },
  "PATCHes in turn in a Bulk": {
    leave: (place, person) => inTurn(place, [remove(person), remove(person)]),
    link: 410,
  },
  "the DELETE of a User in the organization's realm": {
    leave: async ({ own }, { id }) => {
      expectStatus(await own.delete(`/Users/${id}`), 204);
    },
    link: 410,
  },
  "the deletion of the account": {
    leave: async ({ scim }, { id }) => {
      expectStatus(await scim.delete(`/Users/${id}`), 204);
    },
    link: 404,
    ends: "account",
  },
  "the deletion of the organization": {
    leave: async ({ scim, organization }) => {
      expectStatus(await scim.delete(`/Groups/${organization.id}`), 204);
    },
    link: 410,
    ends: "organization",
  },
};

describe("Joining and leaving", () => {
  forEachEngine((engine) => {
    const mailbox = new MailServer();
    let server: ServerInProcess;
    let scim: ScimClient;

    before(async () => {
      server = await startServer(engine, { SMTP_URL: await mailbox.start(), MEMBERSHIP_NOTICES: "all" });
      scim = server.scim;
    });
    after(async () => {
      await server.stop();
      await mailbox.stop();
    });

    const newPlace = async (): Promise<Place> => {
      const organization = await createGroup(scim, [await createUser(scim)], { displayName: unique("Acme") });
      return {
        ...{ server, mailbox, scim, organization },
        own: await clientWith(server, { organization: organization.id }),
      };
    };
    const versionOf = async ({ organization }: Place) =>
      Number(/\d+/.exec((await read(scim, `/Groups/${organization.id}`)).meta.version)?.[0]);
    /** The events that name who joined or left, as somebody sees them. */
    const eventsWith = async (client: ScimClient, { organization }: Place, detail: string) =>
      expectList(
        await client.find(
          "/AuditEvents",
          `organization.value eq "${organization.id}" and detail co "${detail}"`,
        ),
      );
    /** The notice of a subject, once it has come. */
    const noticeTo = async ({ userName }: Body, subject: string) => {
      for (let count = 1; ; count += 1) {
        const mail = await mailbox.expect(userName, count);
        if (mail.subject === subject) return mail;
      }
    };

    for (const [way, join] of Object.entries(JOIN)) {
      it(`joining by ${way} counts the member, and tells the person and the audit log`, async () => {
        const place = await newPlace();
        const { organization, own } = place;
        const [count, version] = [await memberCount(scim, organization.id), await versionOf(place)];
        const person = await join(place);
        expect(await memberCount(scim, organization.id)).to.equal(count + 1);
        expect(await versionOf(place)).to.equal(version + 1);
        expectStatus(await own.get(`/Users/${person.id}`), 200);
        for (const client of [scim, own]) {
          const events = await eventsWith(client, place, `added ${person.id}`);
          expect(events).to.have.lengthOf(1);
          expect(events[0]).to.deep.include({ result: "success" });
        }
        const name = String(organization.displayName);
        expect((await noticeTo(person, `You are now a member of ${name}`)).text).to.include(name);
      });
    }

    for (const [way, { leave, link: status, ends }] of Object.entries(LEAVE)) {
      it(`leaving by ${way} counts the member, ends the power, and tells the person and the audit log`, async () => {
        const place = await newPlace();
        const { organization, own } = place;
        const invited = { [MEMBERSHIP]: { sendSetupEmail: true }, roles: [{ value: "organization-admin" }] };
        const schemas = [CORE_USER, MEMBERSHIP];
        const sent = { schemas, userName: address(), ...invited };
        const person = expectStatus(await own.post("/Users", sent), 201);
        const link = linkIn(await noticeTo(person, "Set up your account on Muster"));
        expect((await look(link)).status).to.equal(200);
        const theirs = await clientWith(server, { organization: organization.id, userName: person.userName });
        const machine = { schemas: [ACCESS_TOKEN], name: "Okta" };
        const made = expectStatus(await theirs.post("/AccessTokens", machine), 201);
        const [count, version] = [await memberCount(scim, organization.id), await versionOf(place)];

        await leave(place, person);

        if (ends !== "organization") {
          expect(await memberCount(scim, organization.id)).to.equal(count - 1);
          expect(await versionOf(place)).to.equal(version + 1);
          expectStatus(await own.get(`/Users/${person.id}`), 404);
          expect(await read(own, `/AccessTokens/${made.id}`)).to.include({ orphaned: true });
        } else {
          const orphan = new ScimClient(() => ({ url: scim.url, token: String(made.token) }));
          expectStatus(await orphan.get("/Users"), 401);
        }
        expectStatus(await theirs.get("/Users"), 401);
        expect((await look(link)).status).to.equal(status);
        for (const client of ends === "organization" ? [scim] : [scim, own]) {
          const events = (await eventsWith(client, place, "removed ")).filter(({ detail }) =>
            detail.includes(person.id),
          );
          expect(events).to.have.lengthOf(1);
        }
        const name = String(organization.displayName);
        const goodbye = `You are no longer a member of ${name}`;
        if (ends === "account") {
          expect(mailbox.to(person.userName).map(({ subject }) => subject)).to.not.include(goodbye);
        } else {
          expect((await noticeTo(person, goodbye)).text).to.include(name);
        }
      });
    }

    it("shows each organization that the account of its member was deleted, and nothing of the others", async () => {
      const [first, second] = [await newPlace(), await newPlace()];
      const person = await createUser(scim);
      for (const { organization } of [first, second]) {
        expectStatus(await scim.patch(`/Groups/${organization.id}`, add(person)), 204);
      }
      expectStatus(await scim.delete(`/Users/${person.id}`), 204);
      for (const place of [first, second]) {
        const events = await eventsWith(place.own, place, `removed ${person.id}`);
        expect(events).to.have.lengthOf(1);
        expect(events[0]).to.deep.include({ action: "change", changes: ["members"] });
        expect(events[0]).to.not.have.any.keys("token", "user");
      }
    });

    it("names who left a team with its end, and who joined one by an invitation", async () => {
      const place = await newPlace();
      const { own, organization } = place;
      const person = await newUser(own);
      const team = { schemas: [TEAM], displayName: unique("Bakers") };
      const ended = expectStatus(await own.post("/Teams", { ...team, members: [{ value: person.id }] }), 201);
      expectStatus(await own.delete(`/Teams/${ended.id}`), 204);
      const ofTeam = async ({ id }: Body) =>
        expectList(await own.find("/AuditEvents", `target.value eq "${id}"`)).map(
          ({ action, changes, detail }) => ({ action, changes, detail }),
        );
      expect(await ofTeam(ended)).to.have.deep.members([
        { action: "create", changes: ["displayName", "members"], detail: `added ${person.id}` },
        { action: "delete", changes: undefined, detail: `removed ${person.id}` },
      ]);
      const bakers = expectStatus(await own.post("/Teams", { ...team, displayName: unique("Bakers") }), 201);
      const userName = address();
      const invitation = { emails: [{ value: userName }], teams: [{ value: bakers.id }] };
      expectStatus(await own.post("/Invitations", { schemas: [INVITATION], ...invitation }), 201);
      const answer = { givenName: "Ann", familyName: "Lee", password: "correct horse battery staple 9" };
      const link = linkIn(await mailbox.expect(userName));
      expect((await act(link, "accept", answer)).status).to.equal(200);
      const [joined] = expectList(await own.find("/Users", `userName eq "${userName}"`), 1);
      expect(await ofTeam(bakers)).to.deep.include({
        ...{ action: "change", changes: ["members"], detail: `added ${joined?.id ?? ""}` },
      });
      expect(await memberCount(scim, organization.id)).to.equal(3);
    });

    it("tells members of the end of their organization within the limits of mail", async () => {
      const limited = await startServer(engine, {
        ...{ SMTP_URL: mailbox.url, MEMBERSHIP_NOTICES: "all", MAIL_PER_ORGANIZATION: "2" },
      });
      try {
        const people = await Promise.all([1, 2, 3, 4].map(() => newUser(limited.scim)));
        const name = unique("Bakery");
        const organization = await createGroup(limited.scim, people, { displayName: name });
        expectStatus(await limited.scim.delete(`/Groups/${organization.id}`), 204);
        const rows = await limited.database((session) =>
          session.rows("select 1 from muster_outbox where kind = 'membership-removed'"),
        );
        expect(rows).to.have.lengthOf(2);
        const [event] = expectList(
          await limited.scim.find(
            "/AuditEvents",
            `target.value eq "${organization.id}" and action eq "delete"`,
          ),
        );
        for (const { id } of people) expect(event?.detail).to.include(id);
      } finally {
        await limited.stop();
      }
    });
  });
});
