import { expect } from "chai";
import { expectStatus } from "../support/assertions.js";
import { forEachEngine } from "../support/engines.js";
import { CORE_USER, createGroup, createUser, unique } from "../support/factories.js";
import { hiddenIn, sendForm } from "../support/forms.js";
import { linkIn, MailServer } from "../support/mail.js";
import { clientWith } from "../support/realms.js";
import { startServer } from "../support/server.js";
import type { ServerInProcess } from "../support/server.js";
import { BrowserOfPerson } from "../support/signed-in.js";

const PASSWORD = "correct horse battery staple 9";
const NEW = "another long passphrase 41";
const INVITATION = `/invitations/WyJhIl0.${"s".repeat(43)}`;
const RETURN = `?return=${encodeURIComponent(INVITATION)}`;
const PAGE = { Accept: "text/html" };

describe("A person who was to sign in, and forgot the password", () => {
  forEachEngine((engine) => {
    const mailbox = new MailServer();
    let server: ServerInProcess;

    before(async () => {
      server = await startServer(engine, { SMTP_URL: await mailbox.start() });
    });
    after(async () => {
      await server.stop();
      await mailbox.stop();
    });

    const browser = () => new BrowserOfPerson(() => server);
    const person = () =>
      createUser(server.scim, { userName: `${unique("sam")}@example.com`, password: PASSWORD });
    /** Asks for the link, and returns its path. */
    const linkFor = async (
      own: BrowserOfPerson,
      path: string,
      userName: string,
      to = userName,
      count = 1,
    ) => {
      const sent = await sendForm(own, path, { userName });
      expect(sent.status, sent.text).to.equal(200);
      return { sent, link: new URL(linkIn(await mailbox.expect(to, count))).pathname };
    };
    const choose = async (own: BrowserOfPerson, link: string) => {
      const done = await sendForm(own, link, { password: NEW }, `${link}/complete`);
      expect(done.status, done.text).to.equal(200);
      const [, signIn = ""] = /<a class="button" href="([^"]*)">Sign in</.exec(done.text) ?? [];
      const { pathname, search } = new URL(signIn);
      return pathname + search;
    };

    it("comes back to the invitation after choosing a new one in the same browser", async () => {
      const { userName } = await person();
      const own = browser();
      const signIn = await own.send("GET", `/console/sign-in${RETURN}`, undefined, PAGE);
      const [, forgotten = ""] = /href="([^"]*)">Forgot your password/.exec(signIn.text) ?? [];
      expect(forgotten).to.equal(`/console/forgotten-password${RETURN}`);
      const { sent, link } = await linkFor(own, forgotten, userName);
      expect(sent.text).to.include(`href="/console/sign-in${RETURN}"`);
      const back = await choose(own, link);
      expect(back).to.equal(`/console/sign-in${RETURN}`);
      const answer = await sendForm(own, back, { userName, password: NEW });
      expect(answer.headers.get("location")).to.equal(INVITATION);
      // Once: the next password that is replaced in this browser leads to the session.
      const again = await linkFor(own, "/console/forgotten-password", userName, userName, 2);
      expect(await choose(own, again.link)).to.equal("/console/sign-in");
    });

    it("signs in to the organization whose names count, and comes back from there", async () => {
      const acme = await createGroup(server.scim);
      const inAcme = await clientWith(server, { organization: acme.displayName ?? "" });
      const [userName, mine] = [unique("jdoe"), `${unique("jo")}@example.com`];
      const body = { schemas: [CORE_USER], userName, password: PASSWORD, emails: [{ value: mine }] };
      expectStatus(await inAcme.post("/Users", body), 201);
      const own = browser();
      const { link } = await linkFor(own, `/console/forgotten-password/${acme.id}${RETURN}`, userName, mine);
      expect(await choose(own, link)).to.equal(`/console/sign-in/${acme.id}${RETURN}`);
    });

    it("is sent nowhere by another person who asked for the link", async () => {
      const { userName } = await person();
      const { link } = await linkFor(browser(), `/console/forgotten-password${RETURN}`, userName);
      expect(link).not.to.include("return");
      expect(await choose(browser(), link)).to.equal("/console/sign-in");
    });

    it("goes to no other path, whatever the address and the cookie say", async () => {
      const { userName } = await person();
      const own = browser();
      const evil = "https://evil.example/";
      const path = `/console/forgotten-password?return=${encodeURIComponent(evil)}`;
      expect(hiddenIn((await own.send("GET", path, undefined, PAGE)).text)).not.to.have.property("return");
      const { link } = await linkFor(own, path, userName);
      expect([...own.cookies.keys()]).not.to.include("muster_return");
      own.cookies.set("muster_return", encodeURIComponent(evil));
      expect(await choose(own, link)).to.equal("/console/sign-in");
      expect([...own.cookies.keys()]).not.to.include("muster_return");
    });

    it("is asked again with the way back, after what was wrong", async () => {
      const own = browser();
      const path = `/console/forgotten-password${RETURN}`;
      const again = await sendForm(own, path, { userName: "sam", csrf: "made up" });
      expect(again.status).to.equal(403);
      expect(hiddenIn(again.text)).to.include({ return: INVITATION });
    });
  });
});
