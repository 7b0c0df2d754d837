import { expect } from "chai";
import { expectList, expectStatus, read } from "../support/assertions.js";
import type { Answer, Body, RequestOptions } from "../support/client.js";
import { ScimClient } from "../support/client.js";
import { CORE_GROUP, CORE_USER, createGroup, createUser, omit, unique } from "../support/factories.js";
import { clientWith } from "../support/realms.js";
import { describeServer } from "../support/server.js";

const TEAM = "urn:muster:params:scim:schemas:core:2.0:Team";
const INVITATION = "urn:muster:params:scim:schemas:core:2.0:Invitation";
const ACCESS_TOKEN = "urn:muster:params:scim:schemas:core:2.0:AccessToken";
const SEARCH = { schemas: ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], count: 1 };
const PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/** Who asks. Acme and Globex are organizations; the things below are Acme's, the foreign ones Globex's. */
const CALLERS = [
  "the provider",
  "the provider, read-only",
  "Acme",
  "Acme, read-only",
  "Globex",
  "a member of Acme without a role",
  "a deactivated administrator of Acme",
  "an expired token",
  "a revoked token",
  "nobody",
] as const;

type Caller = (typeof CALLERS)[number];

/**
 * What everybody gets, written down from the design by hand. A dash is not tried: it would end what the others
 * are tried with.
 */
const TABLE = `
                              provider  Acme      Globex member inactive expired revoked nobody
                              rw   ro   rw   ro   rw
GET    /Users                 200  200  200  200  200    403    401      401     401     401
GET    user                   200  200  200  200  404    403    401      401     401     401
GET    foreign-user           200  200  404  404  200    403    401      401     401     401
POST   /Users                 201  403  201  403  201    403    401      401     401     401
PUT    user                   200  403  200  403  404    403    401      401     401     401
PUT    foreign-user           200  403  404  403  200    403    401      401     401     401
PATCH  user                   200  403  200  403  404    403    401      401     401     401
PATCH  foreign-user           200  403  404  403  200    403    401      401     401     401
DELETE user                   204  403  204  403  404    403    401      401     401     401
DELETE foreign-user           204  403  404  403  204    403    401      401     401     401
SEARCH /Users                 200  200  200  200  200    403    401      401     401     401

GET    /Groups                200  200  200  200  200    403    401      401     401     401
GET    group                  200  200  200  200  404    403    401      401     401     401
GET    foreign-group          200  200  404  404  200    403    401      401     401     401
POST   /Groups                201  403  201  403  201    403    401      401     401     401
PUT    group                  200  403  200  403  404    403    401      401     401     401
PUT    foreign-group          200  403  404  403  200    403    401      401     401     401
PATCH  group                  204  403  204  403  404    403    401      401     401     401
PATCH  foreign-group          204  403  404  403  204    403    401      401     401     401
DELETE group                  -    403  403  403  404    403    401      401     401     401
DELETE foreign-group          -    403  404  403  403    403    401      401     401     401
DELETE spare-group            204  403  404  403  404    403    401      401     401     401
SEARCH /Groups                200  200  200  200  200    403    401      401     401     401

GET    /Teams                 200  200  200  200  200    403    401      401     401     401
GET    team                   200  200  200  200  404    403    401      401     401     401
GET    foreign-team           200  200  404  404  200    403    401      401     401     401
POST   /Teams                 201  403  201  403  201    403    401      401     401     401
PUT    team                   200  403  200  403  404    403    401      401     401     401
PUT    foreign-team           200  403  404  403  200    403    401      401     401     401
PATCH  team                   204  403  204  403  404    403    401      401     401     401
PATCH  foreign-team           204  403  404  403  204    403    401      401     401     401
DELETE team                   204  403  204  403  404    403    401      401     401     401
DELETE foreign-team           204  403  404  403  204    403    401      401     401     401
SEARCH /Teams                 200  200  200  200  200    403    401      401     401     401

GET    /Invitations           200  200  200  200  200    403    401      401     401     401
GET    invitation             200  200  200  200  404    403    401      401     401     401
GET    foreign-invitation     200  200  404  404  200    403    401      401     401     401
POST   /Invitations           201  403  201  403  201    403    401      401     401     401
PUT    invitation             200  403  200  403  404    403    401      401     401     401
PUT    foreign-invitation     200  403  404  403  200    403    401      401     401     401
PATCH  invitation             200  403  200  403  404    403    401      401     401     401
PATCH  foreign-invitation     200  403  404  403  200    403    401      401     401     401
DELETE invitation             204  403  204  403  404    403    401      401     401     401
DELETE foreign-invitation     204  403  404  403  204    403    401      401     401     401
RESEND invitation             200  403  200  403  404    403    401      401     401     401
RESEND foreign-invitation     200  403  404  403  200    403    401      401     401     401
SEARCH /Invitations           200  200  200  200  200    403    401      401     401     401

GET    /AccessTokens          200  200  200  200  200    403    401      401     401     401
GET    token                  200  200  200  200  404    403    401      401     401     401
GET    foreign-token          200  200  404  404  200    403    401      401     401     401
POST   /AccessTokens          201  403  201  403  201    403    401      401     401     401
PUT    token                  200  403  200  403  404    403    401      401     401     401
PATCH  token                  200  403  200  403  404    403    401      401     401     401
PATCH  foreign-token          200  403  404  403  200    403    401      401     401     401
ROTATE token                  200  403  200  403  404    403    401      401     401     401
ROTATE foreign-token          200  403  404  403  200    403    401      401     401     401
DELETE token                  204  403  204  403  404    403    401      401     401     401
DELETE foreign-token          204  403  404  403  204    403    401      401     401     401
SEARCH /AccessTokens          200  200  200  200  200    403    401      401     401     401

GET    /AuditEvents           200  200  200  200  200    403    401      401     401     401
GET    event                  200  200  200  200  404    403    401      401     401     401
GET    foreign-event          200  200  404  404  200    403    401      401     401     401
POST   /AuditEvents           405  405  405  405  405    405    401      401     401     401
PUT    event                  405  405  405  405  405    405    401      401     401     401
DELETE event                  405  405  405  405  405    405    401      401     401     401
SEARCH /AuditEvents           200  200  200  200  200    403    401      401     401     401

GET    /Candidates?filter=userName%20sw%20%22nobody%22
                              403  403  200  200  200    403    401      401     401     401
GET    /Candidates            403  403  403  403  403    403    401      401     401     401
POST   /Candidates            405  405  405  405  405    405    401      401     401     401

GET    /                      200  200  200  200  200    403    401      401     401     401
SEARCH /                      200  200  200  200  200    403    401      401     401     401
GET    /Me                    404  404  404  404  404    200    401      401     401     401
PATCH  /Me                    404  404  404  404  404    403    401      401     401     401
DELETE /Me                    404  404  404  404  404    403    401      401     401     401
GET    /Schemas               200  200  200  200  200    200    401      401     401     401
GET    /ResourceTypes         200  200  200  200  200    200    401      401     401     401
GET    /ServiceProviderConfig 200  200  200  200  200    200    200      200     200     200
GET    /Nowhere               404  404  404  404  404    404    401      401     401     401
`;

interface Row {
  readonly method: string;
  readonly target: string;
  readonly statuses: readonly string[];
}

function readTable(): Row[] {
  const words = TABLE.split(/\s+/);
  const rows: Row[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const method = words[at] ?? "";
    if (!/^[A-Z]{3,}$/.test(method)) continue;
    rows.push({
      method,
      target: words[at + 1] ?? "",
      statuses: words.slice(at + 2, at + 2 + CALLERS.length),
    });
  }
  return rows;
}

let addresses = 0;

/** Each request comes from another network: many refused tokens of one network would slow its answers. */
function newAddress(): Record<string, string> {
  addresses += 1;
  return { "x-forwarded-for": `198.${addresses >> 16}.${(addresses >> 8) & 255}.${addresses & 255}` };
}

describeServer(
  "Everybody gets what the access table says, and nothing else:",
  (scim, server) => {
    let acme: Body;
    let globex: Body;
    let ownAcme: ScimClient;
    let ownGlobex: ScimClient;
    let callers: Record<Caller, ScimClient>;

    before(async () => {
      acme = await createGroup(scim, [], { displayName: "Acme" });
      globex = await createGroup(scim, [], { displayName: "Globex" });
      const organization = acme.id;
      ownAcme = await clientWith(server(), { organization });
      ownGlobex = await clientWith(server(), { organization: globex.id });
      const person = async (roles: object[]) =>
        expectStatus(
          await ownAcme.post("/Users", { schemas: [CORE_USER], userName: unique("person"), roles }),
          201,
        );
      const { userName } = await person([]);
      const boss = await person([{ value: "organization-admin" }]);
      const inactive = await clientWith(server(), { organization, userName: boss.userName });
      await ownAcme.patch(`/Users/${boss.id}`, { op: "replace", path: "active", value: false });
      const expiresAt = new Date(Date.now() - 1000).toISOString();
      const expired = await server().ahead(-60_000, () => clientWith(server(), { expiresAt }));
      const { operator } = server().services;
      const revoked = await operator.issueToken("revoked");
      await operator.revokeToken(revoked.token.id);
      const bearer = (token: string) => new ScimClient(() => ({ url: scim.url, token }));
      callers = {
        "the provider": scim,
        "the provider, read-only": await clientWith(server(), { readOnly: true }),
        Acme: ownAcme,
        "Acme, read-only": await clientWith(server(), { organization, readOnly: true }),
        Globex: ownGlobex,
        "a member of Acme without a role": await clientWith(server(), { organization, userName }),
        "a deactivated administrator of Acme": inactive,
        "an expired token": expired,
        "a revoked token": bearer(revoked.secret),
        nobody: bearer(""),
      };
    });

    /** A fresh thing of that kind, and a body to replace it with. */
    async function thing(kind: string): Promise<Body> {
      const isForeign = kind.startsWith("foreign-");
      const client = isForeign ? ownGlobex : ownAcme;
      switch (kind.replace("foreign-", "")) {
        case "user":
          return expectStatus(
            await client.post("/Users", { schemas: [CORE_USER], userName: unique("x") }),
            201,
          );
        case "group":
          // As it is now: a PUT of it leaves its members where they are.
          return read(scim, `/Groups/${(isForeign ? globex : acme).id}`);
        case "spare-group":
          return createGroup(scim);
        case "team":
          return expectStatus(
            await client.post("/Teams", { schemas: [TEAM], displayName: unique("x") }),
            201,
          );
        case "invitation":
          return createInvitation(client);
        case "token":
          return expectStatus(
            await client.post("/AccessTokens", { schemas: [ACCESS_TOKEN], name: "x" }),
            201,
          );
        case "event": {
          await thing(isForeign ? "foreign-user" : "user");
          const answer = await client.get("/AuditEvents?count=1&sortBy=timestamp&sortOrder=descending");
          const [event] = expectList(answer);
          if (!event) throw new Error("Nothing has happened");
          return event;
        }
        default:
          throw new Error(`There is no ${kind}`);
      }
    }

    /** An invitation whose mail went out long ago, so that it can be sent again. */
    async function createInvitation(client: ScimClient): Promise<Body> {
      const emails = [{ value: `${unique("guest")}@example.com` }];
      const answer = await client.post("/Invitations", { schemas: [INVITATION], emails });
      await server().database((session) =>
        session.rows("update muster_outbox set created_at = ?", ["2020-01-01T00:00:00.000Z"]),
      );
      return expectStatus(answer, 201);
    }

    const ENDPOINTS: Record<string, string> = {
      user: "/Users",
      group: "/Groups",
      team: "/Teams",
      invitation: "/Invitations",
      token: "/AccessTokens",
      event: "/AuditEvents",
    };

    /** What the thing is created or replaced with. */
    function bodyFor(path: string, caller: Caller): unknown {
      const organization = { value: caller === "Globex" ? globex.id : acme.id };
      if (path.startsWith("/Users")) return { schemas: [CORE_USER], userName: unique("new") };
      if (path.startsWith("/Groups")) return { schemas: [CORE_GROUP], displayName: unique("New") };
      if (path.startsWith("/Teams")) return { schemas: [TEAM], displayName: unique("new"), organization };
      if (path.startsWith("/Invitations"))
        return { schemas: [INVITATION], name: unique("new"), organization };
      return { schemas: [ACCESS_TOKEN], name: "new", organization };
    }

    async function ask(
      row: Row,
      caller: Caller,
    ): Promise<{ answer: Answer; found: Body | undefined; path: string }> {
      const kind = row.target.split("-").at(-1) ?? "";
      const found = row.target.startsWith("/") ? undefined : await thing(row.target);
      const path = found ? `${ENDPOINTS[kind] ?? ""}/${found.id}` : row.target;
      return {
        answer: await callers[caller].request(...request(row.method, path, found, caller)),
        found,
        path,
      };
    }

    function request(
      method: string,
      path: string,
      found: Body | undefined,
      caller: Caller,
    ): [method: string, path: string, options: RequestOptions] {
      const [sent, below, options] = requestBy(method, path, found, caller);
      return [sent, below, { ...options, headers: newAddress() }];
    }

    function requestBy(
      method: string,
      path: string,
      found: Body | undefined,
      caller: Caller,
    ): [method: string, path: string, options: RequestOptions] {
      switch (method) {
        case "SEARCH":
          return ["POST", `${path === "/" ? "" : path}/.search`, { body: SEARCH }];
        case "RESEND":
          return ["POST", `${path}/resend`, { body: {} }];
        case "ROTATE":
          return ["POST", `${path}/rotate`, { body: {} }];
        case "POST":
          return [method, path, { body: bodyFor(path, caller) }];
        case "PUT": {
          return [method, path, { body: omit(found ?? {}, "id", "meta", "token") }];
        }
        case "PATCH": {
          const name = /^.(AccessTokens|Invitations)/.test(path) ? "name" : "externalId";
          const Operations = [{ op: "add", path: name, value: unique("x") }];
          return [method, path, { body: { schemas: [PATCH], Operations } }];
        }
        default:
          return [method, path, {}];
      }
    }

    for (const row of readTable()) {
      it(`${row.method} ${row.target}`, async () => {
        for (const [index, caller] of CALLERS.entries()) {
          const status = row.statuses[index] ?? "";
          if (status === "-") continue;
          const { answer, found, path } = await ask(row, caller);
          const saying = `${row.method} ${row.target} by ${caller}: ${answer.text}`;
          expect(String(answer.status), saying).to.equal(status);
          if (status === "404" && found) {
            // What is somebody else's is answered like what nobody has.
            const nobodys = path.replace(found.id, "01890a5d-ac96-774b-bcce-b302099a8057");
            const same = await callers[caller].request(...request(row.method, nobodys, found, caller));
            expect(answer.text.replaceAll(found.id, "")).to.equal(
              same.text.replaceAll("01890a5d-ac96-774b-bcce-b302099a8057", ""),
            );
            expect(Object.keys(answer.headers)).to.deep.equal(Object.keys(same.headers));
          }
          if (status === "200" && found) expect(answer.body.id, saying).to.equal(found.id);
          if (status === "403" || status === "401") expect(answer.body.schemas).to.have.length(1);
        }
      });
    }

    it("lists what is the caller's", async () => {
      const mine = await Promise.all(
        ["user", "team", "invitation", "token", "event"].map((kind) => thing(kind)),
      );
      const foreign = await Promise.all(
        ["user", "team", "invitation", "token", "event"].map((kind) => thing(`foreign-${kind}`)),
      );
      const endpoints = ["/Users", "/Teams", "/Invitations", "/AccessTokens", "/AuditEvents"];
      for (const [client, own, others] of [
        [ownAcme, mine, foreign],
        [ownGlobex, foreign, mine],
      ] as const) {
        // Its Groups are its teams.
        expect((await client.get("/Groups?count=1000")).text)
          .to.include(own[1]?.id)
          .and.not.include(others[1]?.id)
          .and.not.include(acme.id)
          .and.not.include(globex.id);
        for (const [index, endpoint] of endpoints.entries()) {
          const { text } = await client.get(`${endpoint}?count=1000`);
          expect(text).to.include(own[index]?.id);
          expect(text).to.not.include(others[index]?.id);
        }
      }
      const everything = await Promise.all(endpoints.map((endpoint) => scim.get(`${endpoint}?count=1000`)));
      for (const [index, { text }] of everything.entries()) {
        expect(text).to.include(mine[index]?.id).and.include(foreign[index]?.id);
      }
      expect((await createUser(scim)).id).to.be.a("string");
    });
  },
  { TRUSTED_PROXIES: "127.0.0.1" },
);
