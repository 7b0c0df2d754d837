import { expect } from "chai";
import type { Page } from "playwright-core";
import { expectList, expectStatus } from "../support/assertions.js";
import { ScimClient } from "../support/client.js";
import type { Body } from "../support/client.js";
import { forEachEngine } from "../support/engines.js";
import { MEMBERSHIP, unique } from "../support/factories.js";
import { BrowserOfPerson } from "../support/signed-in.js";
import { expectNone, expectSaid } from "../support/waiting.js";
import {
  consoleUrl,
  enterConsole,
  expectConsoleUsable,
  expectNames,
  expectTitle,
  person,
  useConsole,
} from "./console-fixture.js";
import { open, PASSWORD } from "./fixture.js";

const ACCESS_TOKEN = "urn:muster:params:scim:schemas:core:2.0:AccessToken";

describe("The console's Access tokens", function () {
  this.timeout(120_000);

  forEachEngine((engine) => {
    const given = useConsole(engine);
    let admin: Body;
    let acme: Body;
    let page: Page;

    before(async () => {
      admin = await person(given, "Ada Lovelace", ["provider-admin"]);
      acme = await given.organization(unique("Acme"));
    });

    const newToken = async (name: string, more: object = {}) =>
      expectStatus(await given.scim.post("/AccessTokens", { schemas: [ACCESS_TOKEN], name, ...more }), 201);
    const enter = async (path = "/provider/tokens") => {
      page = await enterConsole(given, admin, path);
      await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
      await expectTitle(page, "Access tokens");
    };
    const secret = () => page.getByRole("textbox", { name: "Secret" }).inputValue();
    const statusWith = async (token: string) =>
      (await new ScimClient(() => ({ url: given.scim.url, token })).get("/Realm")).status;
    const administratorOf = async (name: string) => {
      const boss = await person(given, unique(name));
      const members = { op: "add", path: "members", value: [{ value: boss.id }] };
      expectStatus(await given.scim.patch(`/Groups/${acme.id}`, members), 204);
      const value = [{ value: "organization-admin", organization: acme.id }];
      const roles = { op: "add", path: `${MEMBERSHIP}:organizationRoles`, value };
      expectStatus(await given.scim.patch(`/Users/${boss.id}`, roles), 200);
      return boss;
    };

    it("lists tokens with their owner, realm and state, and filters them", async () => {
      await newToken("Auditor", { readOnly: true, expiresAt: "2099-01-01T00:00:00Z" });
      await newToken("Okta", { organization: { value: acme.id } });
      await enter();
      const row = page.getByRole("row", { name: /^Okta/ });
      await expectSaid(row, "Machine", acme.displayName, "Valid");
      await expectConsoleUsable(page, `console tokens ${engine.name}`);
      await page.getByRole("button", { name: "Rights", exact: true }).click();
      await page.getByRole("menuitemradio", { name: "Read only" }).click();
      await page.getByText("1 access tokens").waitFor({ state: "attached" });
      await expectNames(page, ["Auditor"]);
    });

    it("creates a token, and shows its secret once, which is not closed by accident", async () => {
      await enter();
      await page.getByRole("link", { name: "Create token" }).click();
      await expectConsoleUsable(page, `console to create a token ${engine.name}`);
      await page.getByRole("button", { name: "Create the token" }).click();
      await page.getByText("Name is missing").waitFor();
      await page.getByLabel("Name", { exact: true }).fill("Entra");
      await page.getByRole("button", { name: "Organization", exact: true }).last().click();
      await page.getByRole("menuitem", { name: String(acme.displayName) }).click();
      await page.getByLabel("Last day").fill("2098-05-31");
      await page.getByRole("button", { name: "Create the token" }).click();
      await page.getByRole("heading", { name: /The secret of .Entra/ }).waitFor();
      // What said that the button is busy names it a moment longer, though it is gone.
      await page.locator("[data-live-announcer] [role=img]").first().waitFor({ state: "detached" });
      await expectConsoleUsable(page, `console secret of a token ${engine.name}`);
      expect(await statusWith(await secret())).to.equal(200);
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "I have the secret" }).click();
      await page.getByText("Once this is closed, it is gone.").waitFor();
      await page.getByRole("button", { name: "Back" }).click();
      await page.getByRole("button", { name: "Copy" }).click();
      await page.getByRole("button", { name: "I have the secret" }).click();
      await page.getByRole("heading", { level: 2, name: "Entra", exact: true }).waitFor();
      await expectNone(page.getByText("muster_"));
      const query = `filter=${encodeURIComponent('name eq "Entra"')}`;
      const [made] = expectList(await given.scim.get(`/AccessTokens?${query}`));
      expect(made?.organization).to.include({ value: acme.id });
      expect(String(made?.expiresAt)).to.match(/^2098-0[56]-/);
    });

    it("keeps a new secret in sight when one goes back, and shows it nowhere later", async () => {
      const { id } = await newToken("Backwards");
      await enter();
      await page.getByRole("link", { name: "Backwards" }).click();
      await page.getByRole("link", { name: "New secret" }).click();
      await page.getByRole("heading", { name: /^Make a new secret for .Backwards/ }).waitFor();
      await page.getByRole("button", { name: "Make the new secret" }).click();
      const heading = page.getByRole("heading", { name: /The secret of .Backwards/ });
      await heading.waitFor();
      await page.goBack();
      await page.goBack();
      await page.waitForURL((url) => !url.pathname.includes(id));
      await heading.waitFor();
      await page.getByRole("button", { name: "I have the secret" }).click();
      await page.getByRole("button", { name: "Close without the secret" }).click();
      await heading.waitFor({ state: "detached" });
      await page.getByRole("link", { name: "Backwards" }).click();
      await page.getByRole("heading", { level: 2, name: "Backwards", exact: true }).waitFor();
      await expectNone(page.getByText("muster_"));
    });

    it("takes no path out of an address in the place of an id", async () => {
      await enter();
      const asked: string[] = [];
      page.on("request", (request) => asked.push(`${request.method()} ${new URL(request.url()).pathname}`));
      const elsewhere = encodeURIComponent(`../Users/${admin.id}/remove-second-factor#`);
      const { id } = await newToken("Not kept");
      const keep = encodeURIComponent(`${id}/keep#`);
      // The server has no page at such an address; the console comes there by the way back alone.
      const address = JSON.stringify(consoleUrl(given, `/provider/tokens/${keep}/rotate`));
      await page.evaluate(
        `history.pushState({}, "", ${address}); dispatchEvent(new PopStateEvent("popstate"))`,
      );
      await page.getByText("There is no such access token here").waitFor();
      await expectNone(page.getByRole("button", { name: "Make the new secret" }));
      await open(page, consoleUrl(given, `/provider/users?organization=${elsewhere}`));
      await page.getByText("Organization is an unknown organization").waitFor();
      expect(asked.filter((each) => each.includes(admin.id) && each.includes("/scim/"))).to.be.empty;
      expect(asked.filter((each) => each.startsWith("POST"))).to.be.empty;
    });

    it("offers what a token of a product does for no person, and shows at a box what is refused there", async () => {
      await enter("/provider/tokens/create");
      await page.getByLabel("Name", { exact: true }).fill("Mine");
      const checks = page.getByRole("checkbox", { name: "Checks passwords" });
      await checks.check();
      await page.getByRole("radio", { name: /^Yourself/ }).check();
      await checks.waitFor({ state: "detached" });
      await page.route("**/scim/v2/AccessTokens", (route) =>
        route.fulfill({ status: 400, json: { detail: "'readOnly' is refused" } }),
      );
      await page.getByRole("button", { name: "Create the token" }).click();
      await page.getByRole("alert").getByText("'readOnly' is refused").waitFor();
      await page.unroute("**/scim/v2/AccessTokens");
      await page.getByRole("button", { name: "Create the token" }).click();
      await page.getByRole("heading", { name: /The secret of .Mine/ }).waitFor();
    });

    it("makes a new secret while the old one stays valid, and revokes", async () => {
      const { id, token } = await newToken("Scripts");
      await enter(`/provider/tokens/${id}`);
      await page.getByRole("heading", { level: 2, name: "Scripts", exact: true }).waitFor();
      await expectConsoleUsable(page, `console token ${engine.name}`);
      await page.getByRole("link", { name: "New secret" }).click();
      await page.getByRole("radio", { name: "For an hour" }).check();
      await page.getByRole("button", { name: "Make the new secret" }).click();
      const next = await secret();
      expect([await statusWith(String(token)), await statusWith(next)]).to.deep.equal([200, 200]);
      await page.getByRole("button", { name: "Copy" }).click();
      await page.getByRole("button", { name: "I have the secret" }).click();
      await page.getByRole("heading", { level: 2, name: "Scripts", exact: true }).waitFor();
      await page.getByRole("button", { name: "Revoke" }).click();
      await page.getByRole("alertdialog").getByText("refused at once").waitFor();
      await page.getByRole("button", { name: "Revoke the token" }).click();
      await page.waitForURL((url) => url.pathname.endsWith("/provider/tokens"));
      expect([await statusWith(String(token)), await statusWith(next)]).to.deep.equal([401, 401]);
    });

    it("says what to do with an orphaned token, and keeps it for an organization", async () => {
      const [maker, boss] = [await administratorOf("Max"), await administratorOf("Bea")];
      const browser = new BrowserOfPerson(() => given.server);
      await browser.signIn(maker.userName, PASSWORD);
      await browser.switchTo(acme.id);
      const token = { schemas: [ACCESS_TOKEN], name: "Left behind" };
      expect((await browser.send("POST", "/scim/v2/AccessTokens", token)).status).to.equal(201);
      const members = { op: "remove", path: `members[value eq "${maker.id}"]` };
      expectStatus(await given.scim.patch(`/Groups/${acme.id}`, members), 204);

      page = await enterConsole(given, boss, `/${acme.id}/tokens`);
      await page.getByText("One token is orphaned").waitFor();
      await page.getByRole("button", { name: "Show" }).click();
      await page.getByRole("link", { name: "Left behind" }).click();
      await page.getByText("Keep it with a new secret").waitFor();
      await expectConsoleUsable(page, `console orphaned token ${engine.name}`);
      await expectNone(page.getByRole("link", { name: "New secret" }));
      await page.getByRole("button", { name: "Keep it" }).click();
      await page.getByRole("button", { name: "Keep it with a new secret" }).click();
      await page.getByRole("heading", { name: /The secret of .Left behind/ }).waitFor();
      expect(await statusWith(await secret())).to.equal(200);
    });
  });
});
