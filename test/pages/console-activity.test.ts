import { expect } from "chai";
import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { expectStatus } from "../support/assertions.js";
import { ScimClient } from "../support/client.js";
import type { Body } from "../support/client.js";
import { forEachEngine } from "../support/engines.js";
import { CORE_GROUP, CORE_USER, MEMBERSHIP, unique } from "../support/factories.js";
import { expectNone, expectSaid } from "../support/waiting.js";
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
import { open } from "./fixture.js";

const ACCESS_TOKEN = "urn:muster:params:scim:schemas:core:2.0:AccessToken";

describe("The console's Activity", function () {
  this.timeout(120_000);

  forEachEngine((engine) => {
    const given = useConsole(engine);
    let admin: Body;
    let acme: Body;
    let okta: ScimClient;
    let page: Page;

    before(async () => {
      admin = await person(given, "Ada Lovelace", ["provider-admin"]);
      acme = await given.organization(unique("Acme"));
      okta = await newToken("Okta production");
      expectStatus(await newPerson("ann@acme.example", { shoeSize: 38 }), 201);
      expectStatus(await newPerson("ann@acme.example"), 409);
    });

    const newToken = async (name: string) => {
      const token = { schemas: [ACCESS_TOKEN], name, organization: { value: acme.id } };
      const { token: secret } = expectStatus(await given.scim.post("/AccessTokens", token), 201);
      return new ScimClient(() => ({ url: given.scim.url, token: String(secret) }));
    };
    const newPerson = (userName: string, more: object = {}) =>
      okta.post("/Users", { schemas: [CORE_USER], userName, ...more });
    const enter = async (path = "/provider/activity") => {
      page = await enterConsole(given, admin, path);
      await expectTitle(page, "Activity");
    };
    const events = () => page.locator("tbody tr a");
    const choose = async (filter: string, value: string) => {
      await page.getByRole("button", { name: filter, exact: true }).click();
      await page.getByRole("menuitemradio", { name: value, exact: true }).click();
    };

    it("shows the newest first, with who did it and what came of it", async () => {
      await enter();
      await events().first().getByText("Signed in").waitFor();
      const refused = page.getByRole("row", { name: /Create user refused/ });
      await expectSaid(refused, "Okta production", "Refused");
      await expectConsoleUsable(page, `console activity ${engine.name}`);
    });

    it("filters by actor, action, target, result and time, all of it in the address", async () => {
      await enter();
      await choose("Actor", "Okta production");
      await choose("Action", "Create");
      await choose("Type", "User");
      await choose("Result", "Refused");
      await choose("Time", "The last hour");
      await page.getByText("1 activity").waitFor({ state: "attached" });
      await expectNames(page, ["Create user refused"]);
      const { actor, ...others } = Object.fromEntries(new URL(page.url()).searchParams);
      expect(actor).to.match(/^token\./);
      expect(others).to.deep.equal({ action: "create", type: "User", result: "refused", time: "hour" });
      await page.getByText("Actor is Okta production").waitFor();
      await expectConsoleUsable(page, `console activity filtered ${engine.name}`);
    });

    it("shows one event: what was asked, how it was understood, and what was answered", async () => {
      await enter("/provider/activity?q=ann&action=create");
      await page.getByRole("link", { name: "Created user ann@acme.example" }).click();
      await page.getByRole("heading", { level: 2, name: "Created user ann@acme.example" }).waitFor();
      for (const text of ["POST /Users", "shoeSize: ignored", "201"]) await page.getByText(text).waitFor();
      await expectConsoleUsable(page, `console event ${engine.name}`);
      // To whom it was done, and back to all that was done to them.
      await page.getByRole("link", { name: "All its activity" }).click();
      await page.waitForURL(/activity\?target=/);
      await page.getByRole("button", { name: "Target is ann@acme.example" }).waitFor();
      await page.getByText("1 activity").waitFor({ state: "attached" });
      await page.getByRole("link", { name: "Created user ann@acme.example" }).click();
      await page.getByRole("link", { name: "ann@acme.example", exact: true }).click();
      await page.getByRole("heading", { level: 2, name: "ann@acme.example" }).waitFor();
    });

    it("names an actor who is not among those to choose from", async () => {
      const mia = await person(given, unique("Mia"));
      await enter(`/provider/activity?actor=user.${mia.id}`);
      await page.getByRole("button", { name: `Actor is ${mia.displayName}` }).waitFor();
      await page.getByRole("button", { name: "Clear the filter Actor", exact: true }).click();
      await page.getByRole("button", { name: "Actor", exact: true }).waitFor();
    });

    it("leads from the push of a team to the team", async () => {
      const group = { schemas: [CORE_GROUP], displayName: "Pushed people" };
      const { id } = expectStatus(await okta.post("/Groups", group), 201);
      await enter("/provider/activity?q=pushed&action=create");
      await page.getByRole("link", { name: "Created team Pushed people" }).click();
      await page.getByRole("link", { name: "Pushed people", exact: true }).click();
      await page.waitForURL((url) => url.pathname.endsWith(`/provider/teams/${id}`));
      await page.getByRole("heading", { level: 2, name: "Pushed people" }).waitFor();
    });

    it("shows one event though the names of who did it are not there", async () => {
      await enter("/provider/activity?q=ann&action=create&result=success");
      const event = page.getByRole("link", { name: "Created user ann@acme.example" });
      await event.waitFor();
      await page.route("**/AccessTokens?*", (route) => route.fulfill({ json: {} }));
      const address = await event.getAttribute("href");
      await open(page, new URL(address ?? "", page.url()).href);
      await page.getByText("The names of who did it were not loaded.").waitFor();
      await page.getByText("shoeSize: ignored").waitFor();
    });

    it("shows why a request was refused", async () => {
      await enter("/provider/activity?result=refused&action=create&type=User");
      await page.getByRole("link", { name: "Create user refused" }).first().click();
      for (const text of ["409", "uniqueness"]) await page.getByText(text, { exact: true }).waitFor();
    });

    it("announces new events without moving what one reads", async () => {
      await enter("/provider/activity?q=live.example");
      await page.getByText("Live", { exact: true }).waitFor();
      await newPerson("one@live.example");
      await page.getByRole("button", { name: "1 new event" }).waitFor();
      await page.getByRole("heading", { name: "No activity match" }).waitFor();
      await expectConsoleUsable(page, `console activity with new events ${engine.name}`);
      await page.getByRole("button", { name: "1 new event" }).click();
      await page.getByRole("link", { name: "Created user one@live.example" }).waitFor();
      await page.getByRole("button", { name: "1 new event" }).waitFor({ state: "detached" });
    });

    it("misses nothing while the connection is lost", async () => {
      await newPerson("one@lost.example");
      page = await enterConsole(given, admin, "/provider/users");
      const isStream = (url: URL) =>
        url.pathname.endsWith("/AuditEvents") && url.search.includes("attributes=id");
      // A server that hangs up at once.
      await page.route(isStream, (route) => route.fulfill({ contentType: "text/event-stream", body: "" }));
      await page.getByRole("link", { name: "Activity" }).click();
      await page.getByRole("link", { name: "Created user one@lost.example" }).waitFor();
      await newPerson("two@lost.example");
      await page.unroute(isStream);
      await page.getByRole("button", { name: "1 new event" }).waitFor();
    });

    it("saves what matches as CSV and as NDJSON", async () => {
      await enter("/provider/activity?q=ann&action=create&result=success");
      const save = async (format: string) => {
        await page.getByRole("button", { name: "Export" }).click();
        const download = page.waitForEvent("download");
        await page.getByRole("menuitem", { name: format }).click();
        const file = await download;
        return { name: file.suggestedFilename(), text: await readFile(await file.path(), "utf8") };
      };
      const csv = await save("CSV, for spreadsheets");
      expect(csv.name).to.match(/^activity-\d{4}-\d\d-\d\d\.csv$/);
      expect(csv.text.trim().split("\r\n")).to.have.lengthOf(2);
      const ndjson = await save("NDJSON, for programs");
      expect(JSON.parse(ndjson.text)).to.include({ action: "create", status: 201 });
    });

    it("shows an organization its own events, and not who in the provider did something to it", async () => {
      const boss = await person(given, unique("Bea"));
      const members = [{ value: boss.id }];
      expectStatus(
        await given.scim.patch(`/Groups/${acme.id}`, { op: "add", path: "members", value: members }),
        204,
      );
      const roles = [{ value: "organization-admin", organization: acme.id }];
      const path = `${MEMBERSHIP}:organizationRoles`;
      expectStatus(await given.scim.patch(`/Users/${boss.id}`, { op: "add", path, value: roles }), 200);
      page = await enterConsole(given, boss, `/${acme.id}/activity`);
      await expectTitle(page, "Activity");
      await page.getByRole("link", { name: "Created user ann@acme.example" }).waitFor();
      await page.getByRole("cell", { name: "The provider" }).first().waitFor();
      await expectNone(page.getByText("Ada Lovelace"));
      // The organization itself has no page among its teams.
      await page
        .getByRole("link", { name: /^(Created|Changed) organization/ })
        .first()
        .click();
      await page.getByRole("link", { name: String(acme.displayName), exact: true }).click();
      await page.waitForURL((url) => url.pathname.endsWith(`/${acme.id}/organization`));
      await expectConsoleUsable(page, `console activity of an organization ${engine.name}`);
    });

    it("is not offered to a person without a role", async () => {
      const member = await person(given, unique("Mia"));
      const members = [{ value: member.id }];
      expectStatus(
        await given.scim.patch(`/Groups/${acme.id}`, { op: "add", path: "members", value: members }),
        204,
      );
      page = await enterConsole(given, member);
      await page.getByRole("heading", { name: /^You are a member of/ }).waitFor();
      await expectNone(page.getByRole("link", { name: "Activity" }));
      await open(page, consoleUrl(given, `/${acme.id}/activity`));
      await page.getByRole("heading", { name: "The list of activity was not loaded" }).waitFor();
      await expectQuery(page, {});
    });
  });
});
