import { expect } from "chai";
import { forEachEngine } from "../support/engines.js";
import { unique } from "../support/factories.js";
import { expectFocus, expectNone } from "../support/waiting.js";
import {
  administratorOf,
  consoleUrl,
  enterConsole,
  expectConsoleUsable,
  expectQuery,
  expectTitle,
  person,
  useConsole,
} from "./console-fixture.js";
import { open } from "./fixture.js";

const SECRET = "hunter2-hunter2-hunter2";

describe("The console and the settings", function () {
  this.timeout(120_000);

  forEachEngine((engine) => {
    const given = useConsole(engine, () => ({ ACCEPTED_URL: `https://me:${SECRET}@example.com/welcome` }));

    it("shows what the server runs with and how it does, and finds settings", async () => {
      const admin = await person(given, unique("Ada"), ["provider-admin"]);
      const page = await enterConsole(given, admin, "/provider/users");
      await page.getByRole("link", { name: "Settings" }).click();
      await expectTitle(page, "Settings");
      const health = page.getByRole("list", { name: "Health" });
      await health.getByText("Running", { exact: true }).waitFor();
      await health.getByText(engine.name).waitFor();
      await health.getByText("Sent in time").waitFor();
      await expectConsoleUsable(page, `console settings ${engine.name}`);
      const row = (name: string) =>
        page.locator("dl > div").filter({ has: page.getByText(name, { exact: true }) });
      await row("ACCEPTED_URL").getByText("https://example.com/welcome").waitFor();
      expect(await page.content()).not.to.include(SECRET);
      await page.keyboard.press("/");
      await expectFocus(page.getByRole("searchbox"));
      await page.keyboard.type("second factor");
      await row("ADMIN_SECOND_FACTOR").waitFor();
      await row("PORT").waitFor({ state: "detached" });
      await expectQuery(page, { q: "second factor" });
      await page.getByRole("button", { name: /^Changed/ }).click();
      await page.getByText("No setting matches").waitFor();
      await expectQuery(page, { q: "second factor", show: "changed" });
      await page.getByRole("button", { name: "Show all settings" }).click();
      await page.getByRole("button", { name: /^Changed/ }).click();
      await row("PRODUCT_NAME").getByText("default: Muster").waitFor();
      await expectNone(row("LIST_TIMEOUT"));
      // The address has it all.
      await page.reload();
      await row("PRODUCT_NAME").waitFor();
      await expectNone(row("LIST_TIMEOUT"));
    });

    it("offers them in the provider's realm alone", async () => {
      const organization = await given.organization();
      const admin = await administratorOf(given, organization, unique("Otto"));
      const page = await enterConsole(given, admin, `/${organization.id}/users`);
      await expectTitle(page, "Users");
      await expectNone(page.getByRole("link", { name: "Settings" }));
      await open(page, consoleUrl(given, `/${organization.id}/settings`));
      await page.getByRole("heading", { name: "The settings were not loaded" }).waitFor();
    });
  });
});
