import { expect } from "chai";
import { expectStatus, read } from "../support/assertions.js";
import type { Body, ScimClient } from "../support/client.js";
import { CORE_USER, createGroup, createUser, unique } from "../support/factories.js";
import { clientWith } from "../support/realms.js";
import { describeServer } from "../support/server.js";
import { BrowserOfPerson } from "../support/signed-in.js";

const PASSWORD = "correct horse battery staple 9";
const OTHER = "another long passphrase 41";
const ADMIN = [{ value: "organization-admin" }];
const MINUTE = 60_000;

describeServer("A person signed in", (scim, server) => {
  const browser = () => new BrowserOfPerson(server);
  const person = (attributes: object = {}) =>
    createUser(scim, { userName: `${unique("Sam")}@Example.com`, password: PASSWORD, ...attributes });
  const signedIn = async ({ userName }: Body, password = PASSWORD, organization?: string) => {
    const own = browser();
    const answer = await own.signIn(userName, password, organization);
    expect(answer.status, answer.text).to.equal(200);
    return own;
  };
  const tokenOf = (organization: Body) =>
    clientWith(server(), { organization: organization.displayName ?? "" });
  /** One of an organization's people, whom it created with a password of its own. */
  const createdBy = async (own: ScimClient, attributes: object = {}): Promise<Body> => {
    const body = { schemas: [CORE_USER], userName: unique("own"), password: PASSWORD, ...attributes };
    return expectStatus(await own.post("/Users", body), 201);
  };
  const status = async (own: BrowserOfPerson, method = "GET", path = "/scim/v2/Users") =>
    (await own.send(method, path)).status;

  it("signs in by the userName in any case, and acts as a token of theirs would", async () => {
    const sam = await person({ roles: [{ value: "provider-admin" }] });
    const own = browser();
    const answer = await own.signIn(sam.userName.toUpperCase(), PASSWORD);
    expect(answer.status).to.equal(200);
    expect(answer.json.user.value).to.equal(sam.id);
    expect(answer.json.realm).to.equal("provider");
    expect(await status(own)).to.equal(200);
    const body = { schemas: [CORE_USER], userName: unique("made") };
    expect((await own.send("POST", "/scim/v2/Users", body)).status).to.equal(201);
    const me = (await own.send("GET", "/scim/v2/Me")).text;
    expect(JSON.parse(me)).to.have.property("id", sam.id);
    const realm = JSON.parse((await own.send("GET", "/scim/v2/Realm")).text) as { actor: object };
    expect(realm.actor).to.include({ type: "session", value: answer.json.id });
  });

  it("sees only themselves without a role", async () => {
    const sam = await person();
    const own = await signedIn(sam);
    expect(await status(own, "GET", `/scim/v2/Users/${sam.id}`)).to.equal(200);
    expect(await status(own)).to.equal(403);
  });

  it("gets a cookie that scripts and other sites cannot use", async () => {
    const { userName } = await person();
    const answer = await browser().signIn(userName, PASSWORD);
    const [cookie = ""] = answer.headers.getSetCookie().filter((set) => set.startsWith("muster_session="));
    expect(cookie).to.include("HttpOnly").and.include("SameSite=Lax").and.include("Path=/");
  });

  it("is told the same for a wrong password and for a name that nobody has", async () => {
    const { userName } = await person();
    const wrong = await browser().signIn(userName, OTHER);
    const unknown = await browser().signIn(unique("nobody"), OTHER);
    expect(wrong.status).to.equal(403);
    expect({ ...JSON.parse(unknown.text) }).to.deep.equal({ ...JSON.parse(wrong.text) });
  });

  it("is told that a body is no JSON", async () => {
    const answer = await browser().send("POST", "/console/sign-in", '{"userName":');
    expect(answer.status).to.equal(400);
    expect(answer.json).to.include({ scimType: "invalidSyntax", detail: "The body is not valid JSON" });
  });

  it("writes nothing without the token against forged requests", async () => {
    const sam = await person({ roles: [{ value: "provider-admin" }] });
    const own = await signedIn(sam);
    const victim = await createUser(scim);
    own.csrf = "";
    expect(await status(own, "DELETE", `/scim/v2/Users/${victim.id}`)).to.equal(403);
    expect(await status(own, "POST", "/scim/v2/Bulk")).to.equal(403);
    own.csrf = "x".repeat(43);
    expect(await status(own, "DELETE", `/scim/v2/Users/${victim.id}`)).to.equal(403);
    await read(scim, `/Users/${victim.id}`);
  });

  it("does not do in one realm what a page meant to do in another", async () => {
    const sam = await person({ roles: [{ value: "provider-admin" }] });
    const victim = await createUser(scim);
    const acme = await createGroup(scim, [sam, victim]);
    const own = await signedIn(sam);
    await own.switchTo(acme.id);
    const stale = own.csrf;
    await own.switchTo("provider");
    own.csrf = stale;
    expect(await status(own, "DELETE", `/scim/v2/Users/${victim.id}`)).to.equal(403);
    await read(scim, `/Users/${victim.id}`);
  });

  it("is told what to do about a write that is too old, in a form and as JSON", async () => {
    const { csrf: foreign } = await signedIn(await person());
    const sam = await person({ roles: [{ value: "provider-admin" }] });
    const acme = await createGroup(scim, [sam]);
    const theirs = await signedIn(sam);
    const stale = theirs.csrf;
    await theirs.switchTo(acme.id);
    const form = { Accept: "text/html", "Content-Type": "application/x-www-form-urlencoded" };
    for (const path of ["realm", "sign-out", "password", "addresses", "factor/begin"]) {
      for (const csrf of [stale, foreign]) {
        const refused = await theirs.send("POST", `/console/session/${path}`, `csrf=${csrf}`, form);
        expect(refused.status, path).to.equal(403);
        expect(refused.text, path).to.include("since this page was opened; open it again");
        expect(refused.text, path).not.to.include("Muster-CSRF");
      }
    }
    theirs.csrf = stale;
    for (const [method, path] of [
      ["PATCH", "/console/session"],
      ["PATCH", "/scim/v2/Me"],
    ] as const) {
      const refused = await theirs.send(method, path, {});
      expect(refused.status, path).to.equal(403);
      expect(refused.json.detail).to.match(/^The header Muster-CSRF .*; read it from \/console\/session$/);
    }
  });

  it("does not read in one realm what a page meant to read in another, where the page says so", async () => {
    const sam = await person({ roles: [{ value: "provider-admin" }] });
    const acme = await createGroup(scim, [sam]);
    const own = await signedIn(sam);
    const meant = { "Muster-CSRF": own.csrf };
    const get = () => own.send("GET", "/scim/v2/Users?count=0", undefined, meant);
    expect((await get()).status).to.equal(200);
    await own.switchTo(acme.id);
    const refused = await get();
    expect(refused.status).to.equal(403);
    expect(refused.json).to.have.property("detail").that.includes("was for another realm");
    await own.switchTo("provider");
    expect((await get()).status).to.equal(200);
  });

  it("acts in one realm at a time, and only in their own", async () => {
    const sam = await person();
    const [acme, globex, foreign] = await Promise.all([
      createGroup(scim, [sam]),
      createGroup(scim, [sam]),
      createGroup(scim, []),
    ]);
    const inAcme = await tokenOf(acme);
    await inAcme.patch(`/Users/${sam.id}`, { op: "replace", path: "roles", value: ADMIN });
    const own = await signedIn(sam);
    const session = (await own.send("GET", "/console/session")).json;
    expect(session.realm).to.equal(acme.id);
    expect(session.realms.map(({ value }) => value)).to.have.members(["provider", acme.id, globex.id]);
    expect(await status(own)).to.equal(200);
    await own.switchTo(globex.id);
    expect(await status(own)).to.equal(403);
    expect((await own.switchTo(foreign.id)).status).to.equal(403);
    expect((await own.switchTo("nonsense")).status).to.equal(400);
  });

  it("loses the power of a role at once, and stays signed in", async () => {
    const sam = await person();
    const acme = await createGroup(scim, [sam]);
    const inAcme = await tokenOf(acme);
    await inAcme.patch(`/Users/${sam.id}`, { op: "replace", path: "roles", value: ADMIN });
    const own = await signedIn(sam);
    expect(await status(own)).to.equal(200);
    await inAcme.patch(`/Users/${sam.id}`, { op: "remove", path: "roles" });
    expect(await status(own)).to.equal(403);
    expect(await status(own, "GET", "/console/session")).to.equal(200);
  });

  it("acts in no realm that they left, until they choose another one", async () => {
    const sam = await person({ roles: [{ value: "provider-admin" }] });
    const acme = await createGroup(scim, [sam]);
    const own = await signedIn(sam);
    await own.switchTo(acme.id);
    await scim.patch(`/Groups/${acme.id}`, { op: "remove", path: `members[value eq "${sam.id}"]` });
    expect(await status(own)).to.equal(403);
    expect((await own.send("GET", "/console/session")).json.realm).to.equal(null);
    expect((await own.switchTo("provider")).status).to.equal(200);
    expect(await status(own)).to.equal(200);
  });

  for (const [what, change] of [
    ["deactivated", { op: "replace", path: "active", value: false }],
    ["given a new password", { op: "replace", path: "password", value: OTHER }],
  ] as const) {
    it(`is signed out at once when ${what}`, async () => {
      const sam = await person();
      const own = await signedIn(sam);
      expectStatus(await scim.patch(`/Users/${sam.id}`, change), 200);
      expect(await status(own, "GET", "/console/session")).to.equal(401);
      expect(await status(own)).to.equal(401);
      await scim.patch(`/Users/${sam.id}`, { op: "replace", path: "active", value: true });
      expect(await status(own)).to.equal(401);
    });
  }

  it("is signed out after an hour or so without a request, and after half a day in any case", async () => {
    const sam = await person();
    const idle = await signedIn(sam);
    await server().ahead(119 * MINUTE, async () => {
      expect(await status(idle, "GET", "/console/session")).to.equal(200);
    });
    const late = await signedIn(sam);
    await server().ahead(121 * MINUTE, async () => {
      expect(await status(late, "GET", "/console/session")).to.equal(401);
    });
    for (let hour = 1; hour < 12; hour += 1) {
      await server().ahead(hour * 60 * MINUTE, async () => {
        expect(await status(idle, "GET", "/console/session")).to.equal(200);
      });
    }
    await server().ahead(12 * 60 * MINUTE, async () => {
      expect(await status(idle, "GET", "/console/session")).to.equal(401);
    });
  });

  it("signs out here, or everywhere", async () => {
    const sam = await person();
    const [one, two, three] = [await signedIn(sam), await signedIn(sam), await signedIn(sam)];
    const cookies = new Map(one.cookies);
    expect(await status(one, "DELETE", "/console/session")).to.equal(204);
    for (const [name, value] of cookies) one.cookies.set(name, value);
    expect(await status(one, "GET", "/console/session")).to.equal(401);
    expect(await status(two, "DELETE", "/console/session?everywhere=true")).to.equal(204);
    expect(await status(three, "GET", "/console/session")).to.equal(401);
  });

  it("has a new session after signing in again, and the old one has ended", async () => {
    const sam = await person();
    const own = await signedIn(sam);
    const old = browser();
    for (const [name, value] of own.cookies) old.cookies.set(name, value);
    await own.signIn(sam.userName, PASSWORD);
    expect(own.cookies.get("muster_session")).to.not.equal(old.cookies.get("muster_session"));
    expect(await status(old, "GET", "/console/session")).to.equal(401);
  });

  it("is not signed in by a cookie that another site planted beside theirs", async () => {
    const own = await signedIn(await person());
    const session = own.cookies.get("muster_session") ?? "";
    const twice = { Cookie: `muster_session=${"a".repeat(43)}; muster_session=${session}` };
    expect((await own.send("GET", "/console/session", undefined, twice)).status).to.equal(401);
    expect((await own.send("GET", "/scim/v2/Users", undefined, twice)).status).to.equal(401);
  });

  describe("by a password of an organization", () => {
    it("acts in that organization alone, with its names", async () => {
      const [acme, globex] = [await createGroup(scim, []), await createGroup(scim, [])];
      const own = await tokenOf(acme);
      const jdoe = await createdBy(own, { userName: "jdoe", roles: ADMIN });
      const other = await createdBy(await tokenOf(globex), { userName: "jdoe", password: OTHER });
      expect(other.id).to.not.equal(jdoe.id);
      const signed = await signedIn(jdoe, PASSWORD, acme.id);
      const session = (await signed.send("GET", "/console/session")).json;
      expect(session).to.include({ realm: acme.id, credential: "organization" });
      expect(session.realms.map(({ value }) => value)).to.deep.equal([acme.id]);
      expect((await signed.switchTo("provider")).status).to.equal(403);
      expect((await browser().signIn("jdoe", PASSWORD, globex.id)).status).to.equal(403);
      await signedIn(other, OTHER, globex.id);
      await scim.patch(`/Groups/${globex.id}`, { op: "add", path: "members", value: [{ value: jdoe.id }] });
      expect((await signed.switchTo(globex.id)).status).to.equal(403);
    });

    it("gives no role's power, since the organization chose it", async () => {
      const acme = await createGroup(scim, []);
      const own = await tokenOf(acme);
      const boss = await createdBy(own, { roles: ADMIN });
      const signed = await signedIn(boss, PASSWORD, acme.id);
      expect(await status(signed)).to.equal(403);
      expect(await status(signed, "GET", `/scim/v2/Users/${boss.id}`)).to.equal(200);
    });

    it("ends with the membership", async () => {
      const acme = await createGroup(scim, []);
      const own = await tokenOf(acme);
      const sam = await createdBy(own);
      const signed = await signedIn(sam, PASSWORD, acme.id);
      expectStatus(await own.delete(`/Users/${sam.id}`), 204);
      expect(await status(signed, "GET", "/console/session")).to.equal(401);
      expect((await browser().signIn(sam.userName, PASSWORD)).status).to.equal(403);
    });

    it("ends when the organization deactivates the person, and does not begin again by itself", async () => {
      const acme = await createGroup(scim, []);
      const own = await tokenOf(acme);
      const sam = await createdBy(own);
      const signed = await signedIn(sam, PASSWORD, acme.id);
      for (const active of [false, true]) {
        await own.patch(`/Users/${sam.id}`, { op: "replace", path: "active", value: active });
        expect(await status(signed, "GET", "/console/session")).to.equal(401);
      }
    });

    it("is told with the right password alone that the membership is not active", async () => {
      const acme = await createGroup(scim, []);
      const own = await tokenOf(acme);
      const sam = await createdBy(own, { active: false });
      const right = await browser().signIn(sam.userName, PASSWORD, acme.id);
      const wrong = await browser().signIn(sam.userName, OTHER, acme.id);
      expect(right.json.detail).to.include("not an active member");
      expect(wrong.json.detail).to.equal("The name or the password is wrong");
    });
  });

  describe("as a resource", () => {
    it("sees their own, and ends them", async () => {
      const sam = await person();
      const [one, two] = [await signedIn(sam), await signedIn(sam)];
      const listed = (await one.send("GET", "/scim/v2/Sessions")).json;
      expect(listed.totalResults).to.equal(2);
      const { id } = (await two.send("GET", "/console/session")).json;
      expect(await status(one, "DELETE", `/scim/v2/Sessions/${id}`)).to.equal(204);
      expect(await status(two, "GET", "/console/session")).to.equal(401);
      const foreign = await signedIn(await person());
      expect((await foreign.send("GET", "/scim/v2/Sessions")).json.totalResults).to.equal(1);
    });

    it("shows an organization its stay there alone, which its administrator can end", async () => {
      const sam = await person();
      const [acme, globex] = [await createGroup(scim, [sam]), await createGroup(scim, [sam])];
      const [inAcme, inGlobex] = [await tokenOf(acme), await tokenOf(globex)];
      const own = await signedIn(sam);
      await own.switchTo(acme.id);
      const { id } = (await own.send("GET", "/console/session")).json;
      const session = await read(inAcme, `/Sessions/${id}`);
      expect(session).to.have.nested.property("user.value", sam.id);
      expectStatus(await inGlobex.get(`/Sessions/${id}`), 404);
      expectStatus(await inGlobex.delete(`/Sessions/${id}`), 404);
      expectStatus(await inAcme.delete(`/Sessions/${id}`), 204);
      expectStatus(await inAcme.get(`/Sessions/${id}`), 404);
      expect(await status(own)).to.equal(403);
      own.csrf = (await own.send("GET", "/console/session")).json.csrf;
      expect((await own.switchTo(globex.id)).status).to.equal(200);
    });

    it("can be filtered by the person, and shows nothing secret", async () => {
      const sam = await person();
      await signedIn(sam);
      const filter = encodeURIComponent(`user.value eq "${sam.id}"`);
      const { totalResults, Resources } = await read(scim, `/Sessions?filter=${filter}`);
      expect(totalResults).to.equal(1);
      expect(JSON.stringify(Resources)).to.not.match(/hash|secret|scrypt/i);
    });
  });

  describe("after wrong passwords", () => {
    it("is locked out where they came from, and not in a browser that has signed in before", async () => {
      const sam = await person();
      const known = await signedIn(sam);
      const stranger = browser();
      for (let attempt = 0; attempt < 10; attempt += 1) {
        expect((await stranger.signIn(sam.userName, OTHER)).status).to.equal(403);
      }
      const refused = await stranger.signIn(sam.userName, PASSWORD);
      expect(refused.status).to.equal(429);
      expect(refused.headers.get("Retry-After")).to.match(/^[1-9][0-9]*$/);
      expect((await known.signIn(sam.userName, PASSWORD)).status).to.equal(200);
      await server().ahead(16 * MINUTE, async () => {
        expect((await stranger.signIn(sam.userName, PASSWORD)).status).to.equal(200);
      });
    });

    it("is locked out alike for a name that nobody has", async () => {
      const stranger = browser();
      const name = unique("nobody");
      for (let attempt = 0; attempt < 10; attempt += 1) await stranger.signIn(name, OTHER);
      expect((await stranger.signIn(name, PASSWORD)).status).to.equal(429);
    });

    it("has left a trace in the audit log, and so has signing in", async () => {
      const sam = await person();
      await browser().signIn(sam.userName, OTHER);
      await signedIn(sam);
      const filter = encodeURIComponent(`target.value eq "${sam.id}" and action eq "authenticate"`);
      const refused = await read(scim, `/AuditEvents?filter=${filter}`);
      expect(refused.totalResults).to.equal(1);
      expect(JSON.stringify(refused)).to.include("a wrong password").and.not.include(OTHER);
      const begun = encodeURIComponent(`target.type eq "Session" and user.value eq "${sam.id}"`);
      expect((await read(scim, `/AuditEvents?filter=${begun}`)).totalResults).to.equal(1);
    });
  });
});
