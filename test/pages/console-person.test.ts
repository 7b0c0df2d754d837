import { expect } from "chai";
import type { Page } from "playwright-core";
import { expectStatus } from "../support/assertions.js";
import type { Body } from "../support/client.js";
import { forEachEngine } from "../support/engines.js";
import { MEMBERSHIP, unique } from "../support/factories.js";
import { setUpFactor } from "../support/second-factor.js";
import { BrowserOfPerson } from "../support/signed-in.js";
import { expectNone } from "../support/waiting.js";
import { enterConsole, expectConsoleUsable, expectQuery, person, useConsole } from "./console-fixture.js";
import { PASSWORD } from "./fixture.js";

describe("The console's tabs Security and History of a person", function () {
  this.timeout(120_000);

  forEachEngine((engine) => {
    const given = useConsole(engine);
    let admin: Body;
    let page: Page;

    before(async () => {
      admin = await person(given, "Ada Lovelace", ["provider-admin"]);
    });

    const openTab = async (user: Body, tab: string, path = "/provider") => {
      page = await enterConsole(given, admin, `${path}/users/${user.id}`);
      await page.getByRole("heading", { level: 2, name: String(user.displayName) }).waitFor();
      await page.getByRole("tab", { name: tab }).click();
    };
    const signedIn = async (user: Body) => {
      const browser = new BrowserOfPerson(() => given.server);
      expect((await browser.signIn(user.userName, PASSWORD)).status).to.equal(200);
      return browser;
    };
    const newPerson = (name: string) => person(given, unique(name));

    it("shows what happened to a person and what the person did, with a way to all of it", async () => {
      const ann = await newPerson("Ann");
      await signedIn(ann);
      const [acme, bolt] = [
        await given.organization(unique("Acme")),
        await given.organization(unique("Bolt")),
      ];
      const value = [{ value: ann.id }];
      for (const { id } of [acme, bolt])
        expectStatus(await given.scim.patch(`/Groups/${id}`, { op: "add", path: "members", value }), 204);
      const team = await given.team(acme, unique("Support"));
      await given.change(`/Teams/${team.id}`, "members", value);
      const leaving = { op: "remove", path: `members[value eq "${ann.id}"]` };
      expectStatus(await given.scim.patch(`/Groups/${bolt.id}`, leaving), 204);
      await openTab(ann, "History");
      const lines = page.getByRole("listitem").filter({ has: page.getByRole("link") });
      for (const [index, text] of [
        `Left organization ${bolt.displayName}`,
        `Joined team ${team.displayName}`,
        `Joined organization ${bolt.displayName}`,
        `Joined organization ${acme.displayName}`,
        "Created user",
        "Signed in",
      ].entries())
        await lines.nth(index).getByText(text).waitFor();
      await expectQuery(page, { tab: "history" });
      await expectConsoleUsable(page, `console history of a person ${engine.name}`);
      await page.getByRole("link", { name: "Show it in Activity" }).first().click();
      await page.getByRole("heading", { level: 1, name: "Activity" }).waitFor();
      await page.getByRole("button", { name: `Person is ${ann.displayName}` }).waitFor();
      await page.getByText("5 activity").waitFor({ state: "attached" });
      await page.getByRole("link", { name: `Left organization ${bolt.displayName}` }).waitFor();
    });

    it("ends a session of a person after a question", async () => {
      const bob = await newPerson("Bob");
      const browser = await signedIn(bob);
      await openTab(bob, "Security");
      await page.getByText("last used").waitFor();
      await expectConsoleUsable(page, `console security of a person ${engine.name}`);
      await page.getByRole("button", { name: "End", exact: true }).click();
      await page.getByRole("alertdialog").getByRole("button", { name: "End the session" }).click();
      await page.getByText("Not signed in.").waitFor();
      expect((await browser.send("GET", "/console/session")).status).to.equal(401);
    });

    it("sends the set-up mail again to a person without a password", async () => {
      const { user } = await given.newcomer({ displayName: unique("Cleo") });
      await openTab(user, "Security");
      await page.getByText("The person has not set a password yet").waitFor();
      await page.getByText("The set-up mail was sent").waitFor();
      await page.getByRole("button", { name: "Send set-up mail" }).click();
      // Once a minute: the server says so where one asked.
      await page.getByRole("alert").waitFor();
    });

    it("removes a lost second factor after a question", async () => {
      const dan = await newPerson("Dan");
      await openTab(dan, "Security");
      await page.getByText("No second factor").waitFor();
      await expectNone(page.getByRole("button", { name: "Remove second factor" }));
      await setUpFactor(await signedIn(dan), PASSWORD);
      await page.reload();
      await page.getByRole("button", { name: "Remove second factor" }).click();
      const dialog = page.getByRole("alertdialog");
      await dialog.getByText("the person gets a mail").waitFor();
      await dialog.getByRole("button", { name: "Remove second factor" }).click();
      await page.getByText("No second factor").waitFor();
    });

    it("shows the own session, which is ended by signing out alone", async () => {
      const other = await person(given, "Grace Hopper", ["provider-admin"]);
      page = await enterConsole(given, other, `/provider/users/${other.id}?tab=security`);
      await page.getByText("This one").waitFor();
      await expectNone(page.getByRole("button", { name: "End", exact: true }));
    });

    it("shows an organization its own people's sessions, of which it ends the stay", async () => {
      const acme = await given.organization(unique("Acme"));
      const [boss, eve] = [await newPerson("Bea"), await newPerson("Eve")];
      const value = [boss, eve].map(({ id }) => ({ value: id }));
      expectStatus(await given.scim.patch(`/Groups/${acme.id}`, { op: "add", path: "members", value }), 204);
      const roles = [{ value: "organization-admin", organization: acme.id }];
      const path = `${MEMBERSHIP}:organizationRoles`;
      expectStatus(await given.scim.patch(`/Users/${boss.id}`, { op: "add", path, value: roles }), 200);
      const browser = await signedIn(eve);
      page = await enterConsole(given, boss, `/${acme.id}/users/${eve.id}?tab=security`);
      await page.getByRole("button", { name: "End", exact: true }).click();
      const dialog = page.getByRole("alertdialog");
      await dialog.getByText("Other organizations are not touched.").waitFor();
      await dialog.getByRole("button", { name: "End the session" }).click();
      await page.getByText("Not signed in.").waitFor();
      const own = await browser.send("GET", "/console/session");
      expect([own.status, own.json.realm]).to.deep.equal([200, null]);
    });
  });
});
