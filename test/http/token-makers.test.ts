import { expect } from "chai";
import { expectError, expectList, expectStatus, read } from "../support/assertions.js";
import { ScimClient } from "../support/client.js";
import type { Answer, Body } from "../support/client.js";
import { createGroup, createUser, MEMBERSHIP, omit, unique } from "../support/factories.js";
import { clientWith } from "../support/realms.js";
import { describeServer } from "../support/server.js";

const ACCESS_TOKEN = "urn:muster:params:scim:schemas:core:2.0:AccessToken";
const INVITATION = "urn:muster:params:scim:schemas:core:2.0:Invitation";
const BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
const PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const ADMIN = [{ value: "organization-admin" }];

/** An organization with two administrators, who have tokens of their own. */
interface Scene {
  readonly acme: Body;
  readonly own: ScimClient;
  readonly dana: Body;
  readonly danas: ScimClient;
  readonly noor: Body;
  readonly noors: ScimClient;
}

/** A way in which Dana loses the power. */
interface Way {
  readonly name: string;
  readonly lose: (scene: Scene, scim: ScimClient) => Promise<unknown>;
  /** Gives it back, as far as it can be. */
  readonly regain: (scene: Scene, scim: ScimClient) => Promise<unknown>;
  /** What becomes of a token that belongs to Dana, when the power is lost, and when it is back. */
  readonly own: readonly [lost: number, back: number];
}

const replaceRoles = (value: unknown) => ({ op: "replace", path: "roles", value });
const activity = (value: boolean) => ({ op: "replace", path: "active", value });
const bulkOf = (...Operations: object[]) => ({ schemas: [BULK], Operations });
const patchOf = (...Operations: object[]) => ({ schemas: [PATCH_OP], Operations });

const promote = ({ own, dana }: Scene) => own.patch(`/Users/${dana.id}`, replaceRoles(ADMIN));
const activate = ({ own, dana }: Scene) => own.patch(`/Users/${dana.id}`, activity(true));
const comeBack = async (scene: Scene, scim: ScimClient) => {
  const members = { op: "add", path: "members", value: [{ value: scene.dana.id }] };
  expectStatus(await scim.patch(`/Groups/${scene.acme.id}`, members), 204);
  expectStatus(await promote(scene), 200);
};
const organizationRole = ({ acme }: Scene) => ({
  op: "add",
  path: `${MEMBERSHIP}:organizationRoles`,
  value: [{ value: "organization-admin", organization: acme.id }],
});

const WAYS: readonly Way[] = [
  {
    name: "a PATCH takes the role away",
    lose: ({ own, dana }) => own.patch(`/Users/${dana.id}`, { op: "remove", path: "roles" }),
    regain: promote,
    own: [403, 200],
  },
  {
    name: "a PUT takes the role away",
    lose: ({ own, dana }) => own.put(`/Users/${dana.id}`, { ...omit(dana, "id", "meta"), roles: [] }),
    regain: promote,
    own: [403, 200],
  },
  {
    name: "a Bulk takes the role away",
    lose: ({ own, dana }) =>
      own.post(
        "/Bulk",
        bulkOf({ method: "PATCH", path: `/Users/${dana.id}`, data: patchOf(replaceRoles([])) }),
      ),
    regain: promote,
    own: [403, 200],
  },
  {
    name: "the provider takes the role away by organizationRoles",
    lose: ({ dana }, scim) =>
      scim.patch(`/Users/${dana.id}`, { op: "remove", path: `${MEMBERSHIP}:organizationRoles` }),
    regain: (scene, scim) => scim.patch(`/Users/${scene.dana.id}`, organizationRole(scene)),
    own: [403, 200],
  },
  {
    name: "the membership is deactivated",
    lose: ({ own, dana }) => own.patch(`/Users/${dana.id}`, activity(false)),
    regain: activate,
    own: [401, 200],
  },
  {
    name: "the membership is deactivated in a Bulk",
    lose: ({ own, dana }) =>
      own.post(
        "/Bulk",
        bulkOf({ method: "PATCH", path: `/Users/${dana.id}`, data: patchOf(activity(false)) }),
      ),
    regain: activate,
    own: [401, 200],
  },
  {
    name: "the account is deactivated",
    lose: ({ dana }, scim) => scim.patch(`/Users/${dana.id}`, activity(false)),
    regain: ({ dana }, scim) => scim.patch(`/Users/${dana.id}`, activity(true)),
    own: [401, 200],
  },
  {
    name: "the membership is deleted",
    lose: ({ own, dana }) => own.delete(`/Users/${dana.id}`),
    regain: comeBack,
    own: [401, 401],
  },
  {
    name: "the membership is deleted in a Bulk",
    lose: ({ own, dana }) => own.post("/Bulk", bulkOf({ method: "DELETE", path: `/Users/${dana.id}` })),
    regain: comeBack,
    own: [401, 401],
  },
  {
    name: "a PATCH removes the member from the Group",
    lose: ({ own, acme, dana }) =>
      own.patch(`/Groups/${acme.id}`, { op: "remove", path: `members[value eq "${dana.id}"]` }),
    regain: comeBack,
    own: [401, 401],
  },
  {
    name: "a PATCH replaces the members of the Group",
    lose: ({ acme, noor }, scim) =>
      scim.patch(`/Groups/${acme.id}`, { op: "replace", path: "members", value: [{ value: noor.id }] }),
    regain: comeBack,
    own: [401, 401],
  },
  {
    name: "a PATCH removes the members that a filter matches",
    lose: ({ acme, dana }, scim) =>
      scim.patch(`/Groups/${acme.id}`, { op: "remove", path: `members[display eq "${dana.userName}"]` }),
    regain: comeBack,
    own: [401, 401],
  },
  {
    name: "a PUT of the Group leaves the member out",
    lose: ({ acme, noor }, scim) =>
      scim.put(`/Groups/${acme.id}`, {
        ...omit(acme, "id", "meta", "members"),
        members: [{ value: noor.id }],
      }),
    regain: comeBack,
    own: [401, 401],
  },
  {
    name: "neighbouring PATCHes of a Bulk remove the member from the Group",
    lose: async ({ acme, dana }, scim) => {
      const other = await createUser(scim);
      const remove = (id: string) => ({
        method: "PATCH",
        path: `/Groups/${acme.id}`,
        data: patchOf({ op: "remove", path: `members[value eq "${id}"]` }),
      });
      return scim.post("/Bulk", bulkOf(remove(other.id), remove(dana.id)));
    },
    regain: comeBack,
    own: [401, 401],
  },
  {
    name: "the account is deleted",
    lose: ({ dana }, scim) => scim.delete(`/Users/${dana.id}`),
    regain: () => Promise.resolve(),
    own: [401, 401],
  },
];

describeServer("Makers of access tokens", (scim, server) => {
  const bearer = (secret: unknown) => new ScimClient(() => ({ url: scim.url, token: String(secret) }));
  const make = (client: ScimClient, attributes: object = {}): Promise<Answer> =>
    client.post("/AccessTokens", { schemas: [ACCESS_TOKEN], name: unique("token"), ...attributes });
  const made = async (client: ScimClient, attributes: object = {}) =>
    expectStatus(await make(client, attributes), 201);
  const keep = (client: ScimClient, { id }: Body) => client.post(`/AccessTokens/${id}/keep`, {});
  const isOrphaned = async (client: ScimClient, { id }: Body) =>
    (await read(client, `/AccessTokens/${id}`)).orphaned;

  async function scene(): Promise<Scene> {
    const acme = await createGroup(scim);
    const own = await clientWith(server(), { organization: acme.id });
    const [dana, noor] = [
      await createUser(own, { displayName: undefined, roles: ADMIN }),
      await createUser(own, { roles: ADMIN }),
    ];
    const [danas, noors] = [
      await clientWith(server(), { organization: acme.id, userName: dana.userName }),
      await clientWith(server(), { organization: acme.id, userName: noor.userName }),
    ];
    return { acme: await read(scim, `/Groups/${acme.id}`), own, dana, danas, noor, noors };
  }

  describe("are named:", () => {
    it("a machine's token names the person who made it, and can be found by that", async () => {
      const { danas, dana, own } = await scene();
      const token = await made(danas);
      expect(token).to.deep.include({
        maker: { value: dana.id, $ref: dana.meta.location, display: dana.userName },
        orphaned: false,
      });
      expect(await read(own, `/AccessTokens/${token.id}`)).to.deep.equal(omit(token, "token"));
      for (const filter of [
        `maker.value eq "${dana.id}"`,
        `maker.display sw "${dana.userName}" and orphaned eq false`,
        `maker pr`,
        `maker.$ref eq "${dana.meta.location}"`,
      ]) {
        const found = expectList(await own.find("/AccessTokens" as "/Users", filter), 1);
        expect(found[0]?.id, filter).to.equal(token.id);
      }
      expectList(await own.find("/AccessTokens" as "/Users", "orphaned eq true"), 0);
    });

    it("a token made by a machine's token has the person behind that one as its maker", async () => {
      const { danas, dana } = await scene();
      const child = await made(bearer((await made(danas)).token));
      const grandchild = await made(bearer(child.token));
      expect(grandchild.maker).to.have.property("value", dana.id);
    });

    it("a person's token, and those of the operator and its machines, have none", async () => {
      const { own, danas, dana } = await scene();
      for (const token of [
        await made(scim),
        await made(own),
        await made(danas, { user: { value: dana.id } }),
      ]) {
        expect(token).to.not.have.property("maker");
      }
    });

    it("nobody writes who it is", async () => {
      const { danas, dana, noor } = await scene();
      const token = await made(danas, { maker: { value: noor.id }, orphaned: true });
      expect(token).to.deep.include({ orphaned: false });
      expect(token.maker).to.have.property("value", dana.id);
      const put = { ...omit(token, "token"), maker: { value: noor.id }, orphaned: true };
      const replaced = expectStatus(await danas.put(`/AccessTokens/${token.id}`, put), 200);
      expect(replaced).to.deep.include({ maker: token.maker, orphaned: false });
    });

    it("an organization does not see one who is none of its people", async () => {
      const { acme, own } = await scene();
      const admin = await createUser(scim, { roles: [{ value: "provider-admin" }] });
      const admins = await clientWith(server(), { userName: admin.userName });
      const token = await made(admins, { organization: { value: acme.id } });
      expect(token.maker).to.have.property("value", admin.id);
      const seen = await own.get(`/AccessTokens/${token.id}`);
      expect(expectStatus(seen, 200)).to.not.have.property("maker");
      expect(seen.text).to.not.include(admin.id);
      for (const filter of [`maker.value eq "${admin.id}"`, "maker pr", `maker.display co "@"`]) {
        expectList(await own.find("/AccessTokens" as "/Users", filter), 0);
      }
    });
  });

  for (const way of WAYS) {
    it(`lose the power for good when ${way.name}`, async () => {
      const given = await scene();
      const { danas, own, noor, noors } = given;
      const elsewhere = await scene();
      const untouched = await made(elsewhere.danas);
      const token = await made(danas);
      const child = await made(bearer(token.token));
      const noors_ = await made(noors);
      const invitation = expectStatus(
        await danas.post("/Invitations", { schemas: [INVITATION], roles: ADMIN }),
        201,
      );
      const byMachine = expectStatus(
        await bearer(token.token).post("/Invitations", { schemas: [INVITATION], roles: ADMIN }),
        201,
      );
      const plain = expectStatus(
        await bearer(token.token).post("/Invitations", { schemas: [INVITATION] }),
        201,
      );
      const lost = (await way.lose(given, scim)) as Answer;
      expect(lost.status, lost.text).to.be.within(200, 204);
      expect((await danas.get("/Users")).status).to.equal(way.own[0]);
      const check = async () => {
        expect(await isOrphaned(own, token)).to.equal(true);
        expect(await isOrphaned(own, child)).to.equal(true);
        expect(await isOrphaned(own, noors_)).to.equal(false);
        expect(await isOrphaned(elsewhere.own, untouched)).to.equal(false);
        expectList(await own.find("/AccessTokens" as "/Users", "orphaned eq true"), 2);
      };
      await check();
      for (const [{ id }, status] of [
        [invitation, "disabled"],
        [byMachine, "disabled"],
        [plain, "pending"],
      ] as const) {
        expect(await read(own, `/Invitations/${id}`)).to.include({ status });
      }
      const events = await own.find("/AuditEvents", `target.value eq "${token.id}" and result eq "warning"`);
      expect(expectList(events, 1)[0]).to.deep.include({ action: "change", changes: ["orphaned"] });
      // The sync goes on.
      const user = await createUser(bearer(token.token));
      expectStatus(await bearer(token.token).delete(`/Users/${user.id}`), 204);

      await way.regain(given, scim);
      await check();
      expect((await danas.get("/Users")).status).to.equal(way.own[1]);
      expect((await read(noors, `/Users/${noor.id}`)).id).to.equal(noor.id);
    });
  }

  describe("that are orphaned", () => {
    /** Dana made the token, and is no administrator any more. */
    async function orphan() {
      const given = await scene();
      const token = await made(given.danas);
      expectStatus(await given.own.patch(`/Users/${given.dana.id}`, replaceRoles([])), 200);
      expect(await isOrphaned(given.own, token)).to.equal(true);
      return { ...given, token, orphaned: bearer(token.token) };
    }

    it("are kept by another person, with another secret that ends all others", async () => {
      const { acme, token, noors, noor, own } = await orphan();
      const answer = await keep(noors, token);
      const kept = expectStatus(answer, 200);
      expect(kept).to.deep.include({ id: token.id, orphaned: false });
      expect(kept.maker).to.have.property("value", noor.id);
      expect(kept.token).to.be.a("string").and.not.equal(token.token);
      expectError(await bearer(token.token).get("/Users"), { status: 401 });
      expectStatus(await make(bearer(kept.token)), 201);
      expectError(await keep(noors, token), {
        status: 400,
        scimType: "invalidValue",
        detail: /not orphaned/,
      });
      const events = await own.find("/AuditEvents", `target.value eq "${token.id}" and changes eq "maker"`);
      expect(expectList(events, 1)[0]).to.deep.include({ changes: ["token", "maker", "orphaned"] });
      // From now on it is Noor's.
      expectStatus(await scim.patch(`/Groups/${acme.id}`, { op: "remove", path: "members" }), 204);
      expect(await isOrphaned(own, token)).to.equal(true);
    });

    it("end both secrets of a rotation when they are kept", async () => {
      const given = await scene();
      const first = await made(given.danas);
      const second = expectStatus(await given.danas.post(`/AccessTokens/${first.id}/rotate`, {}), 200);
      expectStatus(await given.own.delete(`/Users/${given.dana.id}`), 204);
      for (const { token } of [first, second]) expectStatus(await bearer(token).get("/Users"), 200);
      expectStatus(await keep(given.noors, first), 200);
      for (const { token } of [first, second])
        expectError(await bearer(token).get("/Users"), { status: 401 });
    });

    it("are not kept by a machine, by their maker, by a reader or from another realm", async () => {
      const { acme, token, own, danas, dana, orphaned, noor } = await orphan();
      for (const machine of [scim, own]) {
        expectError(await keep(machine, token), { status: 403, detail: /Only a person/ });
      }
      expectError(await keep(orphaned, token), { status: 403, detail: /orphaned/ });
      expectError(await keep(danas, token), { status: 403, detail: /role/ });
      expectStatus(await own.patch(`/Users/${dana.id}`, replaceRoles(ADMIN)), 200);
      expectError(await keep(danas, token), { status: 403, detail: /You are the maker/ });
      const reader = { organization: acme.id, userName: noor.userName, readOnly: true };
      expectError(await keep(await clientWith(server(), reader), token), {
        status: 403,
        detail: /read-only/,
      });
      const { noors: stranger } = await scene();
      const random = { id: "01890a5d-ac96-774b-bcce-b302099a8057" } as Body;
      const [foreign, none] = [await keep(stranger, token), await keep(stranger, random)];
      expectError(foreign, { status: 404 });
      expect(foreign.text.replace(token.id, "")).to.equal(none.text.replace(random.id, ""));
      expectError(await orphaned.request("GET", `/AccessTokens/${token.id}/keep`), { status: 405 });
      expect(await isOrphaned(own, token)).to.equal(true);
    });

    it("are kept by an administrator of the provider, and no longer than that one's own token lasts", async () => {
      const { token } = await orphan();
      const admin = await createUser(scim, { roles: [{ value: "provider-admin" }] });
      const expiresAt = new Date(Date.now() + 60_000).toISOString();
      const brief = await clientWith(server(), { userName: admin.userName, expiresAt });
      expectError(await keep(brief, token), { status: 403, detail: /valid for longer/ });
      expectStatus(await keep(await clientWith(server(), { userName: admin.userName }), token), 200);
    });

    it("are not rotated by anybody, and can be revoked", async () => {
      const { token, own, noors, orphaned } = await orphan();
      for (const client of [scim, own, noors, orphaned]) {
        const answer = await client.post(`/AccessTokens/${token.id}/rotate`, {});
        expectError(answer, { status: 403, detail: /orphaned/ });
      }
      const { operator } = server().services;
      const refused = await operator.rotateToken(token.id).catch((error: unknown) => String(error));
      expect(refused).to.match(/orphaned/);
      expectStatus(await noors.delete(`/AccessTokens/${token.id}`), 204);
      expectError(await orphaned.get("/Users"), { status: 401 });
    });
  });

  it("are those who know the secret: who rotates a token makes it", async () => {
    const { acme, own, danas, dana, noors, noor } = await scene();
    const first = await made(danas);
    const second = expectStatus(await noors.post(`/AccessTokens/${first.id}/rotate`, {}), 200);
    expect(second.maker).to.have.property("value", noor.id);
    expectStatus(await bearer(first.token).get("/Users"), 200);
    expectStatus(await own.delete(`/Users/${dana.id}`), 204);
    // Dana knew the secret before, and it would have lasted for a day.
    expectError(await bearer(first.token).get("/Users"), { status: 401 });
    expectStatus(await bearer(second.token).get("/Users"), 200);
    expect(await isOrphaned(own, first)).to.equal(false);
    // Nor does anybody keep a token that the operator made.
    const { token: machine } = await server().services.operator.issueToken("Okta", { organization: acme.id });
    expectStatus(await noors.post(`/AccessTokens/${machine.id}/rotate`, {}), 200);
    expectStatus(await own.delete(`/Users/${noor.id}`), 204);
    expect((await read(scim, `/AccessTokens/${machine.id}`)).orphaned).to.equal(true);
  });

  it("are those who know the secret: what the former one makes with the former secret is theirs", async () => {
    const { danas, dana, noors, own } = await scene();
    const token = await made(danas);
    expectStatus(await noors.post(`/AccessTokens/${token.id}/rotate`, {}), 200);
    const former = bearer(token.token);
    const child = await made(former);
    expect(child.maker).to.have.property("value", dana.id);
    expectStatus(await own.patch(`/Users/${dana.id}`, replaceRoles([])), 200);
    expect(await isOrphaned(own, child)).to.equal(true);
    expect(await isOrphaned(own, token)).to.equal(false);
  });

  it("are those who know the secret: what they offered goes with them, though the token is another's since", async () => {
    const { danas, dana, noors, own } = await scene();
    const token = await made(danas);
    const offer = (roles?: object[]) =>
      bearer(token.token).post("/Invitations", {
        schemas: [INVITATION],
        emails: [{ value: `${unique("guest")}@example.com` }],
        roles,
      });
    const [withRole, plain] = [expectStatus(await offer(ADMIN), 201), expectStatus(await offer(), 201)];
    expectStatus(await noors.post(`/AccessTokens/${token.id}/rotate`, {}), 200);
    expectStatus(await own.patch(`/Users/${dana.id}`, replaceRoles([])), 200);
    expect(await isOrphaned(own, token)).to.equal(false);
    expect((await read(own, `/Invitations/${withRole.id}`)).status).to.equal("disabled");
    expect((await read(own, `/Invitations/${plain.id}`)).status).to.equal("pending");
  });

  it("keep what they may make by another role", async () => {
    const { acme, own, dana } = await scene();
    const roles = [{ value: "provider-admin" }];
    expectStatus(await scim.patch(`/Users/${dana.id}`, { op: "replace", path: "roles", value: roles }), 200);
    const danas = await clientWith(server(), { userName: dana.userName });
    const [inAcme, inAll] = [await made(danas, { organization: { value: acme.id } }), await made(danas)];
    expectStatus(await own.delete(`/Users/${dana.id}`), 204);
    expect([await isOrphaned(scim, inAcme), await isOrphaned(scim, inAll)]).to.deep.equal([false, false]);
    expectStatus(await scim.patch(`/Users/${dana.id}`, { op: "remove", path: "roles" }), 200);
    expect([await isOrphaned(scim, inAcme), await isOrphaned(scim, inAll)]).to.deep.equal([true, true]);
    expectError(await danas.get("/AccessTokens"), { status: 403 });
    expectStatus(await scim.patch(`/Users/${dana.id}`, { op: "add", path: "roles", value: roles }), 200);
    expectStatus(await danas.get("/AccessTokens"), 200);
    expectStatus(await scim.delete(`/Users/${dana.id}`), 204);
    expectError(await danas.get("/Me"), { status: 401 });
  });

  it("lose the power while their request is on the way", async () => {
    const { own, dana, danas } = await scene();
    const [answers] = await Promise.all([
      Promise.all(Array.from({ length: 20 }, () => make(danas))),
      own.patch(`/Users/${dana.id}`, replaceRoles([])),
    ]);
    for (const { status } of answers) expect(status).to.be.oneOf([201, 403]);
    expectList(await own.find("/AccessTokens" as "/Users", "maker pr and orphaned eq false"), 0);
  });
});
