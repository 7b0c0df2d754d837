import { expect } from "chai";
import { expectStatus } from "../support/assertions.js";
import { CORE_USER, createGroup, createUser, unique } from "../support/factories.js";
import { clientWith } from "../support/realms.js";
import { describeServer } from "../support/server.js";
import { BrowserOfPerson } from "../support/signed-in.js";

const PASSWORD = "correct horse battery staple 9";
const NEW = "another long passphrase 41";
const PATH = "/console/session/password";

describeServer("A person signed in who changes their password", (scim, server) => {
  const signedIn = async (userName: string, password = PASSWORD, organization?: string) => {
    const own = new BrowserOfPerson(server);
    const answer = await own.signIn(userName, password, organization);
    expect(answer.status, answer.text).to.equal(200);
    return own;
  };
  const person = () => createUser(scim, { userName: `${unique("Sam")}@Example.com`, password: PASSWORD });
  const change = async (own: BrowserOfPerson, currentPassword = PASSWORD, newPassword = NEW) =>
    (await own.send("POST", PATH, { currentPassword, newPassword })).status;
  const status = async (own: BrowserOfPerson) => (await own.send("GET", "/console/session")).status;

  it("stays signed in with a new cookie, while the other sessions and the old cookie end", async () => {
    const { userName } = await person();
    const [own, other, stolen] = [
      await signedIn(userName),
      await signedIn(userName),
      new BrowserOfPerson(server),
    ];
    for (const [name, value] of own.cookies) stolen.cookies.set(name, value);
    expect(await change(own)).to.equal(204);
    expect([await status(own), await status(other), await status(stolen)]).to.deep.equal([200, 401, 401]);
    expect((await new BrowserOfPerson(server).signIn(userName, PASSWORD)).status).to.equal(403);
    await signedIn(userName, NEW);
  });

  it("needs the current password, a usable new one, and the CSRF token", async () => {
    const { userName } = await person();
    const own = await signedIn(userName);
    expect(await change(own, NEW)).to.equal(403);
    expect(await change(own, PASSWORD, "short")).to.equal(400);
    own.csrf = "";
    expect(await change(own)).to.equal(403);
    await signedIn(userName);
  });

  it("is told which field is wrong", async () => {
    const own = await signedIn((await person()).userName);
    for (const [body, field] of [
      [{ currentPassword: NEW, newPassword: NEW }, "currentPassword"],
      [{ newPassword: NEW }, "currentPassword"],
      [{ currentPassword: PASSWORD }, "newPassword"],
      [{ currentPassword: PASSWORD, newPassword: "short" }, "newPassword"],
      [{ currentPassword: PASSWORD, newPassword: "password1" }, "newPassword"],
    ] as const) {
      const { text } = await own.send("POST", PATH, body);
      expect(JSON.parse(text), text).to.include({ field });
    }
  });

  it("has a page, whose form shows what is wrong, and leads back to the session", async () => {
    const own = await signedIn((await person()).userName);
    const html = { Accept: "text/html", "Content-Type": "application/x-www-form-urlencoded" };
    const page = await own.send("GET", PATH, undefined, { Accept: "text/html" });
    const csrf = /name="csrf" value="([\w-]+)"/.exec(page.text)?.[1] ?? "";
    const send = (currentPassword: string, token: string) =>
      own.send(
        "POST",
        PATH,
        new URLSearchParams({ csrf: token, currentPassword, newPassword: NEW }).toString(),
        html,
      );
    expect((await send(PASSWORD, "made up")).status).to.equal(403);
    const wrong = await send(NEW, csrf);
    expect(wrong.status).to.equal(403);
    expect(wrong.text).to.include("The password is wrong").and.include('id="currentPassword-error"');
    expect((await send(PASSWORD, csrf)).headers.get("location")).to.equal("/console/session");
    expect(await status(own)).to.equal(200);
  });

  it("is locked out after ten wrong passwords", async () => {
    const own = await signedIn((await person()).userName);
    const wrong = await Promise.all(Array.from({ length: 11 }, () => change(own, NEW)));
    expect(wrong.filter((each) => each === 429)).to.have.length(1);
    expect(await change(own)).to.equal(429);
  });

  it("gets no role's power for a password that an organization wrote", async () => {
    const acme = await createGroup(scim);
    const inAcme = await clientWith(server(), { organization: acme.displayName ?? "" });
    const roles = [{ value: "organization-admin" }];
    const body = { schemas: [CORE_USER], userName: unique("own"), password: PASSWORD, roles };
    const { userName } = expectStatus(await inAcme.post("/Users", body), 201);
    const own = await signedIn(userName, PASSWORD, acme.id);
    expect((await own.send("GET", "/scim/v2/Users")).status).to.equal(403);
    expect(await change(own)).to.equal(204);
    expect((await own.send("GET", "/scim/v2/Users")).status).to.equal(403);
  });
});
