import { expect } from "chai";
import { expectStatus } from "../../support/assertions.js";
import type { Body, ScimClient } from "../../support/client.js";
import { forEachEngine } from "../../support/engines.js";
import { CORE_USER, createGroup, createUser, unique } from "../../support/factories.js";
import { clientWith } from "../../support/realms.js";
import { COSTLY_PASSWORDS, describeServer, startServer } from "../../support/server.js";
import type { ServerInProcess } from "../../support/server.js";
import { BrowserOfPerson } from "../../support/signed-in.js";

/* Attacks on people who sign in, and on those who are signed in. Squatters are in `squatting`. */

const PASSWORD = "correct horse battery staple 9";
const OTHER = "another long passphrase 41";
const PROVIDER_ADMIN = [{ value: "provider-admin" }];
const ORGANIZATION_ADMIN = [{ value: "organization-admin" }];

const person = (scim: ScimClient, attributes: object = {}) =>
  createUser(scim, { password: PASSWORD, ...attributes });

describeServer("An attacker of a person who signs in", (scim, server) => {
  const browser = () => new BrowserOfPerson(server);
  const root = () => server().scim.url.replace("/scim/v2", "");
  const cookieOf = (own: BrowserOfPerson) => own.cookies.get("muster_session") ?? "";

  it("cannot fix a session before: each sign-in begins one of its own", async () => {
    const [sam, mallory] = [await person(scim), await person(scim)];
    const attacker = browser();
    await attacker.signIn(mallory.userName, PASSWORD);
    for (const planted of ["A".repeat(43), cookieOf(attacker)]) {
      const victim = browser();
      victim.cookies.set("muster_session", planted);
      expect((await victim.signIn(sam.userName, PASSWORD)).status).to.equal(200);
      expect(cookieOf(victim)).to.not.equal(planted);
      const follower = browser();
      follower.cookies.set("muster_session", planted);
      expect((await follower.send("GET", "/console/session")).status).to.equal(401);
    }
  });

  it("cannot toss a cookie: of two, none is taken, in whatever order", async () => {
    const [sam, mallory] = [browser(), browser()];
    await sam.signIn((await person(scim)).userName, PASSWORD);
    await mallory.signIn((await person(scim)).userName, PASSWORD);
    const pair = [cookieOf(sam), cookieOf(mallory)].map((value) => `muster_session=${value}`);
    for (const both of [pair, [...pair].reverse()]) {
      const headers = { Cookie: both.join("; ") };
      const stranger = browser();
      expect((await stranger.send("GET", "/scim/v2/Me", undefined, headers)).status).to.equal(401);
      expect((await stranger.send("GET", "/console/session", undefined, headers)).status).to.equal(401);
    }
  });

  it("cannot have a page of another site sign somebody in, or write in their session", async () => {
    const admin = await person(scim, { roles: PROVIDER_ADMIN });
    const own = browser();
    await own.signIn(admin.userName, PASSWORD);
    const victim = await createUser(scim);
    const cookie = `muster_session=${cookieOf(own)}`;
    // What forms of other sites can send: these types, and no header of their own.
    const forms = ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x"];
    for (const type of forms) {
      const headers = { "content-type": type, origin: "https://evil.example" };
      const credentials = JSON.stringify({ userName: admin.userName, password: PASSWORD });
      const form = `userName=${encodeURIComponent(admin.userName)}&password=${encodeURIComponent(PASSWORD)}`;
      for (const body of [credentials, form]) {
        const answer = await fetch(`${root()}/console/sign-in`, { method: "POST", headers, body });
        expect(answer.status, type).to.be.within(400, 499);
        expect(answer.headers.getSetCookie().join()).to.not.include("muster_session=");
      }
      for (const path of ["realm", "sign-out", "sign-out-everywhere", "password"]) {
        const answer = await fetch(`${root()}/console/session/${path}`, {
          ...{ method: "POST", headers: { ...headers, cookie }, redirect: "manual" },
          body: "realm=provider&csrf=",
        });
        expect(answer.status, `${path} as ${type}`).to.be.within(400, 499);
      }
    }
    for (const [method, path] of [
      ["DELETE", `/scim/v2/Users/${victim.id}`],
      ["POST", "/scim/v2/Users"],
      ["POST", "/scim/v2/Bulk"],
      ["POST", "/scim/v2/AccessTokens"],
      ["POST", "/scim/v2/.search"],
      ["DELETE", "/console/session"],
      ["PATCH", "/console/session"],
    ] as const) {
      const answer = await fetch(root() + path, {
        ...{ method, headers: { cookie, "content-type": "application/json" } },
        ...(method !== "DELETE" && { body: "{}" }),
      });
      expect(answer.status, `${method} ${path}`).to.equal(403);
    }
    expect((await own.send("GET", "/console/session")).status).to.equal(200);
  });

  it("cannot use a session's token for writes in another session, or after signing out", async () => {
    const admin = await person(scim, { roles: PROVIDER_ADMIN });
    const [one, other] = [browser(), browser()];
    await one.signIn(admin.userName, PASSWORD);
    await other.signIn(admin.userName, PASSWORD);
    const victim = await createUser(scim);
    const secret = cookieOf(one);
    const { csrf } = one;
    one.csrf = other.csrf;
    expect((await one.send("DELETE", `/scim/v2/Users/${victim.id}`)).status).to.equal(403);
    one.csrf = csrf;
    expect((await one.send("DELETE", "/console/session")).status).to.equal(204);
    one.cookies.set("muster_session", secret);
    expect((await one.send("DELETE", `/scim/v2/Users/${victim.id}`)).status).to.equal(401);
    expect((await one.send("GET", "/scim/v2/Me")).status).to.equal(401);
  });

  it("is told by no text who has an account, a password, or a name in which organization", async () => {
    const acme = await createGroup(scim);
    const own = await clientWith(server(), { organization: acme.id });
    const member = expectStatus(
      await own.post("/Users", { schemas: [CORE_USER], userName: unique("jdoe"), password: PASSWORD }),
      201,
    );
    const people = [
      await person(scim),
      await createUser(scim),
      await person(scim, { active: false }),
      member,
      { userName: unique("nobody") },
    ];
    for (const where of [undefined, acme.id]) {
      const answers = [];
      for (const { userName } of people) answers.push(await browser().signIn(userName, OTHER, where));
      const texts = answers.map(({ status, text, headers }) => [
        ...[status, text.replaceAll(/"requestId":"[^"]*"/g, ""), headers.get("set-cookie")],
      ]);
      for (const text of texts) expect(text).to.deep.equal(texts[0]);
      const names = people.map(({ userName }) => userName);
      const path = `/console/forgotten-password${where === undefined ? "" : `/${where}`}`;
      const asked = [];
      for (const userName of names) asked.push((await browser().send("POST", path, { userName })).text);
      for (const text of asked) expect(text).to.equal(asked[0]);
    }
  });

  it("who tries passwords in every way at once gets ten tries, and the person gets in", async () => {
    const sam = await person(scim);
    const theirs = browser();
    await theirs.signIn(sam.userName, PASSWORD);
    await theirs.send("DELETE", "/console/session");
    const tries = Array.from({ length: 30 }, (_, n) =>
      browser().signIn(n % 2 === 0 ? sam.userName : sam.userName.toUpperCase(), `${OTHER} ${n}`),
    );
    const statuses = (await Promise.all(tries)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 403)).to.have.lengthOf(10);
    expect(statuses.filter((status) => status === 429)).to.have.lengthOf(20);
    expect((await browser().signIn(sam.userName, PASSWORD)).status).to.equal(429);
    expect((await theirs.signIn(sam.userName, PASSWORD)).status).to.equal(200);
    expect((await browser().signIn((await person(scim)).userName, PASSWORD)).status).to.equal(200);
  });

  it("has no session of a password that is changed while they sign in with it", async () => {
    const sam = await person(scim);
    const attackers = Array.from({ length: 8 }, () => browser());
    const change = scim.patch(`/Users/${sam.id}`, { op: "replace", path: "password", value: OTHER });
    const [changed] = await Promise.all([
      change,
      ...attackers.map((each) => each.signIn(sam.userName, PASSWORD)),
    ]);
    expectStatus(changed, 200);
    for (const each of attackers) expect((await each.send("GET", "/console/session")).status).to.equal(401);
  });
});

describeServer(
  "An attacker beside a server that people reach by https",
  (scim, server) => {
    it("cannot set its cookies from another host of the domain, nor read them on the way", async () => {
      const { userName } = await person(scim);
      const answer = await new BrowserOfPerson(server).signIn(userName, PASSWORD);
      expect(answer.status, answer.text).to.equal(200);
      const cookies = answer.headers.getSetCookie();
      expect(cookies).to.have.length.above(1);
      for (const cookie of cookies) {
        expect(cookie).to.match(/^__Host-/);
        expect(cookie.split("; ")).to.include.members(["Secure", "HttpOnly", "Path=/", "SameSite=Lax"]);
        expect(cookie).to.not.match(/domain=/i);
      }
    });
  },
  { PUBLIC_URL: "https://muster.example.com" },
);

describe("An attacker with a stopwatch", () => {
  forEachEngine((engine) => {
    it("is answered for a name that nobody has about as late as for a wrong password", async () => {
      const server = await startServer(engine, {}, Date.now, COSTLY_PASSWORDS);
      try {
        const names = await Promise.all([person(server.scim), person(server.scim)]);
        const timed = async (userName: string) => {
          const began = performance.now();
          const answer = await new BrowserOfPerson(() => server).signIn(userName, OTHER);
          expect(answer.status).to.equal(403);
          return performance.now() - began;
        };
        const known = [];
        const unknown = [];
        for (let n = 0; n < 3; n += 1) {
          for (const { userName } of names) known.push(await timed(userName));
          unknown.push(await timed(unique("nobody")), await timed(unique("nobody")));
        }
        // Without the decoys, it would be a hundredth or a half.
        expect(Math.min(...unknown) / Math.min(...known)).to.be.within(0.7, 1.4);
      } finally {
        await server.stop();
      }
    }).timeout(60_000);
  });
});

describe("A session whose power ended in one process", () => {
  forEachEngine((engine) => {
    let one: ServerInProcess;
    let other: ServerInProcess;

    before(async () => {
      one = await startServer(engine);
      other = await startServer(engine, { DATABASE_URL: one.databaseUrl });
    });
    after(async () => {
      await other.stop();
      await one.stop();
    });

    interface Case {
      readonly sam: Body;
      readonly organization: Body;
      readonly own: BrowserOfPerson;
    }

    const patch = async (path: string, op: object) =>
      expectStatus(await one.scim.patch(path, op as never), 200, 204);

    const ends: Readonly<Record<string, (of: Case) => Promise<unknown>>> = {
      "by signing out": ({ own }) => own.send("DELETE", "/console/session"),
      "by signing out everywhere": ({ own }) => own.send("DELETE", "/console/session?everywhere=true"),
      "by an administrator": async ({ sam, own }) => {
        const { id } = (await own.send("GET", "/console/session")).json;
        expect(sam.id).to.not.equal(id);
        expectStatus(await one.scim.delete(`/Sessions/${id}`), 204);
      },
      "with another password": ({ sam }) =>
        patch(`/Users/${sam.id}`, { op: "replace", path: "password", value: OTHER }),
      "with the activity of the account": ({ sam }) =>
        patch(`/Users/${sam.id}`, { op: "replace", path: "active", value: false }),
      "with the account": async ({ sam }) => expectStatus(await one.scim.delete(`/Users/${sam.id}`), 204),
    };
    const endsOfRealm: Readonly<Record<string, (of: Case) => Promise<unknown>>> = {
      "with the membership": ({ sam, organization }) =>
        patch(`/Groups/${organization.id}`, { op: "remove", path: `members[value eq "${sam.id}"]` }),
      "with the organization": async ({ organization }) =>
        expectStatus(await one.scim.delete(`/Groups/${organization.id}`), 204),
      "with the role": async ({ sam, organization }) => {
        const own = await clientWith(one, { organization: organization.id });
        const removed = await own.patch(`/Users/${sam.id}`, { op: "remove", path: "roles" });
        expectStatus(removed, 200);
      },
      "with the activity of the membership": async ({ sam, organization }) => {
        const own = await clientWith(one, { organization: organization.id });
        const op = { op: "replace", path: "active", value: false };
        expectStatus(await own.patch(`/Users/${sam.id}`, op), 200);
      },
    };

    const begin = async (): Promise<Case & { elsewhere: BrowserOfPerson }> => {
      const sam = await person(one.scim);
      const organization = await createGroup(one.scim, [sam]);
      const inIt = await clientWith(one, { organization: organization.id });
      const roles = { op: "add", path: "roles", value: ORGANIZATION_ADMIN };
      expectStatus(await inIt.patch(`/Users/${sam.id}`, roles), 200);
      const own = new BrowserOfPerson(() => one);
      await own.signIn(sam.userName, PASSWORD);
      const elsewhere = new BrowserOfPerson(() => other);
      for (const [name, value] of own.cookies) elsewhere.cookies.set(name, value);
      elsewhere.csrf = own.csrf;
      expect((await elsewhere.send("GET", "/scim/v2/Users")).status).to.equal(200);
      return { sam, organization, own, elsewhere };
    };

    for (const [how, end] of Object.entries(ends)) {
      it(`is none in another one: ${how}`, async () => {
        const { elsewhere, ...of } = await begin();
        await end(of);
        expect((await elsewhere.send("GET", "/scim/v2/Users")).status).to.equal(401);
        expect((await elsewhere.send("GET", "/console/session")).status).to.equal(401);
      });
    }
    for (const [how, end] of Object.entries(endsOfRealm)) {
      it(`has no power in another one: ${how}`, async () => {
        const { elsewhere, ...of } = await begin();
        await end(of);
        expect((await elsewhere.send("GET", "/scim/v2/Users")).status).to.equal(403);
        const body = { schemas: [CORE_USER], userName: unique("made") };
        expect((await elsewhere.send("POST", "/scim/v2/Users", body)).status).to.equal(403);
        expect((await elsewhere.send("GET", "/console/session")).status).to.equal(200);
      });
    }
  });
});
