import { expect } from "chai";
import type { Page } from "playwright-core";
import { expectStatus } from "../support/assertions.js";
import { expectAccessible } from "../support/browser.js";
import type { Body } from "../support/client.js";
import { forEachEngine } from "../support/engines.js";
import { MEMBERSHIP, unique } from "../support/factories.js";
import { act } from "../support/links.js";
import { expectNone, expectSaid, expectValue } from "../support/waiting.js";
import {
  consoleUrl,
  enterConsole,
  expectConsoleUsable,
  expectNames,
  expectQuery,
  expectTitle,
  person,
  useConsole,
} from "./console-fixture.js";
import { address, open } from "./fixture.js";

describe("Invitations in the console", function () {
  this.timeout(120_000);

  forEachEngine((engine) => {
    const given = useConsole(engine);
    let admin: Body;
    let acme: Body;
    let invitation: Body;
    let page: Page;

    before(async () => {
      admin = await person(given, "Ada Lovelace", ["provider-admin"]);
      acme = await given.organization("Acme & <Sons>");
      const other = await given.organization("Bolt");
      const team = await given.team(acme, "Support");
      invitation = await given.invite(acme, {
        ...{ emails: [{ value: "ann@acme.example" }], givenName: "Ann", familyName: "Lee" },
        ...{ roles: [{ value: "organization-admin" }], teams: [{ value: team.id }] },
        ...{ description: "Welcome on board", expiresAt: "2099-12-31T12:00:00Z" },
      });
      await given.mailbox.expect("ann@acme.example");
      await given.invite(acme, { emails: [{ value: "*@acme.example" }], enabled: false });
      await given.invite(other, { emails: [], name: "Fair", quota: 5 });
    });

    const enter = async (path = "/provider/invitations") => {
      page = await enterConsole(given, admin, path);
      await expectTitle(page, "Invitations");
    };
    const openAnn = async () => {
      await enter(`/provider/invitations/${invitation.id}`);
      await page.getByRole("heading", { level: 2, name: "Ann Lee" }).waitFor();
    };
    const ofAnn = async () => expectStatus(await given.scim.get(`/Invitations/${invitation.id}`), 200);

    it("lists them, the newest first, with how each stands and what became of its mail", async () => {
      await enter();
      await page.getByRole("link", { name: "Ann Lee" }).waitFor();
      await expectNames(page, ["Fair", "Everybody at acme.example", "Ann Lee"]);
      const ann = page.getByRole("row", { name: /Ann Lee/ });
      await expectSaid(ann, "Pending", "Sent", "Organization admin, Support");
      await page.getByRole("row", { name: /acme.example.*Disabled/ }).waitFor();
      await expectConsoleUsable(page, `console invitations ${engine.name}`);
    });

    it("filters them by status and organization, which stands in the address", async () => {
      await enter();
      await page.getByRole("button", { name: "Status", exact: true }).click();
      await page.getByRole("menuitemradio", { name: "Pending" }).click();
      await page.getByRole("button", { name: "Organization", exact: true }).first().click();
      await page.getByRole("searchbox", { name: "Search for the organization" }).fill("acme");
      await page.getByRole("menuitem", { name: "Bolt" }).waitFor({ state: "detached" });
      await expectAccessible(page);
      await page.getByRole("menuitem", { name: "Acme & <Sons>" }).click();
      await page.getByRole("button", { name: "Organization is Acme & <Sons>" }).waitFor();
      await page.getByText("1 invitations").waitFor({ state: "attached" });
      await expectNames(page, ["Ann Lee"]);
      await expectQuery(page, { status: "pending", organization: acme.id });
      await page.getByRole("button", { name: "Clear the filter organization" }).click();
      await page.getByText("2 invitations").waitFor({ state: "attached" });
    });

    it("shows one with all that it gives, who invited, and the link to pass on", async () => {
      await openAnn();
      const panel = page.getByRole("region", { name: "Ann Lee" });
      for (const text of ["Acme & <Sons>", "Support", "Welcome on board", "Dec 31, 2099"])
        await panel.getByText(text).first().waitFor();
      const { link } = (await ofAnn()) as unknown as { link: string };
      await expectValue(panel.getByLabel("Link to pass on"), link);
      await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
      await panel.getByRole("button", { name: "Copy" }).click();
      await panel.getByRole("button", { name: "Copied" }).waitFor();
      expect(await page.evaluate("navigator.clipboard.readText()")).to.equal(link);
      await expectConsoleUsable(page, `console invitation ${engine.name}`);
    });

    it("sends again, but not twice within a minute", async () => {
      await openAnn();
      await given.server.ahead(61_000, async () => {
        await page.getByRole("button", { name: "Send again" }).click();
        await page.getByText(/being sent again/).waitFor();
        await page.getByRole("button", { name: "Send again" }).click();
        await page.getByRole("alert").waitFor();
      });
      await given.mailbox.expect("ann@acme.example", 2);
    });

    it("disables and enables again", async () => {
      await openAnn();
      await page.getByRole("button", { name: "Disable" }).click();
      await page.getByText(/nobody can accept it/).waitFor();
      expect(await ofAnn()).to.include({ status: "disabled" });
      await expectNone(page.getByLabel("Link to pass on"));
      await page.getByRole("button", { name: "Enable" }).click();
      await page.getByText(/enabled again/).waitFor();
      expect(await ofAnn()).to.include({ status: "pending" });
    });

    it("creates a link for a domain and changes it", async () => {
      await enter("/provider/invitations/create");
      await page.getByRole("combobox", { name: "Organization" }).fill("bolt");
      await page.getByRole("option", { name: "Bolt" }).click();
      await page.getByRole("textbox", { name: "Domain" }).fill("bolt.example");
      await page.getByRole("button", { name: "Create the link" }).click();
      await page.getByRole("heading", { level: 2, name: "Everybody at bolt.example" }).waitFor();
      await page.getByLabel("Link to pass on").waitFor();
      await page.getByRole("link", { name: "Edit", exact: true }).click();
      await page.getByText(/the link stops working. Pass on/).waitFor();
      await page.getByRole("textbox", { name: "How many can accept" }).fill("7");
      await page.getByRole("checkbox", { name: "Organization admin" }).check();
      await page.getByRole("button", { name: "Save" }).click();
      await page.getByText("0 of 7 have accepted").waitFor();
      await page.getByRole("region").getByText("Organization admin").waitFor();
      await page.getByRole("button", { name: "Disable" }).click();
      await page.getByRole("button", { name: "Enable" }).click();
      await page.getByText(/enabled again. Pass on the link/).waitFor();
      await page.getByRole("button", { name: "Delete" }).click();
      await page
        .getByRole("alertdialog", {
          name: "Delete the invitation for everybody at \u2068bolt.example\u2069?",
        })
        .waitFor();
    });

    it("changes for whom one is, and into which teams it leads", async () => {
      const team = await given.team(acme, unique("Night shift"));
      const [first, second] = [address(), address()];
      const emails = [{ value: first }];
      const guest = await given.invite(acme, { emails, name: unique("Guest"), givenName: "Gus" });
      await given.mailbox.expect(first);
      await enter(`/provider/invitations/${guest.id}`);
      await page.getByRole("link", { name: "Edit", exact: true }).click();
      await page.getByText(/get a new mail/).waitFor();
      const addresses = page.getByRole("group", { name: "Address", exact: true });
      await addresses.getByRole("button", { name: "Remove Address 1" }).click();
      await page.getByRole("button", { name: "Save" }).click();
      await addresses.getByText(/^Enter an address/).waitFor();
      await addresses.getByRole("button", { name: "Add address" }).click();
      await addresses.getByRole("textbox").fill("nobody");
      await page.getByRole("combobox", { name: "Teams" }).fill("night");
      await page.getByRole("option", { name: String(team.displayName) }).click();
      await page.getByRole("button", { name: "Save" }).click();
      await addresses.getByText(/nobody/).waitFor();
      await expectConsoleUsable(page, `console to edit an invitation ${engine.name}`);
      await addresses.getByRole("textbox").fill(second);
      await page.getByLabel("First name").fill("Gustav");
      await page.getByRole("button", { name: "Save" }).click();
      await page.getByRole("region").getByText(String(team.displayName)).waitFor();
      await given.mailbox.expect(second);
      const now = expectStatus(await given.scim.get(`/Invitations/${guest.id}`), 200);
      expect(now).to.deep.include({ givenName: "Gustav", emails: [{ value: second }] });
      expect((now.teams as { value: string }[]).map(({ value }) => value)).to.deep.equal([team.id]);
    });

    it("invites somebody else by one that was answered", async () => {
      const [first, second] = [address(), address()];
      const answered = await given.invite(acme, { emails: [{ value: first }], name: unique("Answered") });
      await act(await given.linkFor(answered), "decline");
      await enter(`/provider/invitations/${answered.id}`);
      await page.getByRole("link", { name: "Edit", exact: true }).click();
      await page.getByText("All have declined. Add an address to invite somebody else.").waitFor();
      const addresses = page.getByRole("group", { name: "Address", exact: true });
      await addresses.getByRole("button", { name: "Add address" }).click();
      await addresses.getByRole("textbox").last().fill(second);
      await page.getByRole("button", { name: "Save" }).click();
      await page.getByRole("dialog").waitFor({ state: "detached" });
      await given.mailbox.expect(second);
      const now = expectStatus(await given.scim.get(`/Invitations/${answered.id}`), 200);
      expect(now).to.include({ status: "pending" });
    });

    it("says how to copy where the browser lets nobody else do it", async () => {
      await openAnn();
      await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
      const value = "{ value: undefined, configurable: true }";
      await page.evaluate(`Object.defineProperty(navigator, "clipboard", ${value})`);
      await page.getByRole("button", { name: "Copy" }).click();
      await page.getByText("Press Ctrl+C to copy what is selected.").waitFor();
      await expectConsoleUsable(page, `console to copy by hand ${engine.name}`);
      await page.keyboard.press("Control+C");
      await page.getByRole("button", { name: "Copied" }).waitFor();
    });

    it("deletes after a question", async () => {
      const gone = await given.invite(acme, { name: unique("Gone") });
      await enter(`/provider/invitations/${gone.id}`);
      await page.getByRole("button", { name: "Delete" }).click();
      const dialog = page.getByRole("alertdialog", {
        name: `Delete the invitation \u2068${String(gone.name)}\u2069?`,
      });
      await dialog.getByRole("button", { name: "Delete the invitation" }).click();
      await page.waitForURL((url) => url.pathname.endsWith("/provider/invitations"));
      await page.getByRole("link", { name: String(gone.name) }).waitFor({ state: "detached" });
      expectStatus(await given.scim.get(`/Invitations/${gone.id}`), 404);
    });

    it("shows an organization's administrator those of the organization alone", async () => {
      const own = await person(given, unique("Own"));
      const value = [{ value: own.id }];
      await given.scim.patch(`/Groups/${acme.id}`, { op: "add", path: "members", value });
      const roles = [{ value: "organization-admin", organization: acme.id }];
      const path = `${MEMBERSHIP}:organizationRoles`;
      expectStatus(await given.scim.patch(`/Users/${own.id}`, { op: "add", path, value: roles }), 200);
      page = await enterConsole(given, own, `/${acme.id}/invitations`);
      await page.getByRole("link", { name: "Ann Lee" }).waitFor();
      await expectNone(page.getByRole("link", { name: "Fair" }));
      await expectNone(page.getByRole("button", { name: "Organization", exact: true }));
      await page.getByRole("link", { name: "Ann Lee" }).click();
      await page.getByRole("button", { name: "Disable" }).waitFor();
    });

    it("does not offer them to a member", async () => {
      const member = await person(given, unique("Member"));
      const value = [{ value: member.id }];
      await given.scim.patch(`/Groups/${acme.id}`, { op: "add", path: "members", value });
      page = await enterConsole(given, member, `/${acme.id}`);
      await page.getByRole("heading", { name: "You are a member of Acme & <Sons>" }).waitFor();
      await expectNone(page.getByRole("link", { name: "Invitations" }));
      await open(page, consoleUrl(given, `/${acme.id}/invitations`));
      await page.getByText(/was not loaded/).waitFor();
    });
  });
});
