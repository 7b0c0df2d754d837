import { expect } from "chai";
import { read } from "../support/assertions.js";
import { act } from "../support/links.js";
import { linkIn } from "../support/mail.js";
import { describeOwnAddresses, PASSWORD, PATH } from "../support/own-addresses.js";
import { clientWith } from "../support/realms.js";
import { BrowserOfPerson } from "../support/signed-in.js";

const NEW = "another long passphrase 41";
const DAY = 24 * 60 * 60 * 1000;
const FORM = { Accept: "text/html", "Content-Type": "application/x-www-form-urlencoded" };

describeOwnAddresses(
  "The addresses of a person who is signed in",
  ({
    address,
    person,
    signedIn,
    signInStatus,
    linkFor,
    addressesOf,
    addressIn,
    remove,
    forgotten,
    expire,
    eventsOf,
    mailbox,
    server,
    scim,
  }) => {
    describe("are proved by a link in a mail,", () => {
      it("after which they sign in, get a new password, and can be in 'emails'", async () => {
        const sam = await person({ emails: [{ value: "sam@work.example" }] });
        const own = await signedIn(sam.userName);
        const mine = address("private");
        const link = await linkFor(own, mine);
        const waiting = await addressIn(own, mine);
        expect(waiting).to.include({ isUserName: false, isInProfile: false });
        expect(waiting).not.to.have.property("provedAt");
        expect(Date.parse(waiting?.pendingUntil ?? "")).to.be.within(
          Date.now() + DAY - 60_000,
          Date.now() + DAY,
        );
        expect(await signInStatus(mine)).to.equal(403);
        // Opening the link proves nothing.
        expect(JSON.parse((await own.send("GET", link)).text)).to.include({ value: mine });
        expect(await signInStatus(mine)).to.equal(403);
        const done = await own.send("POST", link);
        expect(done.status, done.text).to.equal(200);
        const proved = await addressIn(own, mine);
        expect(proved).not.to.have.property("pendingUntil");
        expect(Date.parse(proved?.provedAt ?? "")).to.be.closeTo(Date.now(), 60_000);
        const listed = await addressesOf(own);
        expect(listed.map(({ value }) => value)).to.deep.equal([sam.userName, "sam@work.example", mine]);
        expect(listed.map(({ isUserName }) => isUserName)).to.deep.equal([true, false, false]);
        expect(listed.map(({ isInProfile }) => isInProfile)).to.deep.equal([false, true, false]);
        expect(await signInStatus(mine.toUpperCase())).to.equal(200);
        const product = await clientWith(server(), { checksPasswords: true });
        const checked = await product.post("/PasswordCheck", { userName: mine, password: PASSWORD });
        expect(checked.body).to.include({ result: "accepted", credential: "person" });
        const emails = [{ value: "sam@work.example" }, { value: mine, type: "home" }];
        const patched = await own.send("PATCH", "/scim/v2/Me", {
          schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
          Operations: [{ op: "replace", path: "emails", value: emails }],
        });
        expect(patched.status, patched.text).to.equal(200);
        expect(await read(scim, `/Users/${sam.id}`)).to.deep.include({ emails });
        expect((await forgotten(mine)).status).to.equal(202);
        const reset = linkIn(await mailbox.expect(mine, 2));
        expect((await act(reset, "complete", { password: NEW })).status).to.equal(200);
        expect(await signInStatus(mine, NEW)).to.equal(200);
        const events = await eventsOf(sam.id);
        expect(events).to.include("asked for the proof of a new address").and.include("proved an address");
        expect(events).not.to.include(mine);
      });

      it("once, however many open it at the same time", async () => {
        const own = await signedIn((await person()).userName);
        const link = await linkFor(own, address("private"));
        const answers = await Promise.all([1, 2, 3].map(() => own.send("POST", link)));
        expect(answers.map(({ status }) => status).sort()).to.deep.equal([200, 410, 410]);
      });

      it("which is void after a newer one, a day, another password, and when it is removed", async () => {
        const sam = await person();
        const own = await signedIn(sam.userName);
        const [mine, other, third] = [address("private"), address("private"), address("private")];
        const first = await linkFor(own, mine);
        const second = await linkFor(own, mine, 2);
        expect((await own.send("POST", first)).status).to.equal(410);
        const removed = await linkFor(own, other);
        expect((await remove(own, other)).status).to.equal(200);
        expect((await own.send("POST", removed)).status).to.equal(410);
        await expire(sam.id);
        const expired = await own.send("POST", second);
        expect(expired.status).to.equal(410);
        expect(JSON.parse(expired.text)).to.include({ reason: "expired" });
        expect(await addressIn(own, mine)).to.equal(undefined);
        const late = await linkFor(own, third);
        const changed = { currentPassword: PASSWORD, newPassword: NEW };
        expect((await own.send("POST", "/console/session/password", changed)).status).to.equal(204);
        expect((await own.send("POST", late)).status).to.equal(410);
        expect(await addressIn(own, third)).to.equal(undefined);
        expect(await signInStatus(mine, NEW)).to.equal(403);
      });

      it("which is void after a reset, and after the account was deactivated, also when it is active again", async () => {
        const sam = await person();
        const own = await signedIn(sam.userName);
        const before = await linkFor(own, address("private"));
        await forgotten(sam.userName);
        const reset = linkIn(await mailbox.expect(sam.userName));
        expect((await act(reset, "complete", { password: PASSWORD })).status).to.equal(200);
        expect((await own.send("POST", before)).status).to.equal(401);
        const again = await signedIn(sam.userName);
        expect((await again.send("POST", before)).status).to.equal(410);
        const mine = address("private");
        const link = await linkFor(again, mine);
        for (const value of [false, true]) {
          await scim.patch(`/Users/${sam.id}`, { op: "replace", path: "active", value });
        }
        expect((await again.send("POST", link)).status).to.equal(401);
        const active = await signedIn(sam.userName);
        expect((await active.send("POST", link)).status).to.equal(410);
        expect(await signInStatus(mine)).to.equal(403);
      });

      it("which changes nothing for another account, without a session, or without the CSRF token", async () => {
        const own = await signedIn((await person()).userName);
        const other = await signedIn((await person()).userName);
        const mine = address("private");
        const link = await linkFor(own, mine);
        for (const method of ["GET", "POST"]) {
          const foreign = await other.send(method, link);
          expect(foreign.status).to.equal(403);
          expect(foreign.text).to.include("for another account").and.not.include(mine);
          expect((await new BrowserOfPerson(server).send(method, link)).status).to.equal(401);
        }
        const { csrf } = own;
        own.csrf = "";
        expect((await own.send("POST", link)).status).to.equal(403);
        expect((await own.send("POST", link, "csrf=made+up", FORM)).status).to.equal(403);
        own.csrf = csrf;
        for (const broken of [`${link.slice(0, -43)}${"A".repeat(43)}`, `${PATH}/proofs/nonsense`]) {
          expect((await own.send("POST", broken)).status).to.equal(404);
        }
        for (const purpose of ["password-reset", "account-setup", "invitations"]) {
          const elsewhere = link.replace("console/session/addresses/proofs", purpose);
          expect((await own.send("GET", elsewhere)).status, purpose).to.equal(404);
        }
        expect((await own.send("POST", link)).status).to.equal(200);
        expect(await addressesOf(other)).to.have.length(1);
      });

      it("which leads to the sign-in and back", async () => {
        const sam = await person();
        const own = await signedIn(sam.userName);
        const link = await linkFor(own, address("private"));
        const html = { Accept: "text/html" };
        const away = new BrowserOfPerson(server);
        const sent = await away.send("GET", link, undefined, html);
        expect(sent.status).to.equal(303);
        const signIn = sent.headers.get("location") ?? "";
        expect(signIn).to.equal(`/console/sign-in?return=${encodeURIComponent(link)}`);
        const page = await away.send("GET", signIn, undefined, html);
        const csrf = /name="csrf" value="([\w-]+)"/.exec(page.text)?.[1] ?? "";
        const entered = { csrf, userName: sam.userName, password: PASSWORD, return: link };
        const form = new URLSearchParams(entered).toString();
        const back = await away.send("POST", "/console/sign-in", form, FORM);
        expect(back.headers.get("location")).to.equal(link);
        const proof = await away.send("GET", link, undefined, html);
        expect(proof.text).to.include("Confirm the address");
      });
    });

    it("and the user name are refused over SCIM with where to prove them", async () => {
      const sam = await person();
      const own = await signedIn(sam.userName);
      for (const [path, value] of [
        ["userName", address()],
        ["emails", [{ value: address() }]],
      ]) {
        const answer = await own.send("PATCH", "/scim/v2/Me", {
          schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
          Operations: [{ op: "replace", path, value }],
        });
        expect(answer.status, answer.text).to.equal(400);
        expect(answer.text).to.include("mutability").and.include(PATH);
      }
    });
  },
);
