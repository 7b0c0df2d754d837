import { expect } from "chai";
import { request } from "node:http";
import { text } from "node:stream/consumers";
import { expectStatus, read } from "../support/assertions.js";
import { ScimClient } from "../support/client.js";
import type { Body } from "../support/client.js";
import { CORE_USER, createGroup, createUser, MEMBERSHIP, unique } from "../support/factories.js";
import { clientWith } from "../support/realms.js";
import { describeServer } from "../support/server.js";

const ACCESS_TOKEN = "urn:muster:params:scim:schemas:core:2.0:AccessToken";
const INVITATION = "urn:muster:params:scim:schemas:core:2.0:Invitation";
const TEAM = "urn:muster:params:scim:schemas:core:2.0:Team";
const BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
const PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const ADMIN = [{ value: "organization-admin" }];
const PASSWORD = "a long enough passphrase 93";

const replace = (path: string, value: unknown) => ({ op: "replace", path, value });
const patchOf = (...Operations: object[]) => ({ schemas: [PATCH_OP], Operations });

interface Scene {
  readonly acme: Body;
  readonly own: ScimClient;
  readonly dana: Body;
  /** A token of Dana's own, and one that she made for a machine. */
  readonly danas: ScimClient;
  readonly machine: ScimClient;
  readonly machines: Body;
  /** One of the organization's people without a role, and one with a role. */
  readonly plain: Body;
  readonly boss: Body;
}

/** A request that gives power. */
interface AuditEntry {
  readonly name: string;
  readonly request: (scene: Scene) => readonly [method: string, path: string, body: object];
}

const DEEDS: readonly AuditEntry[] = [
  {
    name: "creates a User with a role",
    request: () => ["POST", "/Users", { schemas: [CORE_USER], userName: unique("new"), roles: ADMIN }],
  },
  {
    name: "gives a role",
    request: ({ plain }) => ["PATCH", `/Users/${plain.id}`, patchOf(replace("roles", ADMIN))],
  },
  {
    name: "gives a role in a Bulk",
    request: ({ plain }) => {
      const data = patchOf(replace("roles", ADMIN));
      return [
        "POST",
        "/Bulk",
        { schemas: [BULK], Operations: [{ method: "PATCH", path: `/Users/${plain.id}`, data }] },
      ];
    },
  },
  {
    name: "gives a role in a team",
    request: ({ plain }) => {
      const members = [{ value: plain.id, role: "team-admin" }];
      return ["POST", "/Teams", { schemas: [TEAM], displayName: unique("Team"), members }];
    },
  },
  {
    name: "writes the password of somebody with a role",
    request: ({ boss }) => ["PATCH", `/Users/${boss.id}`, patchOf(replace("password", PASSWORD))],
  },
  {
    name: "writes the address of somebody with a role",
    request: ({ boss }) => {
      const emails = [{ value: `${boss.id}@private.example` }];
      return ["PATCH", `/Users/${boss.id}`, patchOf(replace("emails", emails))];
    },
  },
  {
    name: "invites",
    request: () => ["POST", "/Invitations", { schemas: [INVITATION], roles: ADMIN }],
  },
  {
    name: "makes a token",
    request: () => ["POST", "/AccessTokens", { schemas: [ACCESS_TOKEN], name: unique("token") }],
  },
  {
    name: "lets a token last longer",
    request: ({ machines }) => [
      "PATCH",
      `/AccessTokens/${machines.id}`,
      patchOf(replace("expiresAt", "2999-01-01T00:00:00Z")),
    ],
  },
];

interface Loss {
  readonly name: string;
  readonly by: "danas" | "machine";
  readonly lose: (scene: Scene, scim: ScimClient) => Promise<{ status: number; text: string }>;
}

const demote = ({ own, dana }: Scene) => own.patch(`/Users/${dana.id}`, replace("roles", []));

const LOSSES: readonly Loss[] = [
  { name: "the machine's token is orphaned", by: "machine", lose: demote },
  {
    name: "the machine's token is revoked",
    by: "machine",
    lose: ({ own, machines }) => own.delete(`/AccessTokens/${machines.id}`),
  },
  {
    name: "the machine's token is rotated without an overlap",
    by: "machine",
    lose: ({ danas, machines }) => danas.post(`/AccessTokens/${machines.id}/rotate`, { overlap: 0 }),
  },
  { name: "the person's role is gone", by: "danas", lose: demote },
  {
    name: "the person's membership has ended",
    by: "danas",
    lose: ({ own, dana }) => own.delete(`/Users/${dana.id}`),
  },
  {
    name: "the person's account is not active",
    by: "danas",
    lose: ({ dana }, scim) => scim.patch(`/Users/${dana.id}`, replace("active", false)),
  },
];

describeServer("A request that has begun", (scim, server) => {
  async function scene(): Promise<Scene> {
    const acme = await createGroup(scim);
    const own = await clientWith(server(), { organization: acme.id });
    const dana = await createUser(own, { roles: ADMIN });
    const danas = await clientWith(server(), { organization: acme.id, userName: dana.userName });
    const body = { schemas: [ACCESS_TOKEN], name: unique("token") };
    const machines = expectStatus(await danas.post("/AccessTokens", body), 201);
    const machine = new ScimClient(() => ({ url: scim.url, token: String(machines.token) }));
    const [plain, boss] = [await createUser(own), await createUser(own, { roles: ADMIN })];
    return { acme, own, dana, danas, machine, machines, plain, boss };
  }

  /** Sends a request whose body comes to its end only when something else is done, after its token was recognised. */
  async function send(
    client: ScimClient,
    [method, path, body]: readonly [string, string, object],
    meanwhile: () => Promise<unknown>,
  ): Promise<{ status: number; body: Body; text: string }> {
    const { authentication } = server().services;
    const authenticate = authentication.authenticate.bind(authentication);
    const recognised = new Promise<void>((resolve) => {
      authentication.authenticate = async (secret) => {
        const result = await authenticate(secret);
        if (secret === client.token) resolve();
        return result;
      };
    });
    const whole = JSON.stringify(body);
    const sent = request(`${scim.url}${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${client.token}`,
        "Content-Type": "application/scim+json",
        "Content-Length": Buffer.byteLength(whole),
      },
    });
    const answered = new Promise<{ status: number; text: string }>((resolve, reject) => {
      sent.on("error", reject);
      sent.on("response", (response) => {
        text(response).then((said) => resolve({ status: response.statusCode ?? 0, text: said }), reject);
      });
    });
    sent.write(whole.slice(0, 10));
    await recognised;
    authentication.authenticate = authenticate;
    await meanwhile();
    sent.end(whole.slice(10));
    const answer = await answered;
    return { ...answer, body: JSON.parse(answer.text || "{}") as Body };
  }

  /** The status of the one operation of a Bulk, or of anything else. */
  const statusOf = ({ status, body }: { status: number; body: Body }) =>
    status === 200 && Array.isArray(body.Operations) ? Number((body.Operations[0] as Body).status) : status;

  for (const entry of DEEDS) {
    it(`${entry.name}, when nothing happens meanwhile`, async () => {
      const given = await scene();
      for (const client of [given.danas, given.machine]) {
        const answer = await send(client, entry.request(given), () => Promise.resolve());
        expect(statusOf(answer), answer.text).to.be.within(200, 204);
      }
    });
  }

  for (const loss of LOSSES) {
    for (const entry of DEEDS) {
      it(`${entry.name} no more when ${loss.name}`, async () => {
        const given = await scene();
        const before = await read(scim, `/Users/${given.boss.id}`);
        const answer = await send(given[loss.by], entry.request(given), async () => {
          const lost = await loss.lose(given, scim);
          expect(lost.status, lost.text).to.be.within(200, 204);
        });
        // A token that is revoked cannot be found any more.
        expect(statusOf(answer), answer.text).to.be.oneOf([403, 404]);
        expect(await read(scim, `/Users/${given.boss.id}`)).to.deep.equal(before);
        expect(await read(given.own, `/Users/${given.plain.id}`)).to.not.have.property("roles");
      });
    }
  }

  it("goes on with the sync when its token was orphaned", async () => {
    const given = await scene();
    const user = { schemas: [CORE_USER], userName: unique("new"), password: PASSWORD };
    const answer = await send(given.machine, ["POST", "/Users", user], () => demote(given));
    expect(answer.status, answer.text).to.equal(201);
  });

  it("of the provider gives no role in an organization when its maker lost the power", async () => {
    const admin = await createUser(scim, { roles: [{ value: "provider-admin" }] });
    const given = await scene();
    const admins = await clientWith(server(), { userName: admin.userName });
    const role = { op: "add", path: `${MEMBERSHIP}:organizationRoles` };
    const value = [{ value: "organization-admin", organization: given.acme.id }];
    const answer = await send(
      admins,
      ["PATCH", `/Users/${given.plain.id}`, patchOf({ ...role, value })],
      () => scim.patch(`/Users/${admin.id}`, replace("roles", [])),
    );
    expect(answer.status, answer.text).to.equal(403);
    expect(await read(given.own, `/Users/${given.plain.id}`)).to.not.have.property("roles");
  });
});
