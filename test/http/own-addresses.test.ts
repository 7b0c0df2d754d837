import { expect } from "chai";
import { expectStatus, read } from "../support/assertions.js";
import { CORE_USER, unique } from "../support/factories.js";
import { linkIn } from "../support/mail.js";
import { describeOwnAddresses, PASSWORD, PATH } from "../support/own-addresses.js";

const NEW = "another long passphrase 41";
const FORM = { Accept: "text/html", "Content-Type": "application/x-www-form-urlencoded" };

describeOwnAddresses(
  "The addresses of a person who is signed in",
  ({
    address,
    person,
    signedIn,
    signInStatus,
    ask,
    pathOf,
    linkFor,
    prove,
    addressesOf,
    addressIn,
    makeUserName,
    remove,
    forgotten,
    eventsOf,
    organization,
    mailbox,
    server,
    scim,
  }) => {
    describe("which are proved", () => {
      it("become the user name, with which the person signs in, in the case in which they were written", async () => {
        const { group, own: inAcme } = await organization();
        const sam = await person();
        await scim.patch(`/Groups/${group.id}`, { op: "add", path: "members", value: [{ value: sam.id }] });
        const own = await signedIn(sam.userName);
        const mine = address("Private");
        await prove(own, mine);
        const before = await read(scim, `/Users/${sam.id}`);
        const renamed = await makeUserName(own, mine.toLowerCase());
        expect(renamed.status, renamed.text).to.equal(200);
        const after = await read(scim, `/Users/${sam.id}`);
        expect(after).to.include({ userName: mine });
        expect(after.meta.version).not.to.equal(before.meta.version);
        // The organization's record follows the account until the organization writes it.
        expect(await read(inAcme, `/Users/${sam.id}`)).to.include({ userName: mine });
        expect((await addressesOf(own)).find(({ isUserName }) => isUserName)).to.include({ value: mine });
        expect(await signInStatus(mine)).to.equal(200);
        // The provider wrote the old name, and nobody proved it.
        expect(await signInStatus(sam.userName)).to.equal(403);
        expect((await own.send("GET", "/console/session")).status).to.equal(200);
        const again = await makeUserName(own, mine);
        expect(again.status).to.equal(200);
        expect((await read(scim, `/Users/${sam.id}`)).meta.version).to.equal(after.meta.version);
        expect(await eventsOf(sam.id)).to.include("a proved address was made the user name");
      });

      it("become the user name, and are removed, with the current password alone", async () => {
        const sam = await person();
        const own = await signedIn(sam.userName);
        const mine = address("private");
        await prove(own, mine);
        for (const path of ["user-name", "remove"]) {
          const missing = await own.send("POST", `${PATH}/${path}`, { email: mine });
          expect(missing.status, path).to.equal(400);
          expect(missing.text).to.include("currentPassword");
        }
        for (const refused of [await makeUserName(own, mine, NEW), await remove(own, mine, NEW)]) {
          expect(refused.status, refused.text).to.equal(403);
          expect(JSON.parse(refused.text)).to.include({ field: "currentPassword" });
        }
        expect(await read(scim, `/Users/${sam.id}`)).to.include({ userName: sam.userName });
        expect(await addressIn(own, mine)).to.have.property("provedAt");
        const wrong = [];
        for (let n = 0; n < 9; n += 1) wrong.push((await remove(own, mine, NEW)).status);
        expect(wrong.at(-1)).to.equal(429);
        expect((await makeUserName(own, mine)).status).to.equal(429);
      });

      it("ask for the password on a page of their own, which says what is wrong", async () => {
        const sam = await person();
        const own = await signedIn(sam.userName);
        const mine = address("private");
        await prove(own, mine);
        const send = (path: string, fields: Record<string, string>) => {
          const form = new URLSearchParams({ csrf: own.csrf, email: mine, ...fields }).toString();
          return own.send("POST", `${PATH}/${path}`, form, FORM);
        };
        for (const [path, title] of [
          ["user-name", "Change your user name"],
          ["remove", "Remove an address"],
        ] as const) {
          const asked = await send(path, {});
          expect(asked.status, asked.text).to.equal(200);
          expect(asked.text).to.include(title).and.include(mine).and.include('name="currentPassword"');
          const wrong = await send(path, { currentPassword: NEW });
          expect(wrong.status).to.equal(403);
          expect(wrong.text).to.include(title).and.include('id="currentPassword-error"');
          expect(wrong.text).to.include(`value="${mine}"`);
        }
        expect(await addressIn(own, mine)).to.include({ isUserName: false });
        expect((await send("remove", { currentPassword: PASSWORD })).status).to.equal(303);
        expect(await addressIn(own, mine)).to.equal(undefined);
      });

      it("are made known, and so is a new user name, at an address that the person had before", async () => {
        const sam = await person({ displayName: "Sam" });
        const own = await signedIn(sam.userName);
        const mine = address("private");
        await prove(own, mine);
        const proved = await mailbox.expect(sam.userName);
        expect(proved.subject).to.match(/^An address was added to your account on /);
        expect(proved.text).to.include("Hello Sam,").and.include("If you did not add it");
        expect((await makeUserName(own, mine)).status).to.equal(200);
        const renamed = await mailbox.expect(sam.userName, 2);
        expect(renamed.subject).to.match(/^The user name of your account on .* was changed$/);
        expect(renamed.text).to.include("If you did not change it");
        // That address may have another reader by now.
        for (const { text, html } of [proved, renamed]) expect(`${text} ${html}`).not.to.include(mine);
        expect((await makeUserName(own, mine)).status).to.equal(200);
        await prove(own, address("more"));
        // The old name was nobody's proof.
        await mailbox.expect(mine, 2);
        expect(mailbox.to(sam.userName)).to.have.length(2);
      });

      it("are made known at the address that was proved before, where the person has no other", async () => {
        const [sam, first] = [await person({ userName: unique("sam") }), address("first")];
        const own = await signedIn(sam.userName);
        await prove(own, first);
        const second = address("second");
        await prove(own, second);
        expect((await mailbox.expect(first, 2)).subject).to.include("An address was added");
        expect((await makeUserName(own, second)).status).to.equal(200);
        expect((await mailbox.expect(first, 3)).subject).to.include("was changed");
        expect(mailbox.to(second)).to.have.length(1);
      });

      it("become no user name that another account has, nor one that is not proved", async () => {
        const [sam, jo] = [await person(), await person()];
        const own = await signedIn(sam.userName);
        await prove(own, jo.userName);
        const refused = await makeUserName(own, jo.userName);
        expect(refused.status, refused.text).to.equal(409);
        expect(refused.text).to.include("Another account has the user name");
        for (const each of [address("free"), "", sam.userName]) {
          expect((await makeUserName(own, each)).status).to.equal(400);
        }
        expect(await read(scim, `/Users/${sam.id}`)).to.include({ userName: sam.userName });
        // The account that has it as its user name is the one that signs in by it.
        const theirs = await signedIn(jo.userName);
        expect((await theirs.send("GET", "/console/session")).json.user.value).to.equal(jo.id);
      });

      it("become the user name of one account alone, when two ask at the same time", async () => {
        const mine = address("shared");
        const people = [await person(), await person()];
        const browsers = await Promise.all(people.map(({ userName }) => signedIn(userName)));
        for (const [n, own] of browsers.entries()) await prove(own, mine, n + 1);
        const answers = await Promise.all(browsers.map((own) => makeUserName(own, mine)));
        expect(answers.map(({ status }) => status).sort()).to.deep.equal([200, 409]);
      });

      it("sign in nobody once two accounts have proved them, and reset neither password", async () => {
        const mine = address("shared");
        const [one, two] = [
          await signedIn((await person()).userName),
          await signedIn((await person()).userName),
        ];
        await prove(one, mine);
        expect(await signInStatus(mine)).to.equal(200);
        await prove(two, mine, 2);
        expect(await signInStatus(mine)).to.equal(403);
        expect((await forgotten(mine)).status).to.equal(202);
        expect((await remove(two, mine)).status).to.equal(200);
        expect(await signInStatus(mine)).to.equal(200);
        // Written after the mail for a new password would have been.
        const told = await mailbox.expect(mine, 3);
        expect(told.subject).to.include("removed");
        expect(mailbox.to(mine)).to.have.length(3);
      });

      it("end the care of the organization that created the account, when one becomes the user name", async () => {
        const { own: inAcme } = await organization();
        const body = { schemas: [CORE_USER], userName: address("jo"), displayName: "Jo" };
        const jo = expectStatus(await inAcme.post("/Users", body), 201);
        await scim.patch(`/Users/${jo.id}`, { op: "replace", path: "password", value: PASSWORD });
        const own = await signedIn(jo.userName);
        const mine = address("private");
        await prove(own, mine);
        expect((await makeUserName(own, mine)).status).to.equal(200);
        const theirs = address("renamed");
        const rename = { op: "replace", path: "userName", value: theirs };
        expectStatus(await inAcme.patch(`/Users/${jo.id}`, rename), 200);
        expect(await read(scim, `/Users/${jo.id}`)).to.include({ userName: mine });
        expect(await read(inAcme, `/Users/${jo.id}`)).to.include({ userName: theirs });
        expect((await own.send("GET", "/console/session")).status).to.equal(200);
        expect(await addressIn(own, mine)).to.have.property("provedAt");
      });

      it("are gone, and so are links, once the organization that has the account in its care renames it", async () => {
        const { own: inAcme } = await organization();
        const body = { schemas: [CORE_USER], userName: address("jo") };
        const jo = expectStatus(await inAcme.post("/Users", body), 201);
        await scim.patch(`/Users/${jo.id}`, { op: "replace", path: "password", value: PASSWORD });
        const own = await signedIn(jo.userName);
        const [mine, pending] = [address("private"), address("private")];
        await prove(own, mine);
        const link = await linkFor(own, pending);
        const renamed = address("other");
        expectStatus(
          await inAcme.patch(`/Users/${jo.id}`, { op: "replace", path: "userName", value: renamed }),
          200,
        );
        expect((await own.send("POST", link)).status).to.equal(401);
        // Even with the same password, which the provider sets again, the link stays void.
        await scim.patch(`/Users/${jo.id}`, { op: "replace", path: "password", value: PASSWORD });
        const again = await signedIn(renamed);
        expect((await again.send("POST", link)).status).to.equal(410);
        expect((await addressesOf(again)).map(({ value }) => value)).to.deep.equal([renamed]);
        expect(await signInStatus(mine)).to.equal(403);
      });

      it("are not told to an organization in its audit log", async () => {
        const { group, own: inAcme } = await organization();
        const sam = await person();
        await scim.patch(`/Groups/${group.id}`, { op: "add", path: "members", value: [{ value: sam.id }] });
        const own = await signedIn(sam.userName);
        await own.switchTo(group.id);
        await prove(own, address("private"));
        const events = await inAcme.find("/AuditEvents", `target.value eq "${sam.id}"`, "&count=100");
        expect(events.text).not.to.include("address");
      });

      it("are twenty at most", async () => {
        const sam = await person();
        const own = await signedIn(sam.userName);
        await server().database(async (session) => {
          for (let n = 0; n < 20; n += 1) {
            await session.rows(
              "insert into muster_proved_addresses (account_id, value_key, address, proved_at) values (?, ?, ?, ?)",
              [sam.id, `N${n}@EXAMPLE.COM`, `n${n}@example.com`, "2026-01-01T00:00:00.000Z"],
            );
          }
        });
        expect((await ask(own, address())).status).to.equal(409);
        expect((await ask(own, "n3@example.com")).text).to.include("already");
        await remove(own, "n3@example.com");
        expect((await ask(own, address())).status).to.equal(202);
      });

      it("get the mail themselves, and never a mailbox that only looks like theirs", async () => {
        const name = unique("ann").toLowerCase();
        const [mine, other] = [`${name}@straße.example`, `${name}@strasse.example`];
        const sam = await person();
        await prove(await signedIn(sam.userName), mine);
        expect((await forgotten(other)).status).to.equal(202);
        // After the notice of the proof.
        await mailbox.expect(sam.userName, 2);
        expect((await forgotten(mine)).status).to.equal(202);
        await mailbox.expect(mine, 2);
        expect(mailbox.to(other)).to.have.length(0);
      });

      it("sign in and get new passwords, although another account has proved one that looks alike", async () => {
        const name = unique("info").toLowerCase();
        const [mine, other] = [`${name}@straße.example`, `${name}@strasse.example`];
        const [sam, stranger] = [await person(), await person({ password: NEW })];
        await prove(await signedIn(sam.userName), mine);
        const theirs = await signedIn(stranger.userName, NEW);
        expect((await ask(theirs, other, NEW)).status).to.equal(202);
        const link = pathOf(linkIn(await mailbox.expect(other)));
        expect((await theirs.send("POST", link)).status).to.equal(200);
        await signedIn(mine);
        await signedIn(other, NEW);
        expect(await signInStatus(mine, NEW)).to.equal(403);
        expect(await signInStatus(other)).to.equal(403);
        expect((await forgotten(mine)).status).to.equal(202);
        await mailbox.expect(mine, 2);
        expect(mailbox.to(other)).to.have.length(1);
      });
    });
  },
);
