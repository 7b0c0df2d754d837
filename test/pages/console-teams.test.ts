import { expect } from "chai";
import type { Page } from "playwright-core";
import { expectStatus } from "../support/assertions.js";
import type { Body } from "../support/client.js";
import { forEachEngine } from "../support/engines.js";
import { MEMBERSHIP, unique } from "../support/factories.js";
import { expectNone, expectTexts, expectValue } from "../support/waiting.js";
import {
  consoleUrl,
  enterConsole,
  expectConsoleUsable,
  expectTitle,
  person,
  useConsole,
} from "./console-fixture.js";
import { open } from "./fixture.js";

describe("Teams in the console", function () {
  this.timeout(120_000);

  forEachEngine((engine) => {
    const given = useConsole(engine);
    let acme: Body;
    let admin: Body;
    let boss: Body;
    let cleo: Body;
    let dan: Body;
    let support: Body;
    let page: Page;

    before(async () => {
      admin = await person(given, "Ada Lovelace", ["provider-admin"]);
      [boss, cleo, dan] = [
        await person(given, "Bea Boss"),
        await person(given, "Cleo Marsh"),
        await person(given, "Dan Stone"),
      ];
      acme = await given.organization("Acme & <Sons>");
      const value = [boss, cleo, dan].map(({ id }) => ({ value: id }));
      await given.scim.patch(`/Groups/${acme.id}`, { op: "add", path: "members", value });
      const roles = [{ value: "organization-admin", organization: acme.id }];
      const path = `${MEMBERSHIP}:organizationRoles`;
      expectStatus(await given.scim.patch(`/Users/${boss.id}`, { op: "add", path, value: roles }), 200);
      await given.team(await given.organization("Bolt"), "Sales");
    });

    beforeEach(async () => {
      support = await given.team(acme, unique("Support"));
      const value = [{ value: cleo.id, role: "team-admin" }, { value: boss.id }];
      await given.scim.patch(`/Teams/${support.id}`, { op: "add", path: "members", value });
    });

    const openTeam = async (who: Body, realm: string) => {
      page = await enterConsole(given, who, `/${realm}/teams/${support.id}`);
      await page.getByRole("heading", { level: 2, name: String(support.displayName) }).waitFor();
      await page.getByText(cleo.userName).waitFor();
    };
    const membersOf = async ({ id }: Body) =>
      (expectStatus(await given.scim.get(`/Teams/${id}`), 200).members ?? []).map(({ value }) => value);

    it("lists those of all organizations in the provider's realm, with how many members each has", async () => {
      page = await enterConsole(given, admin, "/provider/teams");
      await expectTitle(page, "Teams");
      const row = page.getByRole("row", { name: new RegExp(String(support.displayName)) });
      for (const text of ["Acme & <Sons>", "2"]) await row.getByText(text, { exact: true }).waitFor();
      await page.getByRole("link", { name: "Sales", exact: true }).waitFor();
      await row.getByRole("link").click();
      await page.getByText(cleo.userName).waitFor();
      await expectConsoleUsable(page, `console team ${engine.name}`);
    });

    it("adds a member, gives a role in the team, and removes the member after a question", async () => {
      await openTeam(boss, acme.id);
      await page.getByRole("link", { name: String(support.displayName) }).waitFor();
      await expectNone(page.getByRole("link", { name: "Sales" }));
      await page.getByRole("button", { name: "Add a member" }).click();
      await page.getByRole("combobox", { name: "Person to add" }).fill("Dan");
      await page.getByRole("option", { name: /Dan Stone/ }).click();
      await page.getByText(/Dan Stone.* is in the team/).waitFor();
      await page.getByRole("button", { name: "Role of Dan Stone: Member" }).click();
      await page.getByRole("menuitem", { name: "Team manager" }).click();
      await page.getByRole("button", { name: "Role of Dan Stone: Team manager" }).waitFor();
      expect(await membersOf(support)).to.include(dan.id);
      await page.getByRole("button", { name: "Remove Dan Stone from the team" }).click();
      await page
        .getByRole("alertdialog")
        .getByRole("button", { name: /^Remove/ })
        .click();
      await page.getByText(dan.userName).waitFor({ state: "detached" });
      expect(await membersOf(support)).to.not.include(dan.id);
    });

    it("shows what another administrator changed meanwhile, and writes only what the person changed", async () => {
      await openTeam(boss, acme.id);
      await page.getByRole("link", { name: "Edit", exact: true }).click();
      const [name, description] = [
        page.getByRole("textbox", { name: "Name" }),
        page.getByRole("textbox", { name: "Description" }),
      ];
      await description.fill("Mine");
      const renamed = unique("Renamed");
      await given.change(`/Teams/${support.id}`, "displayName", renamed);
      await given.change(`/Teams/${support.id}`, "description", "Theirs");
      const save = page.getByRole("button", { name: "Save" });
      await save.click();
      await page.getByText("Another administrator changed the team meanwhile").waitFor();
      await page.getByRole("row", { name: /^Description\s+Theirs\s+Mine/ }).waitFor();
      await expectValue(name, renamed);
      await expectValue(description, "Mine");
      await expectConsoleUsable(page, `console conflict ${engine.name}`);
      await save.click();
      await page.getByRole("heading", { level: 2, name: renamed }).waitFor();
      const team = expectStatus(await given.scim.get(`/Teams/${support.id}`), 200);
      expect(team).to.include({ displayName: renamed, description: "Mine" });
    });

    it("saves a team whose members changed meanwhile, and takes what is saved if the person wants that", async () => {
      await openTeam(boss, acme.id);
      await page.getByRole("link", { name: "Edit", exact: true }).click();
      const description = page.getByRole("textbox", { name: "Description" });
      await description.fill("First");
      const add = { op: "add", path: "members", value: [{ value: dan.id }] };
      await given.scim.patch(`/Teams/${support.id}`, add);
      await page.getByRole("button", { name: "Save" }).click();
      await page.getByText("First").first().waitFor();
      await page.getByRole("link", { name: "Edit", exact: true }).click();
      await description.fill("Second");
      await given.change(`/Teams/${support.id}`, "description", "Theirs");
      await page.getByRole("button", { name: "Save" }).click();
      await page.getByRole("button", { name: "Discard my changes" }).click();
      await expectValue(description, "Theirs");
      await page.keyboard.press("Escape");
      await page.waitForURL((url) => url.pathname.endsWith(support.id));
    });

    it("creates, changes and deletes a team", async () => {
      const name = unique("Night shift");
      page = await enterConsole(given, boss, `/${acme.id}/teams`);
      await page.getByRole("link", { name: "Create team" }).click();
      await page.getByRole("textbox", { name: "Name" }).fill(name);
      await page.getByRole("checkbox", { name: "Organization billing manager" }).check();
      await expectConsoleUsable(page, `console to create a team ${engine.name}`);
      await page.getByRole("button", { name: "Create the team" }).click();
      await page.getByRole("heading", { level: 2, name }).waitFor();
      await page.getByRole("link", { name: "Edit", exact: true }).click();
      await page.getByRole("textbox", { name: "Description" }).fill("They work at night");
      await page.getByRole("button", { name: "Save" }).click();
      await page.getByText("They work at night").first().waitFor();
      await page.getByText(/^Organization billing manager, as long/).waitFor();
      await page.getByRole("button", { name: "Delete" }).click();
      await page.getByRole("button", { name: "Delete the team" }).click();
      await page.getByRole("link", { name }).waitFor({ state: "detached" });
    });

    it("creates one in the organization that a provider's administrator chooses", async () => {
      const name = unique("Day shift");
      page = await enterConsole(given, admin, "/provider/teams/create");
      await page.getByRole("combobox", { name: "Organization" }).fill("bolt");
      await page.getByRole("option", { name: "Bolt" }).click();
      await page.getByRole("textbox", { name: "Name" }).fill(name);
      await page.getByRole("button", { name: "Create the team" }).click();
      const panel = page.getByRole("region", { name });
      await panel.getByRole("link", { name: "Bolt" }).waitFor();
    });

    it("says that an identity provider pushes a team", async () => {
      await given.change(`/Teams/${support.id}`, "externalId", "00g1");
      await openTeam(boss, acme.id);
      await page.getByText(/its next sync may overwrite a change here/).waitFor();
    });

    it("lets a team's administrator look after the team, and no more", async () => {
      await openTeam(cleo, acme.id);
      await expectTexts(page.getByRole("navigation", { name: "Pages" }).getByRole("link"), ["Teams"]);
      await page.getByRole("link", { name: String(support.displayName) }).waitFor();
      await expectNone(page.getByRole("link", { name: "Sales" }));
      await page.getByRole("button", { name: "Role of Bea Boss: Member" }).waitFor();
      await expectConsoleUsable(page, `console of a team's administrator ${engine.name}`);
      for (const name of ["Delete", "Create team"]) await expectNone(page.getByText(name, { exact: true }));
      await page.getByRole("button", { name: "Add a member" }).click();
      await page.getByRole("combobox", { name: "Person to add" }).fill("Dan");
      await page.getByRole("option", { name: /Dan Stone/ }).click();
      await page.getByText(/Dan Stone.* is in the team/).waitFor();
      await page.getByRole("link", { name: "Edit", exact: true }).click();
      await page.getByRole("textbox", { name: "Description" }).fill("We help");
      await expectNone(page.getByRole("textbox", { name: "Name" }));
      await page.getByRole("button", { name: "Save" }).click();
      await page.getByText("We help").first().waitFor();
    });

    it("does not let a team's manager change who has a role, nor anybody else see the team", async () => {
      const value = "team-manager";
      await given.change(`/Teams/${support.id}`, `members[value eq "${cleo.id}"].role`, value);
      await given.change(`/Teams/${support.id}`, `members[value eq "${boss.id}"].role`, value);
      await openTeam(cleo, acme.id);
      await expectNone(page.getByRole("button", { name: /^Role of|Remove Bea Boss/ }));
      page = await enterConsole(given, dan, `/${acme.id}`);
      await page.getByRole("heading", { name: "You are a member of Acme & <Sons>" }).waitFor();
      await open(page, consoleUrl(given, `/${acme.id}/teams/${support.id}`));
      await page
        .getByText(/was not loaded|There is no such team/)
        .first()
        .waitFor();
    });
  });
});
