import { expect } from "chai";
import type { TokenOptions } from "../../src/services/tokens/operator.js";
import { expectError, expectList, expectStatus, read } from "../support/assertions.js";
import type { Body, ScimClient } from "../support/client.js";
import { CORE_USER, createGroup, createUser, unique } from "../support/factories.js";
import { clientWith } from "../support/realms.js";
import { describeServer } from "../support/server.js";
import { codeOf, setUpFactor, wrongCodeOf } from "../support/second-factor.js";
import { BrowserOfPerson } from "../support/signed-in.js";

const CHECK = "urn:muster:params:scim:api:messages:2.0:PasswordCheck";
const RESPONSE = "urn:muster:params:scim:api:messages:2.0:PasswordCheckResponse";
const ACCESS_TOKEN = "urn:muster:params:scim:schemas:core:2.0:AccessToken";
const PASSWORD = "correct horse battery staple 9";
const OTHER = "another long passphrase 41";
const ADMIN = [{ value: "organization-admin" }];

interface Checked {
  readonly schemas: readonly string[];
  readonly result: string;
  readonly reason?: string;
  readonly detail?: string;
  readonly retryAfter?: number;
  readonly credential?: string;
  readonly givesRoles?: boolean;
  readonly device?: string;
  readonly user?: Body;
  readonly realms?: readonly { readonly value: string; readonly isAdministrator: boolean }[];
}

describeServer("The product's check of a password", (scim, server) => {
  let product: ScimClient;
  let acme: Body;
  let inAcme: ScimClient;
  let acmesProduct: ScimClient;

  const checking = (options: TokenOptions = {}) =>
    clientWith(server(), { checksPasswords: true, ...options });
  const check = async (client: ScimClient, userName: string, password: string, more: object = {}) => {
    const body = { schemas: [CHECK], userName, password, ...more };
    return expectStatus(await client.post("/PasswordCheck", body), 200) as unknown as Checked;
  };
  const person = (attributes: object = {}) => createUser(scim, { password: PASSWORD, ...attributes });

  before(async () => {
    product = await checking({ readOnly: true });
    acme = await createGroup(scim, [], { displayName: unique("Acme") });
    inAcme = await clientWith(server(), { organization: acme.id });
    acmesProduct = await checking({ organization: acme.id, readOnly: true });
  });

  const addTo = async (organization: Body, { id }: Body) => {
    const op = { op: "add", path: "members", value: [{ value: id }] };
    expectStatus(await scim.patch(`/Groups/${organization.id}`, op), 200, 204);
  };
  const createdBy = async (own: ScimClient, attributes: object = {}) => {
    const body = { schemas: [CORE_USER], userName: unique("own"), password: PASSWORD, ...attributes };
    return expectStatus(await own.post("/Users", body), 201);
  };

  it("answers with the User and the realms that the password opens", async () => {
    const sam = await person({ roles: [{ value: "provider-admin" }] });
    await addTo(acme, sam);
    const checked = await check(product, sam.userName.toUpperCase(), PASSWORD);
    expect(checked).to.deep.include({ schemas: [RESPONSE], result: "accepted", credential: "person" });
    expect(checked.givesRoles).to.equal(true);
    expect(checked.user).to.deep.equal(await read(product, `/Users/${sam.id}`));
    expect(checked.realms).to.deep.equal([
      { value: "provider", isAdministrator: true },
      { value: acme.id, display: acme.displayName, isAdministrator: false },
    ]);
  });

  it("refuses a wrong password and a name that nobody has alike, with a text that can be shown", async () => {
    const sam = await person();
    const wrong = await check(product, sam.userName, OTHER);
    expect(wrong).to.deep.equal({
      schemas: [RESPONSE],
      ...{ result: "refused", reason: "wrongPassword", detail: "The name or the password is wrong" },
    });
    expect(await check(product, unique("nobody"), OTHER)).to.deep.equal(wrong);
    const none = await createUser(scim);
    expect(await check(product, none.userName, PASSWORD)).to.deep.equal(wrong);
  });

  it("says with the right password alone that a person is not active", async () => {
    const sam = await person({ active: false });
    expect(await check(product, sam.userName, OTHER)).to.include({ reason: "wrongPassword" });
    expect(await check(product, sam.userName, PASSWORD)).to.include({
      result: "refused",
      reason: "inactive",
    });
  });

  it("checks an organization's own active people, and tells it of itself alone", async () => {
    const sam = await person();
    const stranger = await person();
    const globex = await createGroup(scim, [sam]);
    await addTo(acme, sam);
    const checked = await check(acmesProduct, sam.userName, PASSWORD);
    expect(checked.user).to.deep.equal(await read(inAcme, `/Users/${sam.id}`));
    expect(checked.realms?.map(({ value }) => value)).to.deep.equal([acme.id]);
    expect(JSON.stringify(checked)).not.to.include(globex.id);
    const outside = await check(acmesProduct, stranger.userName, PASSWORD);
    expect(outside).to.include({ result: "refused", reason: "wrongPassword" });
    expectStatus(
      await inAcme.patch(`/Users/${sam.id}`, { op: "replace", path: "active", value: false }),
      200,
    );
    expect(await check(acmesProduct, sam.userName, PASSWORD)).to.include({ reason: "inactive" });
    expect(await check(product, sam.userName, PASSWORD)).to.include({ result: "accepted" });
  });

  it("takes an organization's names where the product names the organization", async () => {
    const jdoe = await createdBy(inAcme, { userName: "jdoe", roles: ADMIN });
    const organization = { value: acme.id };
    const checked = await check(product, "JDoe", PASSWORD, { organization });
    expect(checked).to.include({ result: "accepted", credential: "organization" });
    expect(checked.user).to.include({ id: jdoe.id });
    expect(checked.realms).to.have.lengthOf(1);
    expect((await check(acmesProduct, "jdoe", PASSWORD)).user).to.include({ id: jdoe.id });
  });

  it("says that a password gives no role's power that the organization chose", async () => {
    const own = await createdBy(inAcme, { roles: ADMIN });
    const checked = await check(acmesProduct, own.userName, PASSWORD);
    expect(checked.givesRoles).to.equal(false);
    expect(checked.realms).to.deep.include({
      ...{ value: acme.id, display: acme.displayName, isAdministrator: false },
    });
  });

  it("tells nothing of organizations outside of the realm", async () => {
    const globex = await createGroup(scim);
    const body = { userName: "x", password: "y", organization: { value: globex.id } };
    const foreign = await acmesProduct.post("/PasswordCheck", body);
    const random = await acmesProduct.post("/PasswordCheck", {
      ...{ ...body, organization: { value: "01890000-0000-7000-8000-000000000000" } },
    });
    expectError(foreign, { status: 400, scimType: "invalidValue" });
    expect(foreign.text.replace(globex.id, "")).to.equal(
      random.text.replace("01890000-0000-7000-8000-000000000000", ""),
    );
  });

  it("is refused without the right, whatever else the token may do", async () => {
    const sam = await person();
    for (const client of [scim, inAcme, await clientWith(server(), { readOnly: true })]) {
      const answer = await client.post("/PasswordCheck", { userName: sam.userName, password: PASSWORD });
      expectError(answer, { status: 403 });
      expect(answer.text).to.include("checksPasswords");
    }
    const own = new BrowserOfPerson(server);
    await own.signIn(sam.userName, PASSWORD);
    const answer = await own.send("POST", "/scim/v2/PasswordCheck", { userName: "x", password: "y" });
    expect(answer.status).to.equal(403);
  });

  it("gives a right that only those can give who have it, or a person or the operator", async () => {
    const sent = { schemas: [ACCESS_TOKEN], name: "Product", readOnly: true, checksPasswords: true };
    expectError(await inAcme.post("/AccessTokens", sent), { status: 403 });
    const made = expectStatus(await scim.post("/AccessTokens", sent), 201);
    expect(made).to.include({ checksPasswords: true });
    expect(
      expectList(await scim.get("/AccessTokens?filter=checksPasswords%20eq%20true")),
    ).to.deep.include.members([await read(scim, `/AccessTokens/${made.id}`)]);
    const put = await scim.put(`/AccessTokens/${made.id}`, { ...sent, checksPasswords: false });
    expectError(put, { status: 400, scimType: "mutability" });
    const dana = await person({ roles: [{ value: "provider-admin" }] });
    expectError(await scim.post("/AccessTokens", { ...sent, user: { value: dana.id } }), {
      status: 400,
      scimType: "invalidValue",
    });
  });

  it("changes nothing else with that right", async () => {
    expectError(await product.post("/Users", { schemas: [CORE_USER], userName: unique("no") }), {
      status: 403,
    });
  });

  it("counts wrong passwords by the person's address, and apart from other realms and the sign-in", async () => {
    const sam = await person();
    await addTo(acme, sam);
    const wrong = (address: string) => check(acmesProduct, sam.userName, OTHER, { address });
    for (let tried = 0; tried < 10; tried += 1) {
      expect(await wrong("203.0.113.7")).to.include({ reason: "wrongPassword" });
    }
    const beyond = await check(acmesProduct, sam.userName, PASSWORD, { address: "203.0.113.7" });
    expect(beyond).to.include({ result: "refused", reason: "tooManyAttempts" });
    expect(beyond.retryAfter).to.be.within(1, 900);
    const elsewhere = { address: "198.51.100.9" };
    expect(await check(acmesProduct, sam.userName, PASSWORD, elsewhere)).to.include({ result: "accepted" });
    expect(await check(product, sam.userName, PASSWORD, { address: "203.0.113.7" })).to.include({
      result: "accepted",
    });
    const signedIn = await new BrowserOfPerson(server).signIn(sam.userName, PASSWORD);
    expect(signedIn.status).to.equal(200);
  });

  it("lets a browser in that signed in before, while strangers try", async () => {
    const sam = await person();
    const { device } = await check(product, sam.userName, PASSWORD);
    for (let tried = 0; tried < 11; tried += 1) await check(product, sam.userName, OTHER);
    expect(await check(product, sam.userName, PASSWORD)).to.include({ reason: "tooManyAttempts" });
    expect(await check(product, sam.userName, PASSWORD, { device })).to.include({ result: "accepted" });
    const other = await person();
    const foreign = await check(product, other.userName, PASSWORD);
    expect(await check(product, sam.userName, PASSWORD, { device: foreign.device })).to.include({
      reason: "tooManyAttempts",
    });
  });

  it("asks for the code of a second factor, which it takes once", async () => {
    const sam = await person();
    const own = new BrowserOfPerson(server);
    await own.signIn(sam.userName, PASSWORD);
    const app = await setUpFactor(own, PASSWORD);
    const withCode = (code: string) => check(product, sam.userName, PASSWORD, { code });
    expect(await check(product, sam.userName, OTHER)).to.include({ reason: "wrongPassword" });
    expect(await check(product, sam.userName, PASSWORD)).to.include({ reason: "codeMissing" });
    expect(await withCode(wrongCodeOf(app))).to.include({ result: "refused", reason: "wrongCode" });
    const code = codeOf(app);
    expect(await withCode(code)).to.include({ result: "accepted" });
    expect(await withCode(code)).to.include({ reason: "wrongCode" });
    expect(await withCode(app.recoveryCodes[0] ?? "")).to.include({ result: "accepted" });
    expect(await withCode(app.recoveryCodes[0] ?? "")).to.include({ reason: "wrongCode" });
  });

  it("is in the audit log, whether it went well or not, without the password", async () => {
    const sam = await person();
    await check(product, sam.userName, PASSWORD, { address: "203.0.113.50" });
    await check(product, sam.userName, OTHER, { address: "203.0.113.50" });
    const answer = await scim.find(
      "/AuditEvents",
      `action eq "authenticate" and target.value eq "${sam.id}"`,
    );
    const events = expectList(answer);
    expect(events.map(({ result }) => result).sort()).to.deep.equal(["refused", "success"]);
    for (const event of events) expect(event.token).to.have.property("value");
    expect(answer.text).not.to.include(PASSWORD).and.not.to.include(OTHER);
  });

  it("is in the audit log once an hour for each account and token when it goes well", async () => {
    const [sam, jo] = [await person(), await person()];
    const other = await clientWith(server(), { checksPasswords: true });
    for (const client of [product, product, product, other, other]) {
      expect(await check(client, sam.userName, PASSWORD)).to.include({ result: "accepted" });
    }
    await check(product, jo.userName, PASSWORD);
    const count = async (id: string) =>
      expectList(await scim.find("/AuditEvents", `action eq "authenticate" and target.value eq "${id}"`))
        .length;
    expect([await count(sam.id), await count(jo.id)]).to.deep.equal([2, 1]);
  });

  it("refuses what is no check", async () => {
    const post = (body: unknown) => product.post("/PasswordCheck", body);
    expectError(await post({ schemas: [CORE_USER], userName: "a", password: "b" }), {
      status: 400,
      scimType: "invalidSyntax",
    });
    expectError(await post({ userName: "a" }), { status: 400, scimType: "invalidSyntax" });
    expectError(await post([]), { status: 400, scimType: "invalidSyntax" });
    expectError(await post({ userName: 1, password: "b" }), { status: 400, scimType: "invalidValue" });
    expectError(await post({ userName: "a", password: "b".repeat(5000) }), {
      status: 400,
      scimType: "invalidValue",
    });
    expectError(await post({ userName: "a", password: "b", address: "here" }), {
      status: 400,
      scimType: "invalidValue",
    });
    expectError(await post({ userName: "a", password: "b", organization: 1 }), {
      status: 400,
      scimType: "invalidValue",
    });
    expectError(await product.get("/PasswordCheck"), { status: 405 });
    const name = "n".repeat(100_000);
    expect(await check(product, name, PASSWORD)).to.include({ reason: "wrongPassword" });
  });
});
