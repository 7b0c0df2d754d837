import { expect } from "chai";
import { expectStatus, read } from "../support/assertions.js";
import { CORE_USER } from "../support/factories.js";
import { describeOwnAddresses, PASSWORD } from "../support/own-addresses.js";

describeOwnAddresses(
  "The addresses of a person who is signed in",
  ({
    address,
    person,
    signedIn,
    signInStatus,
    ask,
    prove,
    addressesOf,
    addressIn,
    remove,
    forgotten,
    eventsOf,
    organization,
    mailbox,
    scim,
  }) => {
    describe("are removed", () => {
      it("if they are proved, but never the user name, nor one that the account does not have", async () => {
        const sam = await person();
        const own = await signedIn(sam.userName);
        const mine = address("private");
        await prove(own, sam.userName);
        await prove(own, mine);
        expect((await remove(own, sam.userName.toUpperCase())).status).to.equal(409);
        expect((await remove(own, address("unknown"))).status).to.equal(400);
        expect((await remove(own, "")).status).to.equal(400);
        expect((await remove(own, mine)).status).to.equal(200);
        expect(await addressIn(own, mine)).to.equal(undefined);
        expect(await signInStatus(mine)).to.equal(403);
        expect(await eventsOf(sam.id)).to.include("removed an address");
      });

      it("if they are in 'emails', proved or not, and taken out there", async () => {
        const [one, two, three] = [address("straße"), address("two"), address("three")];
        const emails = [{ value: one, type: "work" }, { value: two, primary: true }, { value: three }];
        const sam = await person({ displayName: "Sam", emails });
        const own = await signedIn(sam.userName);
        await prove(own, three);
        // The notice of that was sent to the user name.
        const { version } = (await read(scim, `/Users/${sam.id}`)).meta;
        expect((await remove(own, two.toLowerCase())).status).to.equal(200);
        const left = await read(scim, `/Users/${sam.id}`);
        expect(left).to.deep.include({ emails: [emails[0], emails[2]], displayName: "Sam" });
        expect(left.meta.version).not.to.equal(version);
        const found = async (value: string) =>
          (await scim.find("/Users", `emails.value eq "${value}"`)).body.totalResults;
        expect([await found(one), await found(two), await found(three)]).to.deep.equal([1, 0, 1]);
        expect((await remove(own, three)).status).to.equal(200);
        expect(await signInStatus(three)).to.equal(403);
        expect((await remove(own, one)).status).to.equal(200);
        expect(await read(scim, `/Users/${sam.id}`)).not.to.have.property("emails");
        expect((await addressesOf(own)).map(({ value }) => value)).to.deep.equal([sam.userName]);
        expect((await forgotten(two)).status).to.equal(202);
        for (const each of [one, two]) expect((await mailbox.expect(each)).subject).to.include("removed");
      });

      it("and one that only looks the same stays proved", async () => {
        const proved = address("strasse");
        const listed = proved.replace("ss", "ß");
        const sam = await person({ emails: [{ value: listed }] });
        const own = await signedIn(sam.userName);
        await prove(own, proved);
        expect((await remove(own, listed)).status).to.equal(200);
        expect(await addressIn(own, proved)).to.have.property("provedAt");
        expect(await addressIn(own, listed)).to.equal(undefined);
      });

      it("and the person is told there, if mail about the account went there", async () => {
        const sam = await person({ displayName: "Sam" });
        const own = await signedIn(sam.userName);
        const [mine, pending] = [address("private"), address("pending")];
        await prove(own, mine);
        expect((await ask(own, pending)).status).to.equal(202);
        await mailbox.expect(pending);
        expect((await remove(own, pending)).status).to.equal(200);
        expect((await remove(own, mine)).status).to.equal(200);
        const told = await mailbox.expect(mine, 2);
        expect(told.subject).to.match(/^An address was removed from your account on /);
        expect(told.text).to.include("Hello Sam,").and.include("If you did not remove it");
        expect(`${told.text ?? ""} ${String(told.html)}`).not.to.include(sam.userName);
        // A mail to it was asked for, but it was never the person's.
        expect(mailbox.to(pending)).to.have.length(1);
      });

      it("with those that the organization wrote which created the account, without a word to them", async () => {
        const { own: inAcme } = await organization();
        const theirs = address("acme");
        const body = { schemas: [CORE_USER], userName: address("jo"), emails: [{ value: theirs }] };
        const jo = expectStatus(await inAcme.post("/Users", body), 201);
        await scim.patch(`/Users/${jo.id}`, { op: "replace", path: "password", value: PASSWORD });
        const own = await signedIn(jo.userName);
        expect((await remove(own, theirs)).status).to.equal(200);
        expect(await read(scim, `/Users/${jo.id}`)).not.to.have.property("emails");
        // The organization's record goes its own way from here.
        expect(await read(inAcme, `/Users/${jo.id}`)).to.deep.include({ emails: [{ value: theirs }] });
        await prove(own, address("more"));
        await mailbox.expect(jo.userName);
        expect(mailbox.to(theirs)).to.have.length(0);
      });

      it("once, when two ask at the same time", async () => {
        const one = address("one");
        const sam = await person({ emails: [{ value: one }, { value: address("two") }] });
        const own = await signedIn(sam.userName);
        const answers = await Promise.all([remove(own, one), remove(own, one)]);
        expect(answers.map(({ status }) => status).sort()).to.deep.equal([200, 400]);
        await mailbox.expect(one);
        expect(mailbox.to(one)).to.have.length(1);
      });
    });
  },
);
