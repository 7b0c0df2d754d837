import { expect } from "chai";
import type { Page } from "playwright-core";
import { expectList, expectStatus } from "../support/assertions.js";
import type { Body } from "../support/client.js";
import { forEachEngine } from "../support/engines.js";
import { createUser, unique } from "../support/factories.js";
import {
  administratorOf,
  consoleUrl,
  enterConsole,
  expectConsoleUsable,
  person,
  useConsole,
} from "./console-fixture.js";
import { open } from "./fixture.js";

const TEAM = "urn:muster:params:scim:schemas:core:2.0:Team";
const BULK = "**/scim/v2/Bulk";

describe("What a dangerous act would do, in the console,", function () {
  this.timeout(120_000);

  forEachEngine((engine) => {
    const given = useConsole(engine);
    let acme: Body;
    let admin: Body;
    let page: Page;

    /** A person of Acme, in a team. */
    const member = async (displayName: string) => {
      const user = await createUser(given.scim, { displayName });
      const value = [{ value: user.id }];
      expectStatus(await given.scim.patch(`/Groups/${acme.id}`, { op: "add", path: "members", value }), 204);
      const organization = { value: acme.id };
      const team = { schemas: [TEAM], displayName: `Team of ${displayName}`, organization, members: value };
      expectStatus(await given.scim.post("/Teams", team), 201);
      return user;
    };

    beforeEach(async () => {
      acme = await given.organization(unique("Acme"));
      admin = await administratorOf(given, acme, "Ada Lovelace");
      await member("Ben Ash");
      await member("Carla Birch");
      page = await enterConsole(given, admin, `/${acme.id}/users`);
    });

    const question = () => page.getByRole("alertdialog");
    const says = (text: string | RegExp) => question().getByText(text).waitFor();
    const press = (name: string | RegExp) => page.getByRole("button", { name, exact: true }).click();
    const confirmed = (name: string | RegExp) => question().getByRole("button", { name }).click();
    const removeBen = () => page.getByRole("button", { name: "Remove Ben Ash" }).click();

    it("is said before a person is removed", async () => {
      await removeBen();
      await says("1 membership and 1 place in a team go.");
      await expectConsoleUsable(page, `console before a removal ${engine.name}`);
      await confirmed("Remove \u2068Ben Ash\u2069");
      await page.getByText("Ben Ash was removed.").waitFor();
    });

    it("is said before many are removed, with those who cannot be", async () => {
      await page.getByRole("checkbox", { name: "Select all that are loaded" }).check();
      await page.getByRole("button", { name: /^Remove from/ }).click();
      await says("2 memberships and 2 places in teams go.");
      await says(
        /^1 of 3 would be refused, the first because: This would leave an organization without an admin/,
      );
    });

    it("is said before people are deactivated", async () => {
      await page.getByRole("checkbox", { name: "Select Ada Lovelace", exact: true }).check();
      await press("Deactivate");
      await says("No membership, role or access token goes.");
      await says(/^This would be refused: This would leave an organization without an administrator/);
    });

    it("is said before a team, or an organization, is deleted", async () => {
      const [team] = expectList(await given.scim.get("/Teams?sortBy=id&sortOrder=descending&count=1"));
      await open(page, consoleUrl(given, `/${acme.id}/teams/${team?.id ?? ""}`));
      await press("Delete");
      await says("1 place in a team goes.");
      await confirmed("Cancel");
      const chief = await person(given, "Chief", ["provider-admin"]);
      page = await enterConsole(given, chief, `/provider/organizations/${acme.id}`);
      await press("Delete");
      await says("3 memberships, 2 places in teams, and 1 role go.");
      await confirmed("Cancel");
      expectStatus(await given.scim.get(`/Groups/${acme.id}`), 200);
    });

    it("has its place before it is known, and moves nothing when it comes", async () => {
      let release = (): void => undefined;
      const released = new Promise<void>((resolve) => (release = resolve));
      await page.route(BULK, async (route) => {
        await released;
        await route.continue().catch(() => undefined);
      });
      await removeBen();
      await says("Counting what goes\u2026");
      const cancel = question().getByRole("button", { name: "Cancel" });
      const before = await cancel.boundingBox();
      release();
      await says("1 membership and 1 place in a team go.");
      expect(await cancel.boundingBox()).to.deep.equal(before);
    });

    it("need not be known: where it cannot be counted, that is said, and the act goes on", async () => {
      for (const [status, why] of [
        [413, "What goes could not be counted beforehand: there are too many."],
        [503, "What goes could not be counted beforehand: the server is busy."],
      ] as const) {
        await page.route(BULK, (route) =>
          route.fulfill({ status, headers: { "Retry-After": "0" }, json: { detail: "No" } }),
        );
        await removeBen();
        await says(why);
        await page.unroute(BULK);
        await confirmed("Cancel");
      }
      await page.route(BULK, (route) => route.abort("internetdisconnected"));
      await removeBen();
      await says("What goes could not be counted beforehand: the server cannot be reached.");
      await page.unroute(BULK);
      await confirmed("Remove \u2068Ben Ash\u2069");
      await page.getByText("Ben Ash was removed.").waitFor();
    });
  });
});
