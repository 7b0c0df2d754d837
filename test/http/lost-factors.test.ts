import { expect } from "chai";
import { expectError, expectList, expectStatus } from "../support/assertions.js";
import { ScimClient } from "../support/client.js";
import type { Body } from "../support/client.js";
import { MEMBERSHIP, unique } from "../support/factories.js";
import { clientWith } from "../support/realms.js";
import {
  actOnFactor,
  codeOf,
  enterCode,
  GuardedPeople,
  PASSWORD,
  sessionStatus,
  setUpFactor,
  stateOf,
} from "../support/second-factor.js";
import { describeServer } from "../support/server.js";
import type { BrowserOfPerson } from "../support/signed-in.js";

const OTHER = "another long passphrase 41";

describeServer("A second factor that a person lost", (scim, server) => {
  const people = new GuardedPeople(scim, server);

  const remove = (client: ScimClient, { id }: Pick<Body, "id">) =>
    client.post(`/Users/${id}/remove-second-factor`, {});
  /** The same in a session. */
  const removeIn = async (own: BrowserOfPerson, { id }: Pick<Body, "id">) => {
    const answer = await own.send("POST", `/scim/v2/Users/${id}/remove-second-factor`, {});
    return { ...answer, detail: answer.json.detail };
  };
  const admin = { roles: [{ value: "provider-admin" }] };
  const organizationAdmin = { roles: [{ value: "organization-admin" }] };
  const isGuarded = async ({ userName }: Body, password = PASSWORD, organization?: string) =>
    (await people.browser().signIn(userName, password, organization)).text.includes("/console/sign-in/code");
  /** A person with an own factor, whom an organization created, and for whose own password there is another factor. */
  const withBoth = async () => {
    const { acme, own } = await people.organization();
    const dana = await people.createdBy(own, { userName: `${unique("dana")}@example.com` });
    const inAcme = await people.signedIn(dana, PASSWORD, acme.id);
    const ofAcme = await setUpFactor(inAcme, PASSWORD);
    expectStatus(
      await scim.patch(`/Users/${dana.id}`, { op: "replace", path: "password", value: OTHER }),
      200,
    );
    const personal = await people.signedIn(dana, OTHER);
    const ofPerson = await setUpFactor(personal, OTHER);
    return { acme, own, dana, inAcme, ofAcme, personal, ofPerson };
  };

  it("is removed by the provider, with the sessions that it opened, a mail and an audit event", async () => {
    const { sam, own, app } = await people.guarded();
    const old = await people.halfSignedIn(sam);
    await enterCode(old, codeOf(app));
    const waiting = await people.halfSignedIn(sam);
    const answer = await remove(scim, sam);
    expect(expectStatus(answer, 200)).to.include({ id: sam.id, userName: sam.userName });
    expect(answer.headers.etag).to.equal((await scim.get(`/Users/${sam.id}`)).headers.etag);
    for (const session of [own, old]) expect(await sessionStatus(session)).to.equal(401);
    expect((await enterCode(waiting, codeOf(app, 1))).status).to.equal(410);
    const again = await people.signedIn(sam);
    expect(await stateOf(again)).to.include({ isSetUp: false });
    expect(await people.mails(sam)).to.deep.equal(
      ["added", "removed"].map((what) => ({ kind: `second-factor-${what}`, address: sam.userName })),
    );
    const events = expectList(
      await scim.find("/AuditEvents", `target.value eq "${sam.id}" and detail co "removed"`),
      1,
    );
    expect(events[0]).to.deep.include({
      ...{ action: "change", result: "success", detail: "second factor: removed by an administrator" },
      changes: ["secondFactor"],
    });
  });

  it("leaves the sessions in which it was not shown, and can be set up again", async () => {
    const sam = await people.person();
    const [own, plain] = [await people.signedIn(sam), await people.signedIn(sam)];
    await setUpFactor(own, PASSWORD);
    expectStatus(await remove(scim, sam), 200);
    expect(await sessionStatus(own)).to.equal(401);
    expect(await sessionStatus(plain)).to.equal(200);
    await setUpFactor(plain, PASSWORD);
    expect(await isGuarded(sam)).to.equal(true);
  });

  it("is refused with 409 where there is none, and writes nothing", async () => {
    const sam = await people.person();
    const detail = /^The User has no second factor here$/;
    expectError(await remove(scim, sam), { status: 409, detail });
    const { own } = await people.organization([sam]);
    expectError(await remove(own, sam), { status: 409, detail });
    expect(await people.mails(sam)).to.deep.equal([]);
  });

  it("is the organization's own in its realm, and the person's in the provider's", async () => {
    const { acme, own, dana, inAcme, personal, ofPerson } = await withBoth();
    expectStatus(await remove(own, dana), 200);
    expect(await sessionStatus(inAcme)).to.equal(401);
    expect(await sessionStatus(personal)).to.equal(200);
    expect(await isGuarded(dana, PASSWORD, acme.id)).to.equal(false);
    expect(await isGuarded(dana, OTHER)).to.equal(true);
    expectError(await remove(own, dana), { status: 409 });
    const half = await people.halfSignedIn(dana, OTHER);
    expect((await enterCode(half, codeOf(ofPerson))).status).to.equal(200);
    await setUpFactor(await people.signedIn(dana, PASSWORD, acme.id), PASSWORD);
    expectStatus(await remove(scim, dana), 200);
    expect(await isGuarded(dana, OTHER)).to.equal(false);
    expect(await isGuarded(dana, PASSWORD, acme.id)).to.equal(true);
  });

  it("is answered alike by an organization whether the person has a factor of their own or none", async () => {
    const [{ sam: guarded }, plain] = [await people.guarded(admin), await people.person(admin)];
    const { own } = await people.organization([guarded, plain]);
    const answers = await Promise.all(
      [guarded, plain].map(async (each) => {
        const { status, text } = await remove(own, each);
        const told = expectList(
          await own.get(
            `/Users?filter=${encodeURIComponent(`id eq "${each.id}"`)}&attributes=${MEMBERSHIP}:hasSecondFactor`,
          ),
          1,
        );
        return [status, text, told[0]?.[MEMBERSHIP]];
      }),
    );
    expect(answers[0]).to.deep.equal(answers[1]);
    expect(await isGuarded(guarded)).to.equal(true);
    const events = JSON.stringify(await own.find("/AuditEvents", `target.value eq "${guarded.id}"`));
    expect(events).not.to.include("second factor:");
  });

  it("does not exist for another organization, nor at the id of nobody", async () => {
    const { dana } = await withBoth();
    const { own } = await people.organization();
    const nobody = { id: "0198a20a-1111-7111-8111-111111111111" };
    const text = ({ body }: { body: Body }, id: string) => JSON.stringify(body).replaceAll(id, "");
    const [theirs, nobodys] = [await remove(own, dana), await remove(own, nobody)];
    expectError(theirs, { status: 404 });
    expect(text(theirs, dana.id)).to.equal(text(nobodys, nobody.id));
    expectError(await scim.post("/Users/nonsense/remove-second-factor", {}), { status: 404 });
  });

  it("is not removed by read-only tokens, plain members, or the persons themselves", async () => {
    const { sam, own: session, app } = await people.guarded(admin);
    const readOnly = await clientWith(server(), { readOnly: true });
    expectError(await remove(readOnly, sam), { status: 403 });
    const member = await people.signedIn(await people.person());
    expect((await removeIn(member, sam)).status).to.equal(403);
    // A thief of what belongs to the person.
    const token = await clientWith(server(), { userName: sam.userName });
    expectError(await remove(token, sam), { status: 403 });
    expect((await removeIn(session, sam)).detail).to.match(/with a code/);
    const made = await session.send("POST", "/scim/v2/AccessTokens", {
      ...{ schemas: ["urn:muster:params:scim:schemas:core:2.0:AccessToken"], name: unique("machine") },
    });
    const { token: secret } = JSON.parse(made.text) as { token: string };
    const answer = await fetch(`${scim.url}/Users/${sam.id}/remove-second-factor`, {
      ...{ method: "POST", headers: { Authorization: `Bearer ${secret}` } },
    });
    expect(answer.status).to.equal(403);
    expect((await enterCode(await people.halfSignedIn(sam), codeOf(app))).status).to.equal(200);
    const events = await scim.find("/AuditEvents", `target.value eq "${sam.id}" and result eq "refused"`);
    expect(expectList(events).length).to.be.at.least(4);
  });

  it("of an administrator is removed only where a factor was shown, or with a token", async () => {
    const [{ sam }, helper] = [await people.guarded(admin), await people.person(admin)];
    const plain = await people.guarded();
    const session = await people.signedIn(helper);
    const refused = await removeIn(session, sam);
    expect(refused.status, refused.text).to.equal(403);
    expect(refused.detail).to.match(/second factor was shown/);
    expect((await removeIn(session, plain.sam)).status).to.equal(200);
    expect(await isGuarded(sam)).to.equal(true);
    await setUpFactor(session, PASSWORD);
    expect((await removeIn(session, sam)).status).to.equal(200);
    expect(await isGuarded(sam)).to.equal(false);
  });

  it("of a person with a role is not removed by an orphaned token", async () => {
    const { acme, own } = await people.organization();
    const boss = await people.createdBy(own, organizationAdmin);
    const member = await people.createdBy(own);
    for (const each of [boss, member]) {
      await setUpFactor(await people.signedIn(each, PASSWORD, acme.id), PASSWORD);
    }
    const orphaned = await orphanedToken(acme);
    expectError(await remove(orphaned, boss), { status: 403 });
    expectStatus(await remove(orphaned, member), 200);
  });

  /** A machine's token whose maker is no administrator any more. */
  const orphanedToken = async (acme: Body): Promise<ScimClient> => {
    const maker = await people.person();
    const op = { op: "add", path: "members", value: [{ value: maker.id }] };
    expectStatus(await scim.patch(`/Groups/${acme.id}`, op), 204);
    const admins = await clientWith(server(), { organization: acme.id });
    const roles = (value: unknown) => ({ op: "replace", path: "roles", value });
    expectStatus(await admins.patch(`/Users/${maker.id}`, roles([{ value: "organization-admin" }])), 200);
    const own = await clientWith(server(), { organization: acme.id, userName: maker.userName });
    const made = expectStatus(
      await own.post("/AccessTokens", {
        schemas: ["urn:muster:params:scim:schemas:core:2.0:AccessToken"],
        name: unique("machine"),
      }),
      201,
    );
    expectStatus(await admins.patch(`/Users/${maker.id}`, roles([])), 200);
    return new ScimClient(() => ({ url: scim.url, token: String(made.token) }));
  };

  it("is removed once by two at a time", async () => {
    const { sam } = await people.guarded();
    const answers = await Promise.all([remove(scim, sam), remove(scim, sam), remove(scim, sam)]);
    expect(answers.map(({ status }) => status).sort()).to.deep.equal([200, 409, 409]);
    expect(await people.mails(sam)).to.have.length(2);
  });

  it("is removed by the operator, too, with its sessions and a mail, and is recorded in the organization", async () => {
    const { acme, own, dana, inAcme, personal } = await withBoth();
    await server().services.operator.removeSecondFactor(dana.userName, acme.displayName);
    expect(await sessionStatus(inAcme)).to.equal(401);
    expect(await sessionStatus(personal)).to.equal(200);
    expect((await people.mails(dana)).map(({ kind }) => kind)).to.deep.equal([
      ...["second-factor-added", "second-factor-added", "second-factor-removed"],
    ]);
    const events = await own.find("/AuditEvents", `target.value eq "${dana.id}" and detail co "operator"`);
    expectList(events, 1);
  });

  it("is told of by mail at an address of the record for an organization's, and of the person for the person's", async () => {
    const { own, acme } = await people.organization();
    const [work, home] = [`${unique("work")}@acme.example`, `${unique("home")}@example.com`];
    const dana = await people.createdBy(own, { userName: home, emails: [{ value: work }] });
    await setUpFactor(await people.signedIn(dana, PASSWORD, acme.id), PASSWORD);
    expectStatus(await remove(own, dana), 200);
    expectStatus(
      await scim.patch(`/Users/${dana.id}`, { op: "replace", path: "password", value: OTHER }),
      200,
    );
    const session = await people.signedIn(dana, OTHER);
    await setUpFactor(session, OTHER);
    expect(await actOnFactor(session, "remove", { currentPassword: OTHER })).to.equal(204);
    expect((await people.mails(dana)).map(({ address }) => address)).to.deep.equal([work, work, home, home]);
  });
});
