import { expect } from "chai";
import { expectStatus } from "../support/assertions.js";
import { CORE_USER, createGroup, unique } from "../support/factories.js";
import { describeOwnAddresses, PASSWORD, PATH } from "../support/own-addresses.js";
import { BrowserOfPerson } from "../support/signed-in.js";

const NEW = "another long passphrase 41";
const INVITATION = "urn:muster:params:scim:schemas:core:2.0:Invitation";

describeOwnAddresses(
  "The addresses of a person who is signed in",
  ({
    address,
    person,
    signedIn,
    ask,
    linkFor,
    prove,
    addressesOf,
    addressIn,
    makeUserName,
    remove,
    organization,
    mailbox,
    server,
    scim,
  }) => {
    describe("are asked about", () => {
      it("with the current password, the CSRF token, and an address, and no more than ten wrong passwords", async () => {
        const sam = await person();
        const own = await signedIn(sam.userName);
        const mine = address("private");
        for (const email of [
          "",
          "sam",
          "*@example.com",
          "a@b",
          "a@example.com\nb",
          `${"x".repeat(300)}@example.com`,
        ]) {
          expect((await ask(own, email)).status, email).to.equal(400);
        }
        expect((await own.send("POST", PATH, { email: [mine], currentPassword: PASSWORD })).status).to.equal(
          400,
        );
        expect((await own.send("POST", PATH, { email: mine })).status).to.equal(400);
        const { csrf } = own;
        own.csrf = "";
        expect((await ask(own, mine)).status).to.equal(403);
        own.csrf = csrf;
        const wrong = await Promise.all(Array.from({ length: 11 }, () => ask(own, mine, NEW)));
        expect(
          wrong
            .map(({ status }) => status)
            .sort()
            .slice(-2),
        ).to.deep.equal([403, 429]);
        expect((await ask(own, mine)).status).to.equal(429);
        expect(await addressesOf(own)).to.have.length(1);
        expect(mailbox.to(mine)).to.have.length(0);
      });

      it("with the same answer, whether or not another account has the address", async () => {
        const own = await signedIn((await person()).userName);
        const taken = await person();
        const proved = address("proved");
        await prove(await signedIn((await person()).userName), proved);
        const answers = [];
        for (const each of [taken.userName, proved, address("free")]) answers.push(await ask(own, each));
        expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).to.equal(1);
        const listed = (await addressesOf(own)).slice(1).map(({ value, pendingUntil, ...rest }) => {
          expect(value).to.be.a("string");
          expect(pendingUntil).to.be.a("string");
          return JSON.stringify(rest);
        });
        expect(listed).to.have.length(3);
        expect(new Set(listed).size).to.equal(1);
      });

      it("five times an hour, and beyond a third of the limit of the address with one mail for each person, and without saying so", async () => {
        const mine = address("private");
        const [first, second] = [
          await signedIn((await person()).userName),
          await signedIn((await person()).userName),
        ];
        for (let n = 1; n <= 3; n += 1) await linkFor(first, mine, n);
        await prove(second, mine, 4);
        expect((await remove(second, mine)).status).to.equal(200);
        await mailbox.expect(mine, 5);
        expect((await ask(second, mine)).status).to.equal(202);
        expect(await addressIn(second, mine)).to.have.property("pendingUntil");
        await linkFor(second, address("private"));
        expect(mailbox.to(mine)).to.have.length(5);
        for (let n = 4; n <= 5; n += 1) expect((await ask(second, address())).status).to.equal(202);
        const refused = await ask(second, address());
        expect(refused.status).to.equal(429);
        expect(Number(refused.headers.get("retry-after"))).to.be.within(1, 3600);
        expect(await addressesOf(second)).to.have.length(5);
      });

      it("and leave room for other mail to the address, however many people ask", async () => {
        const victim = await person();
        const people = [];
        for (let n = 1; n <= 3; n += 1) {
          const own = await signedIn((await person()).userName);
          await linkFor(own, victim.userName, n);
          people.push(own);
        }
        for (const own of people) {
          for (let n = 2; n <= 5; n += 1) expect((await ask(own, victim.userName)).status).to.equal(202);
        }
        const invitation = {
          schemas: [INVITATION],
          organization: { value: (await createGroup(scim)).id },
          emails: [{ value: victim.userName }],
        };
        expectStatus(await scim.post("/Invitations", invitation), 201);
        expect((await mailbox.expect(victim.userName, 4)).subject).to.include("invite");
        const forgotten = { userName: victim.userName };
        await new BrowserOfPerson(server).send("POST", "/console/forgotten-password", forgotten);
        await mailbox.expect(victim.userName, 5);
      });

      it("by its owner twice more, whatever others have sent there, and by nobody else", async () => {
        const [victim, shared] = [await person(), address("shared")];
        const owners = [
          await person({ emails: [{ value: shared }] }),
          await person({ emails: [{ value: shared }] }),
        ];
        const stranger = await signedIn((await person()).userName);
        for (const each of [victim.userName, shared]) {
          for (let n = 1; n <= 3; n += 1) {
            const own = n === 1 ? stranger : await signedIn((await person()).userName);
            await linkFor(own, each, n);
          }
        }
        const own = await signedIn(victim.userName);
        await linkFor(own, victim.userName, 4);
        await linkFor(own, victim.userName, 5);
        for (const asking of [own, stranger]) {
          expect((await ask(asking, victim.userName)).status).to.equal(202);
        }
        // Two for the address, not for each account that has it.
        for (const [n, { userName }] of owners.entries()) {
          await linkFor(await signedIn(userName), shared, 4 + n);
          expect((await ask(await signedIn(userName), n === 0 ? address() : shared)).status).to.equal(202);
        }
        // Mail goes in the order in which it was asked for.
        await linkFor(stranger, address("last"));
        expect(mailbox.to(victim.userName)).to.have.length(5);
        expect(mailbox.to(shared)).to.have.length(5);
      });

      it("however much mail the organization has sent that created the account", async () => {
        const { own: inAcme } = await organization();
        const body = { schemas: [CORE_USER], userName: address("jo") };
        const { id, userName } = expectStatus(await inAcme.post("/Users", body), 201);
        await scim.patch(`/Users/${id}`, { op: "replace", path: "password", value: PASSWORD });
        const invite = async () =>
          (await inAcme.post("/Invitations", { schemas: [INVITATION], emails: [{ value: address() }] }))
            .status;
        const statuses = [];
        for (let n = 0; n < 7; n += 1) statuses.push(await invite());
        expect(statuses.slice(-2)).to.deep.equal([201, 429]);
        await prove(await signedIn(userName), address("private"));
      });

      it("within a limit of all people whose accounts the same organization created", async () => {
        const { own: inAcme } = await organization();
        const people = await Promise.all(
          [1, 2].map(async () => {
            const body = { schemas: [CORE_USER], userName: address("jo") };
            const { id, userName } = expectStatus(await inAcme.post("/Users", body), 201);
            await scim.patch(`/Users/${id}`, { op: "replace", path: "password", value: PASSWORD });
            return signedIn(userName);
          }),
        );
        const statuses = [];
        for (let n = 0; n < 4; n += 1) {
          for (const own of people) statuses.push((await ask(own, address("more"))).status);
        }
        expect(statuses.filter((status) => status === 202)).to.have.length(6);
        expect(statuses.slice(-2)).to.deep.equal([429, 429]);
      });

      it("by nobody who signed in with an organization's password", async () => {
        const { group, own: inAcme } = await organization();
        const body = { schemas: [CORE_USER], userName: unique("jo"), password: PASSWORD };
        const { userName } = expectStatus(await inAcme.post("/Users", body), 201);
        const own = await signedIn(userName, PASSWORD, group.id);
        const theirs = await signedIn((await person()).userName);
        const link = await linkFor(theirs, address("private"));
        const answers = [
          await own.send("GET", PATH),
          await ask(own, address("private")),
          await makeUserName(own, address()),
          await remove(own, address()),
          await own.send("GET", link),
          await own.send("POST", link),
        ];
        for (const { status, text } of answers) {
          expect(status, text).to.equal(403);
          expect(text).to.include("opens one organization alone");
        }
      });
    });
  },
);
