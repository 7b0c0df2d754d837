import { expect } from "chai";
import { picture } from "../support/browser.js";
import { forEachEngine } from "../support/engines.js";
import { expectFocus } from "../support/waiting.js";
import * as pages from "./fixture.js";
import { fill, open, press, usePages } from "./fixture.js";

describe("A field of a page", () => {
  forEachEngine(
    (engine) => {
      const given = usePages(engine);

      it("shows a password to whoever wants to see it, and sends it as a password", async () => {
        const page = await given.browser.open({ scripts: true });
        await open(page, await given.newLink(await given.organization()));
        await fill(page, pages.ANN);
        const field = page.getByLabel("Choose a password", { exact: true });
        await page.getByRole("button", { name: "Show password" }).click();
        await field.and(page.locator("[type=text]")).waitFor();
        await picture(page, "a password that is shown");
        await page.getByRole("button", { name: "Hide password" }).click();
        await field.and(page.locator("[type=password]")).waitFor();
        expect(await press(page, pages.JOIN_AS_NEW)).to.equal(200);
      });

      it("says at the field what is wrong, and puts the keyboard there", async () => {
        const page = await given.browser.open();
        await open(page, await given.newLink(await given.organization()));
        await fill(page, { ...pages.ANN, "Choose a password": "password123" });
        await press(page, pages.JOIN_AS_NEW);
        const field = page.getByLabel("Choose a password", { exact: true });
        expect(await field.getAttribute("aria-invalid")).to.equal("true");
        const described = (await field.getAttribute("aria-describedby")) ?? "";
        expect(described.split(" ")).to.deep.equal(["password-hint", "password-error"]);
        expect(await page.locator("#password-error").textContent()).to.match(/easy to guess/);
        await expectFocus(page.locator("#password"));
      });
    },
    ["SQLite"],
  );
});
