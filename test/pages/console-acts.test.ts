import { expect } from "chai";
import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { expectStatus } from "../support/assertions.js";
import type { Body } from "../support/client.js";
import { forEachEngine } from "../support/engines.js";
import { createUser, MEMBERSHIP, severalAtATime } from "../support/factories.js";
import { eventually, expectFocus } from "../support/waiting.js";
import {
  enterConsole,
  expectConsoleUsable,
  expectTitle,
  names,
  person,
  useConsole,
} from "./console-fixture.js";
import { address, fill, PASSWORD } from "./fixture.js";

/** More than one portion, and more than the list loads at first. */
const MANY = 130;

describe("Acts of the console on many people", function () {
  this.timeout(120_000);

  forEachEngine((engine) => {
    const given = useConsole(engine, () => ({ BULK_MAX_OPERATIONS: "40" }));
    let admin: Body;
    let acme: Body;
    let page: Page;

    before(async () => {
      admin = await person(given, "Ada Lovelace");
      acme = await given.organization("Acme");
      const people = await severalAtATime([...Array(MANY).keys()], (number) =>
        createUser(given.scim, {
          userName: `person.${number}@acme.example`,
          displayName: number === 7 ? "=Person 7" : `Person ${number}`,
        }),
      );
      const value = [admin, ...people].map(({ id }) => ({ value: id }));
      expectStatus(await given.scim.patch(`/Groups/${acme.id}`, { op: "add", path: "members", value }), 204);
      await given.change(`/Users/${admin.id}`, `${MEMBERSHIP}:organizationRoles`, [
        { value: "organization-admin", organization: acme.id },
      ]);
    });
    beforeEach(async () => {
      page = await enterConsole(given, admin, `/${acme.id}/users?q=person`);
      await expectTitle(page, "Users");
    });

    const box = (name: string) => page.getByRole("checkbox", { name: `Select ${name}`, exact: true });
    const unchecked = () => page.locator(":not(:checked)");
    const press = (name: string | RegExp) => page.getByRole("button", { name, exact: true }).click();
    const inAcme = (filter: string) =>
      given.scim.get(
        `/Users?count=0&filter=${encodeURIComponent(`groups.value eq "${acme.id}" and ${filter}`)}`,
      );
    const countIn = async (filter: string): Promise<number> =>
      expectStatus(await inAcme(filter), 200).totalResults;

    it("clear the selection for good when the search changes, and say so", async () => {
      await box("Person 0").check();
      await page.getByText("1 person selected").waitFor();
      await page.goBack();
      await page.goForward();
      await expectTitle(page, "Users");
      await box("Person 0").and(unchecked()).waitFor();
      await box("Person 1").check();
      await page.getByText("1 person selected").waitFor();
    });

    it("ask once for rows that cannot be loaded, and again when the person says so", async () => {
      let count = 0;
      const next = /Users\?.*cursor=[^&]/;
      await page.route(next, (route) => {
        count += 1;
        return route.fulfill({ status: 429, json: { detail: "Too many" } });
      });
      const scrollToEnd = async () => {
        await page.getByRole("table").hover({ position: { x: 200, y: 100 } });
        await page.mouse.wheel(0, 1_000_000);
      };
      await scrollToEnd();
      const failure = page.getByRole("heading", { name: "The next rows were not loaded" });
      await failure.waitFor();
      await scrollToEnd();
      await failure.waitFor();
      expect(count).to.equal(1);
      await page.unroute(next);
      await press("Try again");
      await failure.waitFor({ state: "detached" });
      // The end is further down each time that more rows have come.
      await eventually(async () => {
        await scrollToEnd();
        expect(await page.locator(`tr[aria-rowindex="${MANY + 1}"]`).count()).to.equal(1);
      });
    });

    it("give a role to those who are ticked, and take it away", async () => {
      for (const how of ["Give roles", "Take roles away"]) {
        await box("Person 0").check();
        await box("Person 1").check();
        await press("Change roles");
        await page.getByRole("dialog", { name: "Change roles of 2 people" }).waitFor();
        if (how === "Give roles") await expectConsoleUsable(page, `console roles of many ${engine.name}`);
        await page.getByRole("radio", { name: how }).check();
        await press(/^(Give roles to|Take roles from) 2 people$/);
        await page.getByText("Choose a role").waitFor();
        await page.getByRole("checkbox", { name: "Organization billing manager" }).check();
        await press(/^(Give roles to|Take roles from) 2 people$/);
        await page.getByText("2 people were changed.").waitFor();
        const expected = how === "Give roles" ? 2 : 0;
        const filter = `${MEMBERSHIP}:organizationRoles.value eq "organization-billing-manager"`;
        expect(await countIn(filter), how).to.equal(expected);
        await press("Dismiss");
      }
    });

    it("reach all that match in portions of the size that the server takes, each with a result", async () => {
      await page.getByRole("checkbox", { name: "Select all that are loaded" }).check();
      await press(`Select all ${MANY} that match`);
      await page.getByText(`${MANY} people selected`).waitFor();
      await press("Deactivate");
      const question = page.getByRole("alertdialog", {
        name: `Deactivate ${MANY} people in \u2068Acme\u2069?`,
      });
      await expectFocus(question.getByRole("button", { name: "Cancel" }));
      await press(`Deactivate ${MANY} people`);
      await page.getByText(`${MANY} people were deactivated.`).waitFor();
      await expectConsoleUsable(page, `console results of many ${engine.name}`);
      const downloading = page.waitForEvent("download");
      await press("Download results");
      const csv = await readFile(await (await downloading).path(), "utf8");
      expect(csv.trim().split("\r\n")).to.have.length(MANY + 1);
      expect(csv, "no formula").to.include(`"'=Person 7"`).and.to.include('"done"');
      await page.getByRole("button", { name: "Status", exact: true }).click();
      await page.getByRole("menuitemradio", { name: "Inactive" }).click();
      await page.getByText(`${MANY} users`).waitFor({ state: "attached" });
    });

    /** Holds what the page asks for. @returns what lets it go on, as if it had never been held */
    const hold = async (address: string | RegExp) => {
      let release = (): void => undefined;
      const released = new Promise<void>((resolve) => (release = resolve));
      let come = (): void => undefined;
      const asked = new Promise<void>((resolve) => (come = resolve));
      await page.route(address, async (route) => {
        come();
        await released;
        // The page may have given it up.
        await route.continue().catch(() => undefined);
      });
      return { asked, release };
    };

    it("tick nobody when the selection was cleared while all that match were loaded", async () => {
      const { asked, release } = await hold(/count=1000/);
      await page.getByRole("checkbox", { name: "Select all that are loaded" }).check();
      await press(`Select all ${MANY} that match`);
      await asked;
      await press("Clear the selection");
      await box("Person 0").check();
      release();
      await box("Person 1").check();
      await page.getByText("2 people selected").waitFor();
    });

    it("leave those ticked who were ticked while they ran", async () => {
      const { asked, release } = await hold("**/scim/v2/Bulk");
      await box("Person 0").check();
      await press("Activate");
      await press("Activate \u2068Person 0\u2069");
      await asked;
      await box("Person 1").check();
      release();
      await page.getByText("Person 0 was activated.").waitFor();
      await page.getByText("1 person selected").waitFor();
      await box("Person 1").and(page.locator(":checked")).waitFor();
    });

    it("wait as long as the server asks, can be stopped, and say what was not tried", async () => {
      let isFirst = true;
      await page.route("**/scim/v2/Bulk", async (route) => {
        if (!isFirst) return route.continue();
        isFirst = false;
        return route.fulfill({
          status: 429,
          headers: { "Retry-After": "600" },
          json: { detail: "Too many" },
        });
      });
      await box("Person 0").check();
      await box("Person 1").check();
      await press("Activate");
      await press("Activate 2 people");
      await page.getByText(/The server is busy; it goes on at/).waitFor();
      await expectConsoleUsable(page, `console while it waits ${engine.name}`);
      await press("Stop");
      await page.getByText("You stopped it: 2 were not tried.").waitFor();
      await page.getByText("2 people selected").waitFor();
      await press("Activate");
      await press("Activate 2 people");
      await page.getByText("2 people were activated.").waitFor();
      await eventually(async () => expect(await names(page)).to.include("Person 0"));
    });

    it("say what was done, what is not known, and what was not tried when the connection is lost", async () => {
      let count = 0;
      await page.route("**/scim/v2/Bulk", (route) => {
        count += 1;
        return count === 1 ? route.continue() : route.abort("internetdisconnected");
      });
      await page.getByRole("checkbox", { name: "Select all that are loaded" }).check();
      await press(`Select all ${MANY} that match`);
      await page.getByText(`${MANY} people selected`).waitFor();
      await press("Activate");
      await press(`Activate ${MANY} people`);
      await page.getByText(/it goes on at/).waitFor();
      await press("Stop");
      await page.getByText("40 people were activated.").waitFor();
      await page.getByText("It is not known whether this was done for 40 of them").waitFor();
      await page.getByText(`You stopped it: ${MANY - 80} were not tried.`).waitFor();
      await expectConsoleUsable(page, `console after a lost connection ${engine.name}`);
      await page.getByText(`${MANY - 40} people selected`).waitFor();
    });

    it("keep what came of a part of a portion", async () => {
      await page.route("**/scim/v2/Bulk", (route) =>
        route.fulfill({ json: { Operations: [{ status: "200" }, { status: "503" }] } }),
      );
      await box("Person 1").check();
      await box("Person 10").check();
      await press("Activate");
      await press("Activate 2 people");
      await page.getByText(/it goes on at/).waitFor();
      await press("Stop");
      await page.getByText(/Person \d was activated\./).waitFor();
      await page.getByText("You stopped it: 1 was not tried.").waitFor();
    });

    it("show beside what was done meanwhile, and are not stopped by it", async () => {
      const { asked, release } = await hold("**/scim/v2/Bulk");
      await box("Person 0").check();
      await press("Activate");
      await press("Activate \u2068Person 0\u2069");
      await asked;
      await page.getByRole("link", { name: "Invite", exact: true }).click();
      await fill(page, { "E-mail": address(), "First name": "Ann" });
      await press("Invite");
      await page.getByText("Ann was invited.").waitFor();
      await page.getByRole("progressbar").waitFor();
      release();
      await page.getByText("Person 0 was activated.").waitFor();
      await page.getByText("Ann was invited.").waitFor();
    });

    it("are not done by another person who signs in while they wait", async () => {
      const other = await person(given, "Olga Other");
      const value = [{ value: other.id }];
      expectStatus(await given.scim.patch(`/Groups/${acme.id}`, { op: "add", path: "members", value }), 204);
      await given.change(`/Users/${other.id}`, `${MEMBERSHIP}:organizationRoles`, [
        { value: "organization-admin", organization: acme.id },
      ]);
      await page.getByRole("button", { name: "Remove Person 100" }).click();
      await page.context().clearCookies();
      await press("Remove \u2068Person 100\u2069");
      await page.getByRole("heading", { name: "Sign in again" }).waitFor();
      await fill(page, { "User name or e-mail address": other.userName, Password: PASSWORD });
      await press("Sign in");
      await page.getByRole("button", { name: "Olga Other, your account" }).waitFor();
      expect(await countIn('displayName eq "Person 100"')).to.equal(1);
    });
  });
});
