import { expect } from "chai";
import { createUser } from "../support/factories.js";
import { hiddenIn, sendForm } from "../support/forms.js";
import { codeOf, setUpFactor, wrongCodeOf } from "../support/second-factor.js";
import { describeServer } from "../support/server.js";
import { BrowserOfPerson } from "../support/signed-in.js";

const PASSWORD = "correct horse battery staple 9";
/** It need not work: the page that people go back to says what is wrong with it. */
const INVITATION = `/invitations/WyJhIl0.${"s".repeat(43)}`;

describeServer("Signing in to go back to a page", (scim, server) => {
  const signIn = async (path: string, returnTo: string, userName: string, password = PASSWORD) =>
    sendForm(new BrowserOfPerson(server), `${path}?return=${encodeURIComponent(returnTo)}`, {
      userName,
      password,
    });
  const person = () => createUser(scim, { password: PASSWORD });

  it("leads back to an invitation", async () => {
    const { userName } = await person();
    const answer = await signIn("/console/sign-in", INVITATION, userName);
    expect(answer.status).to.equal(303);
    expect(answer.headers.get("location")).to.equal(INVITATION);
  });

  it("leads back after a wrong password, too", async () => {
    const { userName } = await person();
    const again = await signIn("/console/sign-in", INVITATION, userName, "a wrong passphrase 22");
    expect(again.status).to.equal(403);
    expect(hiddenIn(again.text)).to.include({ return: INVITATION });
  });

  it("leads back after the code of a second factor, after wrong ones and recovery codes, too", async () => {
    const { userName } = await person();
    const first = new BrowserOfPerson(server);
    await first.signIn(userName, PASSWORD);
    const app = await setUpFactor(first, PASSWORD);
    const own = new BrowserOfPerson(server);
    const path = `/console/sign-in?return=${encodeURIComponent(INVITATION)}`;
    const asked = await sendForm(own, path, { userName, password: PASSWORD });
    const next = asked.headers.get("location") ?? "";
    expect(next).to.equal(`/console/sign-in/code?return=${encodeURIComponent(INVITATION)}`);
    const again = await sendForm(own, next, { code: wrongCodeOf(app) });
    expect(again.status).to.equal(403);
    expect(hiddenIn(again.text)).to.include({ return: INVITATION });
    const [, recovery = ""] = /href="([^"]*\?recovery[^"]*)"/.exec(again.text) ?? [];
    const other = await own.send("GET", recovery.replace("&amp;", "&"), undefined, { Accept: "text/html" });
    expect(hiddenIn(other.text)).to.include({ return: INVITATION, recovery: "true" });
    const answer = await sendForm(own, next, { code: codeOf(app) });
    expect(answer.headers.get("location")).to.equal(INVITATION);
  });

  it("leads to no other site, and to no page that does something", async () => {
    const { userName } = await person();
    const elsewhere = [
      "https://evil.example/",
      "//evil.example/invitations/a.b",
      "/\\evil.example",
      `https://evil.example${INVITATION}`,
      `//evil.example${INVITATION}`,
      `/\t/evil.example${INVITATION}`,
      "javascript:alert(1)",
      "/invitations/../console/session/sign-out",
      "/console/session/sign-out",
      "/scim/v2/Users",
      `${INVITATION}/accept`,
      `${INVITATION}/../../console`,
      `${INVITATION}?x=1`,
      `${INVITATION}#x`,
      `${INVITATION}\r\nSet-Cookie: a=b`,
      `${INVITATION}\n`,
      ` ${INVITATION}`,
      INVITATION.toUpperCase(),
      `/invitations/${"a".repeat(3000)}.${"s".repeat(43)}`,
      "",
    ];
    for (const path of elsewhere) {
      const answer = await signIn("/console/sign-in", path, userName);
      expect(answer.status, path).to.equal(303);
      expect(answer.headers.get("location"), path).to.equal("/console/session");
    }
    const twice = `/console/sign-in?return=${encodeURIComponent(INVITATION)}&return=x`;
    const answer = await sendForm(new BrowserOfPerson(server), twice, { userName, password: PASSWORD });
    expect(answer.headers.get("location")).to.equal("/console/session");
  });
});
