import { expect } from "chai";
import { expectError, expectStatus, read } from "../support/assertions.js";
import type { Body, ScimClient } from "../support/client.js";
import {
  CORE_USER,
  createGroup,
  createUser,
  ENTERPRISE_USER,
  MEMBERSHIP,
  unique,
} from "../support/factories.js";
import { clientWith } from "../support/realms.js";
import { describeServer } from "../support/server.js";
import { BrowserOfPerson } from "../support/signed-in.js";

const PASSWORD = "correct horse battery staple 9";
const ME = "/scim/v2/Me";

interface Me extends Body {
  readonly [MEMBERSHIP]?: { readonly records: readonly Record<string, unknown>[] };
}

describeServer("/Me in a session", (scim, server) => {
  let acme: Body;
  let inAcme: ScimClient;
  before(async () => {
    acme = await createGroup(scim);
    inAcme = await clientWith(server(), { organization: acme.displayName ?? "" });
  });

  const signedIn = async (userName: string, organization?: string) => {
    const own = new BrowserOfPerson(server);
    const answer = await own.signIn(userName, PASSWORD, organization);
    expect(answer.status, answer.text).to.equal(200);
    return own;
  };
  const person = (attributes: object = {}) =>
    createUser(scim, { userName: `${unique("Sam")}@Example.com`, password: PASSWORD, ...attributes });
  const join = (organization: Body, user: Body) =>
    scim.patch(`/Groups/${organization.id}`, { op: "add", path: "members", value: [{ value: user.id }] });
  const get = async (own: BrowserOfPerson): Promise<Me> => {
    const answer = await own.send("GET", ME);
    expect(answer.status, answer.text).to.equal(200);
    return JSON.parse(answer.text) as Me;
  };
  const patch = (own: BrowserOfPerson, ...operations: readonly object[]) =>
    own.send("PATCH", ME, {
      schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
      Operations: operations,
    });
  const replace = (own: BrowserOfPerson, path: string, value: unknown) =>
    patch(own, { op: "replace", path, value });
  /** A person whom the organization created, with a password that opens it alone. */
  const created = async (attributes: object = {}) => {
    const body = { schemas: [CORE_USER], userName: `${unique("jo")}@example.com`, password: PASSWORD };
    return expectStatus(await inAcme.post("/Users", { ...body, ...attributes }), 201);
  };

  describe("of the person", () => {
    it("is the account, with what each organization says of the person", async () => {
      const sam = await person({ displayName: "Sam", externalId: "of the provider" });
      await join(acme, sam);
      const record = { userName: unique("s.example"), displayName: "Example, Sam", externalId: "7" };
      const roles = [{ value: "organization-billing-manager" }];
      const body = { schemas: [CORE_USER], active: true, ...record, roles };
      expectStatus(await inAcme.put(`/Users/${sam.id}`, body), 200);
      const team = expectStatus(
        await inAcme.post("/Groups", {
          schemas: ["urn:ietf:params:scim:schemas:core:2.0:Group"],
          ...{ displayName: "Bakers", members: [{ value: sam.id }] },
        }),
        201,
      );
      expectStatus(
        await inAcme.patch(`/Teams/${team.id}`, {
          ...{ op: "add", path: "roles", value: [{ value: "organization-admin" }] },
        }),
        204,
      );
      const globex = await createGroup(scim, [sam]);
      const inGlobex = await clientWith(server(), { organization: globex.displayName ?? "" });
      await inGlobex.patch(`/Users/${sam.id}`, { op: "replace", path: "active", value: false });

      const own = await signedIn(sam.userName);
      const me = await get(own);
      expect(me).to.deep.include({ id: sam.id, userName: sam.userName, displayName: "Sam", active: true });
      expect(me).to.include({ externalId: "of the provider" });
      expect(me.schemas).to.include(MEMBERSHIP);
      const records = [
        {
          ...{ value: acme.id, $ref: acme.meta.location, display: acme.displayName },
          ...{ ...record, active: true },
          ...{ roles: ["organization-billing-manager", "organization-admin"], teams: ["Bakers"] },
        },
        {
          ...{ value: globex.id, $ref: globex.meta.location, display: globex.displayName },
          ...{ userName: sam.userName, displayName: "Sam", active: false },
        },
      ].sort((one, other) => ((one.display ?? "") < (other.display ?? "") ? -1 : 1));
      expect(me[MEMBERSHIP]?.records).to.deep.equal(records);
      // Wherever the session acts, and nowhere else.
      const inAcmeNow = await own.switchTo(acme.id);
      expect(inAcmeNow.status).to.equal(200);
      expect(await get(own)).to.deep.equal(me);
      const elsewhere = JSON.parse((await own.send("GET", `/scim/v2/Users/${sam.id}`)).text) as Me;
      expect(elsewhere).to.include({ userName: record.userName });
      expect(elsewhere[MEMBERSHIP]).to.equal(undefined);
      expect(await read(scim, `/Users/${sam.id}`)).not.to.have.property(MEMBERSHIP);
    });

    it("has an entity tag that changes with what an organization says, and takes projections", async () => {
      const sam = await person();
      await join(acme, sam);
      const own = await signedIn(sam.userName);
      const { version } = (await get(own)).meta;
      const again = () => own.send("GET", ME, undefined, { "If-None-Match": version });
      expect((await again()).status).to.equal(304);
      await inAcme.patch(`/Users/${sam.id}`, { op: "replace", path: "displayName", value: "S." });
      expect((await again()).status).to.equal(200);
      const { text } = await own.send("GET", `${ME}?attributes=${MEMBERSHIP}:records.userName`);
      expect(JSON.parse(text)).to.deep.include({ [MEMBERSHIP]: { records: [{ userName: sam.userName }] } });
      expect(JSON.parse((await own.send("GET", `${ME}?attributes=userName`)).text)).to.have.all.keys(
        ...["schemas", "id", "userName"],
      );
    });

    it("is there without a role, without an organization, and where the session acts in no realm any more", async () => {
      const sam = await person();
      const own = await signedIn(sam.userName);
      expect((await get(own))[MEMBERSHIP]).to.equal(undefined);
      await join(acme, sam);
      expect((await own.switchTo(acme.id)).status).to.equal(200);
      await scim.patch(`/Groups/${acme.id}`, { op: "remove", path: `members[value eq "${sam.id}"]` });
      expect((await own.send("GET", "/scim/v2/Users")).status).to.equal(403);
      expect((await get(own)).id).to.equal(sam.id);
      own.csrf = (await own.send("GET", "/console/session")).json.csrf;
      expect((await replace(own, "nickName", "S")).status).to.equal(200);
      await scim.patch(`/Users/${sam.id}`, { op: "replace", path: "active", value: false });
      expect((await own.send("GET", ME)).status).to.equal(401);
    });

    it("takes names, numbers and languages, which become the person's own words", async () => {
      const sam = await person();
      await join(acme, sam);
      const own = await signedIn(sam.userName);
      const phoneNumbers = [{ value: "tel:+49-30-1", type: "work" }];
      const answer = await patch(
        own,
        { op: "replace", path: "name", value: { givenName: "Sam", familyName: "Example" } },
        { op: "replace", value: { displayName: "Sam E.", locale: "de-DE", timezone: "Europe/Berlin" } },
        { op: "add", path: "phoneNumbers", value: phoneNumbers },
      );
      expect(answer.status, answer.text).to.equal(200);
      const written = { displayName: "Sam E.", locale: "de-DE", timezone: "Europe/Berlin", phoneNumbers };
      expect(JSON.parse(answer.text)).to.deep.include(written);
      expect(await read(scim, `/Users/${sam.id}`)).to.deep.include(written);
      // The organization's record follows the account until the organization writes it.
      expect(await read(inAcme, `/Users/${sam.id}`)).to.include({ displayName: "Sam E." });
      const { body } = await scim.find("/AuditEvents", `target.value eq "${sam.id}" and action eq "change"`);
      const last = body.Resources.at(-1) as unknown as { realm: string; user?: { value: string } };
      expect(last.user?.value).to.equal(sam.id);
    });

    it("is not told to an organization in its audit log", async () => {
      const sam = await person();
      await join(acme, sam);
      const own = await signedIn(sam.userName);
      await own.switchTo(acme.id);
      expect((await replace(own, "nickName", "Secret")).status).to.equal(200);
      expect((await replace(own, "title", "Boss")).status).to.equal(400);
      const events = await inAcme.find("/AuditEvents", `target.value eq "${sam.id}"`, "&count=100");
      expect(events.text).not.to.include("nickName");
      expect(events.text).not.to.include("title");
    });

    it("refuses what is not the person's to write, and then writes nothing", async () => {
      const sam = await person({ title: "Baker", emails: [{ value: "sam@work.example" }] });
      const own = await signedIn(sam.userName);
      const before = await read(scim, `/Users/${sam.id}`);
      const refused: Readonly<Record<string, unknown>> = {
        userName: "boss@example.com",
        externalId: "8",
        active: false,
        title: "Boss",
        userType: "Employee",
        entitlements: [{ value: "all" }],
        roles: [{ value: "provider-admin" }],
        password: "another long passphrase 41",
        groups: [{ value: acme.id }],
        id: acme.id,
        [`${ENTERPRISE_USER}:department`]: "Board",
        [`${ENTERPRISE_USER}:manager`]: { value: acme.id },
        [`${MEMBERSHIP}:organizationRoles`]: [{ value: "organization-admin", organization: acme.id }],
        [`${MEMBERSHIP}:sendSetupEmail`]: true,
        [`${MEMBERSHIP}:records`]: [{ value: acme.id }],
        emails: [{ value: "sam@work.example" }, { value: "new@example.com" }],
        'emails[value eq "sam@work.example"].value': "new@example.com",
      };
      for (const [path, value] of Object.entries(refused)) {
        const answer = await patch(
          own,
          { op: "replace", path: "displayName", value: "Half" },
          { op: "replace", path, value },
        );
        expect(answer.status, `${path}: ${answer.text}`).to.equal(400);
        expect(JSON.parse(answer.text), path).to.include({ scimType: "mutability" });
      }
      // Twice the same address would be the person's own word for it.
      const twice = [{ value: "sam@work.example" }, { value: "sam@work.example", type: "home" }];
      expect((await replace(own, "emails", twice)).status).to.equal(400);
      expect(await read(scim, `/Users/${sam.id}`)).to.deep.equal(before);
    });

    it("lets the person say which address is the primary one, and take the user name out of 'emails'", async () => {
      const emails = [{ value: "one@work.example" }, { value: "two@work.example" }];
      const userName = `${unique("Sam")}@Example.com`;
      const sam = await person({ userName, emails: [{ value: userName.toLowerCase() }, ...emails] });
      const own = await signedIn(sam.userName);
      const changed = [{ value: "one@work.example" }, { value: "two@work.example", primary: true }];
      expect((await replace(own, "emails", changed)).status).to.equal(200);
      expect(await read(scim, `/Users/${sam.id}`)).to.deep.include({ emails: changed });
    });

    it("does not let anybody take another address out who has the session and not the password", async () => {
      const emails = [{ value: "one@work.example" }, { value: "two@work.example" }];
      const sam = await person({ emails });
      const own = await signedIn(sam.userName);
      const before = await read(scim, `/Users/${sam.id}`);
      const removals = [
        { op: "remove", path: "emails" },
        { op: "remove", path: 'emails[value eq "one@work.example"]' },
        { op: "remove", path: "emails.value" },
        { op: "replace", path: "emails", value: [{ value: "two@work.example" }] },
        { op: "replace", value: { emails: [] } },
        { op: "replace", path: 'emails[value eq "one@work.example"].value', value: "two@work.example" },
        { op: "replace", path: 'emails[value eq "one@work.example"].value', value: sam.userName },
      ];
      for (const operation of removals) {
        const answer = await patch(own, { op: "replace", path: "nickName", value: "Half" }, operation);
        expect(answer.status, JSON.stringify(operation)).to.equal(400);
        expect(JSON.parse(answer.text)).to.include({ scimType: "mutability" });
      }
      const { text } = await patch(own, removals[1] ?? {});
      expect(text).to.include("/console/session/addresses").and.include("password");
      expect(await read(scim, `/Users/${sam.id}`)).to.deep.equal(before);
    });

    it("takes no PUT and no DELETE, and a stale If-Match changes nothing", async () => {
      const sam = await person();
      const own = await signedIn(sam.userName);
      for (const method of ["PUT", "DELETE"]) {
        const answer = await own.send(method, ME, method === "PUT" ? sam : undefined);
        expect(answer.status).to.equal(405);
        expect(answer.headers.get("allow")).to.equal("GET, HEAD, PATCH");
      }
      const operation = { op: "replace", path: "nickName", value: "x" };
      const body = { schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], Operations: [operation] };
      expect((await own.send("PATCH", ME, body, { "If-Match": 'W/"99"' })).status).to.equal(412);
      const { version } = (await get(own)).meta;
      expect((await own.send("PATCH", ME, body, { "If-Match": version })).status).to.equal(200);
    });

    it("needs the CSRF token of the realm that the session acts in", async () => {
      const sam = await person();
      await join(acme, sam);
      const own = await signedIn(sam.userName);
      const { csrf } = own;
      await own.switchTo(
        (await own.send("GET", "/console/session")).json.realm === "provider" ? acme.id : "provider",
      );
      for (const token of ["", csrf, "made up"]) {
        own.csrf = token;
        expect((await replace(own, "nickName", "x")).status).to.equal(403);
      }
      expect(await get(own)).not.to.have.property("nickName");
    });

    it("can be changed in a Bulk, wherever the session acts", async () => {
      const sam = await person({ displayName: "Sam" });
      await join(acme, sam);
      const roles = [{ value: "organization-admin" }];
      await inAcme.patch(`/Users/${sam.id}`, { op: "add", path: "roles", value: roles });
      const own = await signedIn(sam.userName);
      await own.switchTo(acme.id);
      const data = (path: string) => ({
        schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        Operations: [{ op: "replace", path, value: "Bulky" }],
      });
      const answer = await own.send("POST", "/scim/v2/Bulk", {
        schemas: ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        Operations: ["nickName", "title"].map((path) => ({ method: "PATCH", path: "/Me", data: data(path) })),
      });
      const { Operations } = JSON.parse(answer.text) as { Operations: { status: string }[] };
      expect(Operations.map(({ status }) => status)).to.deep.equal(["200", "400"]);
      expect(await read(scim, `/Users/${sam.id}`)).to.include({ nickName: "Bulky" });
      const events = await inAcme.find("/AuditEvents", `target.value eq "${sam.id}"`, "&count=100");
      expect(events.text).not.to.include("nickName");
      // What was refused is no more the organization's than what was done.
      expect(events.text).not.to.include("title");
      expect(events.text).not.to.include('"refused"');
    });

    it("ends the care of the organization that created the account", async () => {
      const userName = `${unique("jo")}@example.com`;
      const emails = [{ value: "jo@acme.example" }];
      const jo = await created({ userName, displayName: "Jo", emails });
      // The person's own password, as the provider sets it.
      await scim.patch(`/Users/${jo.id}`, { op: "replace", path: "password", value: PASSWORD });
      const own = await signedIn(userName);
      const rename = (value: string) =>
        inAcme.patch(`/Users/${jo.id}`, { op: "replace", path: "displayName", value });
      await rename("Jo Acme");
      expect(await get(own)).to.include({ displayName: "Jo Acme" });
      expect((await replace(own, "nickName", "J")).status).to.equal(200);
      await rename("Mud");
      expect(await get(own)).to.include({ displayName: "Jo Acme", nickName: "J" });
      // What the organization wrote is not the person's own word now: others do not see it.
      const globex = await createGroup(scim, [jo]);
      const inGlobex = await clientWith(server(), { organization: globex.displayName ?? "" });
      const seen = await read(inGlobex, `/Users/${jo.id}`);
      expect(seen).to.include({ nickName: "J", displayName: userName });
      expect(seen).not.to.have.property("emails");
    });
  });

  describe("of an organization's credential", () => {
    it("is the User of that organization, to read", async () => {
      const jo = await created({ displayName: "Jo" });
      const own = await signedIn(jo.userName, acme.id);
      const me = await get(own);
      expect(me).to.deep.equal(await read(inAcme, `/Users/${jo.id}`));
      for (const [method, body] of [
        ["PATCH", { Operations: [{ op: "replace", path: "displayName", value: "x" }] }],
        ["PUT", jo],
        ["DELETE", undefined],
      ] as const) {
        const answer = await own.send(method, ME, body);
        expect(answer.status).to.equal(403);
        expect(answer.text).to.include("opens one organization alone");
      }
      expect(await read(inAcme, `/Users/${jo.id}`)).to.deep.equal(jo);
    });

    it("is not there while the membership is inactive", async () => {
      const jo = await created();
      const own = await signedIn(jo.userName, acme.id);
      await inAcme.patch(`/Users/${jo.id}`, { op: "replace", path: "active", value: false });
      expect((await own.send("GET", ME)).status).to.be.oneOf([401, 403]);
      expectError(await inAcme.get(`/Users/${acme.id}`), { status: 404 });
    });
  });
});
