import { expect } from "chai";
import { expectError, expectList, expectStatus, read } from "../support/assertions.js";
import type { Body, ScimClient } from "../support/client.js";
import { createGroup, createUser, MEMBERSHIP, unique } from "../support/factories.js";
import { linkIn, Outgoing } from "../support/mail.js";
import { act, look } from "../support/links.js";
import { clientWith } from "../support/realms.js";
import { describeServer } from "../support/server.js";

const INVITATION = "urn:muster:params:scim:schemas:core:2.0:Invitation";
const MEMBERSHIPS = `${MEMBERSHIP}:memberships`;
const LAST_ACTIVE = `${MEMBERSHIP}:lastActiveAt`;

interface Membership {
  readonly value: string;
  readonly joinedAt: string;
  readonly source: string;
  readonly addedByType: string;
  readonly addedBy?: string;
  readonly addedByRef?: string;
  readonly addedByDisplay?: string;
}

const outgoing = new Outgoing();

describeServer(
  "When, how and by whom a User joined",
  (scim, server) => {
    let acme: Body;
    let globex: Body;
    let own: ScimClient;
    let others: ScimClient;

    before(async () => {
      acme = await createGroup(scim);
      globex = await createGroup(scim);
      own = await clientWith(server(), { organization: acme.id });
      others = await clientWith(server(), { organization: globex.id });
    });

    const membershipsOf = async (client: ScimClient, { id }: Body) =>
      (
        (await read(client, `/Users/${id}?attributes=${MEMBERSHIPS}`)) as unknown as {
          [MEMBERSHIP]: { memberships: Membership[] };
        }
      )[MEMBERSHIP].memberships;
    const membershipIn = async (client: ScimClient, user: Body) => (await membershipsOf(client, user))[0];
    const tokenOf = async (client: ScimClient) =>
      ((await read(client, "/Realm")).actor as { value: string }).value;

    /** A person who administers Acme, with a token of their own. */
    async function administrator(): Promise<{ person: Body; client: ScimClient }> {
      const person = await createUser(own, { displayName: unique("Dana") });
      await own.patch(`/Users/${person.id}`, {
        op: "add",
        path: "roles",
        value: [{ value: "organization-admin" }],
      });
      const name = (await read(scim, `/Users/${person.id}`)).userName;
      return { person, client: await clientWith(server(), { organization: acme.id, userName: name }) };
    }

    it("is told of whom a machine added: its token", async () => {
      const erin = await createUser(own);
      const token = await tokenOf(own);
      const joined = await membershipIn(own, erin);
      expect(joined).to.deep.include({
        ...{ value: acme.id, source: "scim", addedByType: "token", addedBy: token, addedByDisplay: "test" },
        addedByRef: `${scim.url}/AccessTokens/${token}`,
      });
      expect(joined?.joinedAt).to.equal(erin.meta.created);
      expect(await membershipsOf(scim, erin)).to.deep.equal([joined]);
    });

    it("is told of whom a person added: that person", async () => {
      const { person, client } = await administrator();
      const erin = await createUser(client);
      expect(await membershipIn(own, erin)).to.deep.include({
        ...{ source: "admin", addedByType: "user", addedBy: person.id, addedByDisplay: person.displayName },
        addedByRef: `${scim.url}/Users/${person.id}`,
      });
      expectStatus(await own.delete(`/Users/${person.id}`), 204);
      const after = await membershipIn(own, erin);
      expect(after).to.include({ source: "admin", addedByType: "user" });
      expect(after, "people who left are not shown").not.to.have.any.keys(
        "addedBy",
        "addedByRef",
        "addedByDisplay",
      );
    });

    it("is told of whom an invitation brought: the invitation", async () => {
      const address = `${unique("frank")}@example.com`;
      const sent = { schemas: [INVITATION], name: "Welcome", emails: [{ value: address }] };
      const invitation = expectStatus(await own.post("/Invitations", sent), 201);
      const link = linkIn(await outgoing.expect(address));
      expect((await look(link)).status).to.equal(200);
      const accepted = await act(link, "accept", {
        ...{ givenName: "Frank", familyName: "Moss", password: "correct horse battery staple" },
      });
      expect(accepted.status, JSON.stringify(accepted.body)).to.equal(200);
      const [frank] = expectList(await own.find("/Users", `userName eq "${address}"`), 1);
      expect(await membershipIn(own, frank ?? acme)).to.deep.include({
        ...{
          source: "invitation",
          addedByType: "invitation",
          addedBy: invitation.id,
          addedByDisplay: "Welcome",
        },
        addedByRef: invitation.meta.location,
      });
      const active = await read(own, `/Users/${frank?.id ?? ""}?attributes=${LAST_ACTIVE}`);
      expect((active[MEMBERSHIP] as { lastActiveAt: string }).lastActiveAt).to.match(/^\d{4}-/);
    });

    it("is no more than 'the provider' where the provider added somebody", async () => {
      const erin = await createUser(scim);
      await scim.patch(`/Groups/${acme.id}`, { op: "add", path: "members", value: [{ value: erin.id }] });
      const joined = await membershipIn(own, erin);
      expect(joined).to.include({ source: "scim", addedByType: "provider" });
      expect(joined).not.to.have.any.keys("addedBy", "addedByRef", "addedByDisplay");
      expect(await membershipIn(scim, erin)).to.include({
        addedByType: "token",
        addedBy: await tokenOf(scim),
      });
    });

    it("is told of an organization to no other one", async () => {
      const erin = await createUser(own);
      await scim.patch(`/Groups/${globex.id}`, { op: "add", path: "members", value: [{ value: erin.id }] });
      expect((await membershipsOf(others, erin)).map(({ value }) => value)).to.deep.equal([globex.id]);
      expect(await membershipsOf(scim, erin)).to.have.length(2);
      const find = (client: ScimClient, filter: string) =>
        client.find("/Users", `id eq "${erin.id}" and ${filter}`);
      const token = `${MEMBERSHIPS}[addedBy eq "${await tokenOf(own)}"]`;
      expectList(await find(own, token), 1);
      expectList(await find(scim, token), 1);
      expectList(await find(others, token), 0);
      expectList(await find(others, `${MEMBERSHIPS}.value eq "${acme.id}"`), 0);
    });

    it("is found by, by its source and by its time", async () => {
      const { client } = await administrator();
      const erin = await createUser(client);
      for (const asking of [own, scim]) {
        const found = async (filter: string) =>
          expectList(await asking.find("/Users", `id eq "${erin.id}" and ${filter}`)).length;
        expect(await found(`${MEMBERSHIPS}[source eq "admin"]`)).to.equal(1);
        expect(await found(`${MEMBERSHIPS}[source eq "scim"]`)).to.equal(0);
        expect(await found(`${MEMBERSHIPS}[joinedAt lt "2020-01-01T00:00:00Z"]`)).to.equal(0);
        expect(await found(`${MEMBERSHIPS}[joinedAt ge "${erin.meta.created}"]`)).to.equal(1);
      }
    });

    it("does not change when a client writes it", async () => {
      const erin = await createUser(own);
      const before = await membershipsOf(own, erin);
      const sent = {
        ...erin,
        [MEMBERSHIP]: {
          memberships: [{ value: globex.id, source: "invitation" }],
          lastActiveAt: "2020-01-01T00:00:00Z",
        },
      };
      expectStatus(await own.put(`/Users/${erin.id}`, sent), 200);
      expect(await membershipsOf(own, erin)).to.deep.equal(before);
      expectError(
        await own.patch(`/Users/${erin.id}`, {
          op: "replace",
          path: LAST_ACTIVE,
          value: "2020-01-01T00:00:00Z",
        }),
        {
          ...{ status: 400, scimType: "mutability" },
        },
      );
    });

    it("tells when a person was last active, in each realm", async () => {
      const { person, client } = await administrator();
      await scim.patch(`/Groups/${globex.id}`, { op: "add", path: "members", value: [{ value: person.id }] });
      const lastActive = async (asking: ScimClient) =>
        (
          (await read(asking, `/Users/${person.id}?attributes=${LAST_ACTIVE}`))[MEMBERSHIP] as
            { lastActiveAt: string } | undefined
        )?.lastActiveAt;
      expect(await lastActive(own)).to.equal(undefined);
      expectStatus(await client.get("/Me"), 200);
      await server().services.authentication.writeDownUse();
      const at = await lastActive(own);
      expect(at).to.match(/^\d{4}-/);
      expect(await lastActive(scim)).to.equal(at);
      expect(await lastActive(others)).to.equal(undefined);
      for (const [asking, count] of [
        [own, 1],
        [scim, 1],
        [others, 0],
      ] as const) {
        expectList(
          await asking.find("/Users", `id eq "${person.id}" and ${LAST_ACTIVE} ge "${at ?? ""}"`),
          count,
        );
      }
      const sorted = expectList(
        await own.get(
          `/Users?sortBy=${LAST_ACTIVE}&sortOrder=descending&filter=${encodeURIComponent(`${LAST_ACTIVE} pr`)}`,
        ),
      );
      expect(sorted[0]?.id).to.equal(person.id);
    });

    it("tells a person without a role nothing of who added them", async () => {
      const erin = await createUser(own);
      const { userName } = await read(scim, `/Users/${erin.id}`);
      const client = await clientWith(server(), { organization: acme.id, userName });
      const me = (await read(client, `/Me?attributes=${MEMBERSHIPS}`)) as unknown as {
        [MEMBERSHIP]: { memberships: Membership[] };
      };
      expect(me[MEMBERSHIP].memberships[0]).to.include({ source: "scim", addedByType: "token" });
      expect(me[MEMBERSHIP].memberships[0]).not.to.have.any.keys("addedBy", "addedByRef", "addedByDisplay");
    });
  },
  {},
  outgoing.options,
);
