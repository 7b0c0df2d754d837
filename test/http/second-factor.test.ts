import { expect } from "chai";
import { expectStatus } from "../support/assertions.js";
import type { Body } from "../support/client.js";
import { unique } from "../support/factories.js";
import {
  actOnFactor,
  codeOf,
  enterCode,
  FACTOR,
  GuardedPeople,
  PASSWORD,
  sessionStatus,
  setUpFactor,
  stateOf,
  wrongCodeOf,
} from "../support/second-factor.js";
import type { App } from "../support/second-factor.js";
import { describeServer } from "../support/server.js";
import type { BrowserOfPerson } from "../support/signed-in.js";

const OTHER = "another long passphrase 41";
const MINUTE = 60_000;

describeServer("A second factor", (scim, server) => {
  const people = new GuardedPeople(scim, server);

  describe("that is set up", () => {
    it("begins with the password, counts when a code confirms it, and gives recovery codes once", async () => {
      const sam = await people.person();
      const own = await people.signedIn(sam);
      expect(await actOnFactor(own, "begin", { currentPassword: OTHER })).to.equal(403);
      expect(await actOnFactor(own, "begin", {})).to.equal(400);
      const begun = await own.send("POST", `${FACTOR}/begin`, { currentPassword: PASSWORD });
      const { setup, secret, uri, picture } = JSON.parse(begun.text) as Record<string, string>;
      expect(uri)
        .to.match(/^otpauth:\/\/totp\/Muster:/)
        .and.include(`secret=${secret}`);
      expect(picture).to.match(/^<svg /);
      expect(await stateOf(own)).to.include({ isSetUp: false });
      await people.signedIn(sam);
      expect(
        await actOnFactor(own, "confirm", { setup, code: wrongCodeOf({ secret: secret ?? "" }) }),
      ).to.equal(403);
      const before = own.cookies.get("muster_session");
      const code = codeOf({ secret: secret ?? "" });
      const confirmed = await own.send("POST", `${FACTOR}/confirm`, { setup, code });
      expect(confirmed.status).to.equal(201);
      const { recoveryCodes } = JSON.parse(confirmed.text) as { recoveryCodes: string[] };
      expect(new Set(recoveryCodes)).to.have.property("size", 10);
      expect(own.cookies.get("muster_session")).not.to.equal(before);
      expect(await stateOf(own)).to.include({ isSetUp: true, isShown: true, recoveryCodesLeft: 10 });
      expect(await actOnFactor(own, "confirm", { setup, code })).to.be.oneOf([403, 409]);
      expect(await actOnFactor(own, "begin", { currentPassword: PASSWORD })).to.equal(409);
    });

    it("cannot be confirmed in another session, nor after a quarter of an hour, nor without the CSRF token", async () => {
      const sam = await people.person();
      const [own, other] = [await people.signedIn(sam), await people.signedIn(sam)];
      const begun = await own.send("POST", `${FACTOR}/begin`, { currentPassword: PASSWORD });
      const { setup, secret = "" } = JSON.parse(begun.text) as Record<string, string>;
      expect(await actOnFactor(other, "confirm", { setup, code: codeOf({ secret }) })).to.equal(400);
      const later = Date.now() + 16 * MINUTE;
      await server().ahead(16 * MINUTE, async () => {
        expect(await actOnFactor(own, "confirm", { setup, code: codeOf({ secret }, 0, later) })).to.equal(
          400,
        );
      });
      for (const forged of ["", "AAAA", "x".repeat(100)]) {
        expect(await actOnFactor(own, "confirm", { setup: forged, code: codeOf({ secret }) })).to.equal(400);
      }
      own.csrf = "";
      expect(await actOnFactor(own, "confirm", { setup, code: codeOf({ secret }) })).to.equal(403);
      expect(await stateOf(own)).to.include({ isSetUp: false });
    });

    it("in a session of an organization's password is that organization's, and the person is told by mail", async () => {
      const { acme, own } = await people.organization();
      const [work, home] = [`${unique("work")}@acme.example`, `${unique("home")}@example.com`];
      const dana = await people.createdBy(own, { userName: home, emails: [{ value: work }] });
      const inAcme = await people.signedIn(dana, PASSWORD, acme.id);
      expect(await actOnFactor(inAcme, "begin", {})).to.equal(400);
      expect(await actOnFactor(inAcme, "begin", { currentPassword: OTHER })).to.equal(403);
      await scim.patch(`/Users/${dana.id}`, { op: "replace", path: "password", value: OTHER });
      // The person's own password is none of this session's.
      expect(await actOnFactor(inAcme, "begin", { currentPassword: OTHER })).to.equal(403);
      await setUpFactor(inAcme, PASSWORD);
      const personal = await people.signedIn(dana, OTHER);
      expect(await stateOf(personal)).to.include({ isSetUp: false });
      expect(await actOnFactor(personal, "begin", { currentPassword: PASSWORD })).to.equal(403);
      await setUpFactor(personal, OTHER);
      const kind = "second-factor-added";
      expect(await people.mails(dana)).to.deep.equal([
        { kind, address: work },
        { kind, address: home },
      ]);
    });

    it("is removed and renewed with the password only where it was shown, otherwise with a code", async () => {
      const sam = await people.person();
      const [own, old] = [await people.signedIn(sam), await people.signedIn(sam)];
      const app = await setUpFactor(own, PASSWORD);
      const byPassword = { currentPassword: PASSWORD };
      expect(await actOnFactor(old, "remove", byPassword)).to.equal(403);
      expect(await actOnFactor(old, "recovery-codes", byPassword)).to.equal(403);
      expect(await actOnFactor(old, "remove", { code: wrongCodeOf(app) })).to.equal(403);
      expect(await actOnFactor(own, "remove", { currentPassword: OTHER })).to.equal(403);
      const renewed = await own.send("POST", `${FACTOR}/recovery-codes`, byPassword);
      const { recoveryCodes } = JSON.parse(renewed.text) as { recoveryCodes: string[] };
      expect(await actOnFactor(old, "remove", { code: app.recoveryCodes[0] })).to.equal(403);
      expect(await actOnFactor(old, "remove", { code: recoveryCodes[0] })).to.equal(204);
      expect(await stateOf(own)).to.include({ isSetUp: false });
      await people.signedIn(sam);
      expect(await actOnFactor(own, "remove", byPassword)).to.equal(409);
    });

    it("can be shown later in a session that began without it, which gets a new cookie", async () => {
      const sam = await people.person();
      const [own, old] = [await people.signedIn(sam), await people.signedIn(sam)];
      const app = await setUpFactor(own, PASSWORD);
      const show = async (code: string) => (await old.send("POST", "/console/session/code", { code })).status;
      expect((await old.send("GET", "/console/session")).json).to.include({ secondFactor: "not shown" });
      expect(await show(wrongCodeOf(app))).to.equal(403);
      const before = old.cookies.get("muster_session");
      expect(await show(codeOf(app))).to.equal(204);
      expect(old.cookies.get("muster_session")).not.to.equal(before);
      expect((await old.send("GET", "/console/session")).json).to.include({ secondFactor: "shown" });
      expect(await actOnFactor(old, "remove", { currentPassword: PASSWORD })).to.equal(204);
    });

    it("leaves its secret and its codes in no list and no log", async () => {
      const { sam, app } = await people.guarded();
      const everything = await Promise.all(
        [
          `/Users/${sam.id}`,
          `/AuditEvents?filter=${encodeURIComponent(`target.value eq "${sam.id}"`)}`,
          "/Sessions",
        ].map(async (path) => JSON.stringify(await scim.get(path))),
      );
      const stored = await server().database(async (session) => [
        ...(await session.rows("select * from muster_second_factors")),
        ...(await session.rows("select * from muster_recovery_codes")),
        ...(await session.rows("select * from muster_audit_events")),
      ]);
      const text = everything.join() + JSON.stringify(stored);
      const codes = app.recoveryCodes.flatMap((code) => [code, code.replaceAll("-", "")]);
      for (const secret of [app.secret, ...codes]) expect(text).not.to.include(secret);
    });
  });

  describe("at sign-in", () => {
    it("is asked for after the right password alone, and gives a session with a code", async () => {
      const { sam, app } = await people.guarded();
      const wrong = await people.browser().signIn(sam.userName, OTHER);
      const unknown = await people.browser().signIn(unique("nobody"), OTHER);
      expect(wrong.status).to.equal(403);
      expect(JSON.parse(unknown.text)).to.deep.equal(JSON.parse(wrong.text));
      const own = await people.halfSignedIn(sam);
      expect(await sessionStatus(own)).to.equal(401);
      expect((await own.send("GET", "/scim/v2/Me")).status).to.equal(401);
      expect((await own.send("GET", "/console/sign-in/code")).status).to.equal(200);
      const answer = await enterCode(own, codeOf(app));
      expect(answer.status, answer.text).to.equal(200);
      expect(answer.json).to.include({ secondFactor: "shown" });
      expect(own.cookies.has("muster_sign_in")).to.equal(false);
      expect(await sessionStatus(own)).to.equal(200);
    });

    it("takes each code once, also in another sign-in, and none before one that was taken", async () => {
      const { sam, app } = await people.guarded();
      const [first, second, third] = [
        await people.halfSignedIn(sam),
        await people.halfSignedIn(sam),
        await people.halfSignedIn(sam),
      ];
      const code = codeOf(app, 1);
      expect((await enterCode(first, code)).status).to.equal(200);
      expect((await enterCode(second, code)).status).to.equal(403);
      expect((await enterCode(third, codeOf(app))).status).to.equal(403);
    });

    it("takes one of two parallel uses of a code", async () => {
      const { sam, app } = await people.guarded();
      for (const code of [codeOf(app), app.recoveryCodes[0] ?? ""]) {
        const halves = [
          await people.halfSignedIn(sam),
          await people.halfSignedIn(sam),
          await people.halfSignedIn(sam),
        ];
        const statuses = await Promise.all(halves.map(async (own) => (await enterCode(own, code)).status));
        expect(statuses.sort()).to.deep.equal([200, 403, 403]);
      }
    });

    it("takes a recovery code once, however it is typed", async () => {
      const { sam, app } = await people.guarded();
      const [typed = ""] = app.recoveryCodes;
      const own = await people.halfSignedIn(sam);
      expect((await enterCode(own, ` ${typed.toUpperCase().replaceAll("-", " ")} `)).status).to.equal(200);
      expect(await stateOf(own)).to.include({ recoveryCodesLeft: 9 });
      expect((await enterCode(await people.halfSignedIn(sam), typed)).status).to.equal(403);
    });

    it("ends after five wrong codes, and locks out after ten, but not the browser that is known", async () => {
      const { sam, app } = await people.guarded();
      const known = await people.halfSignedIn(sam);
      expect((await enterCode(known, codeOf(app))).status).to.equal(200);
      await known.send("DELETE", "/console/session");
      const wrong = wrongCodeOf(app);
      const tries = async (own: BrowserOfPerson, count: number) => {
        const statuses: number[] = [];
        for (let tried = 0; tried < count; tried += 1) statuses.push((await enterCode(own, wrong)).status);
        return statuses;
      };
      const thief = await people.halfSignedIn(sam);
      expect(await tries(thief, 6)).to.deep.equal([403, 403, 403, 403, 403, 410]);
      expect(await tries(await people.halfSignedIn(sam), 5)).to.deep.equal([403, 403, 403, 403, 403]);
      expect((await enterCode(await people.halfSignedIn(sam), codeOf(app, 1))).status).to.equal(429);
      await known.signIn(sam.userName, PASSWORD);
      expect((await enterCode(known, codeOf(app, 1))).status).to.equal(200);
      const events = await scim.find("/AuditEvents", `target.value eq "${sam.id}"`);
      expect(JSON.stringify(events)).to.include("a wrong second factor").and.include("locked out after 10");
    });

    it("is over after five minutes, in another browser, and when the password changed", async () => {
      const { sam, app } = await people.guarded();
      const own = await people.halfSignedIn(sam);
      expect((await enterCode(people.browser(), codeOf(app))).status).to.equal(410);
      await server().ahead(6 * MINUTE, async () => {
        expect((await enterCode(own, codeOf(app, 0, Date.now() + 6 * MINUTE))).status).to.equal(410);
        expect((await own.send("GET", "/console/sign-in/code")).status).to.equal(401);
      });
      const late = await people.halfSignedIn(sam);
      await scim.patch(`/Users/${sam.id}`, { op: "replace", path: "password", value: OTHER });
      expect((await enterCode(late, app.recoveryCodes[1] ?? "")).status).to.equal(403);
      expect(await sessionStatus(late)).to.equal(401);
    });

    it("gives no session to a person who was deactivated meanwhile", async () => {
      const { sam, app } = await people.guarded();
      const own = await people.halfSignedIn(sam);
      const active = (value: boolean) =>
        scim.patch(`/Users/${sam.id}`, { op: "replace", path: "active", value });
      await active(false);
      expect((await enterCode(own, codeOf(app))).status).to.equal(403);
      await active(true);
      expect(await sessionStatus(own)).to.equal(401);
    });

    it("is no way in with nonsense, of whatever length", async () => {
      const { sam } = await people.guarded();
      const own = await people.halfSignedIn(sam);
      for (const code of ["", "12345", "a".repeat(5000), "００００００"]) {
        expect((await enterCode(own, code)).status).to.equal(403);
      }
      own.cookies.set("muster_sign_in", "x".repeat(43));
      expect((await enterCode(own, "123456")).status).to.equal(410);
    });
  });

  describe("of a person and of an organization", () => {
    const codesOf = async ({ userName }: Body, password: string, app: App, organization?: string) =>
      (await enterCode(await people.halfSignedIn({ userName }, password, organization), codeOf(app))).status;

    it("guard each its own password, and are removed without the other", async () => {
      const { acme, own } = await people.organization();
      const dana = await people.createdBy(own, { userName: `${unique("dana")}@example.com` });
      const inSession = await people.signedIn(dana, PASSWORD, acme.id);
      const ofAcme = await setUpFactor(inSession, PASSWORD);
      await scim.patch(`/Users/${dana.id}`, { op: "replace", path: "password", value: OTHER });
      // The rightful owner's own password is not asked for the organization's factor.
      const personal = await people.signedIn(dana, OTHER);
      expect(await stateOf(personal)).to.include({ isSetUp: false });
      const ofPerson = await setUpFactor(personal, OTHER);
      expect(await codesOf(dana, PASSWORD, ofPerson, acme.id)).to.equal(403);
      expect(await codesOf(dana, OTHER, ofAcme)).to.equal(403);
      expect(await codesOf(dana, PASSWORD, ofAcme, acme.id)).to.equal(200);
      expect(await codesOf(dana, OTHER, ofPerson)).to.equal(200);
      expect(await actOnFactor(personal, "remove", { currentPassword: OTHER })).to.equal(204);
      await people.halfSignedIn(dana, PASSWORD, acme.id);
      await people.signedIn(dana, OTHER);
    });

    it("both go with the organization that renames the account in its care", async () => {
      const { acme, own } = await people.organization();
      const dana = await people.createdBy(own, {
        userName: `${unique("dana")}@example.com`,
        password: undefined,
      });
      await server().database((session) =>
        session.rows(
          `update muster_accounts set password_hash = (select password_hash from muster_accounts where id = ?)
           where id = ?`,
          [donor, dana.id],
        ),
      );
      const personal = await people.signedIn(dana);
      const app = await setUpFactor(personal, PASSWORD);
      const renamed = `${unique("erik")}@example.com`;
      expectStatus(
        await own.patch(`/Users/${dana.id}`, { op: "replace", path: "userName", value: renamed }),
        200,
      );
      expect(await sessionStatus(personal)).to.equal(401);
      const erik = { ...dana, userName: renamed };
      expect(await codesOf(erik, PASSWORD, app, acme.id)).to.equal(200);
      // The next owner of the account's name sets a password of their own.
      await scim.patch(`/Users/${dana.id}`, { op: "replace", path: "password", value: OTHER });
      await people.signedIn(erik, OTHER);
    });

    let donor = "";
    before(async () => {
      donor = (await people.person()).id;
    });

    it("ends with the membership", async () => {
      const { acme, own } = await people.organization();
      const dana = await people.createdBy(own);
      await setUpFactor(await people.signedIn(dana, PASSWORD, acme.id), PASSWORD);
      await own.delete(`/Users/${dana.id}`);
      const left = await server().database((session) =>
        session.rows("select id from muster_second_factors where account_id = ?", [dana.id]),
      );
      expect(left).to.deep.equal([]);
    });
  });
});
