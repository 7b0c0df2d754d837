import { expect } from "chai";
import type { Page } from "playwright-core";
import { expectStatus } from "../support/assertions.js";
import type { Body } from "../support/client.js";
import { forEachEngine } from "../support/engines.js";
import { createUser, MEMBERSHIP, unique } from "../support/factories.js";
import { expectNone } from "../support/waiting.js";
import { enterConsole, expectConsoleUsable, expectTitle, person, useConsole } from "./console-fixture.js";
import { address, fill } from "./fixture.js";

const ADMIN = "organization-admin";

describe("The console, to create and to add people", function () {
  this.timeout(120_000);

  forEachEngine((engine) => {
    const given = useConsole(engine);
    let admin: Body;
    let acme: Body;
    let globex: Body;
    let page: Page;

    before(async () => {
      admin = await person(given, "Ada Lovelace", ["provider-admin"]);
      [acme, globex] = [await given.organization("Acme"), await given.organization("Globex")];
    });

    const enter = async (who: Body, path: string) => {
      page = await enterConsole(given, who, path);
      await expectTitle(page, "Users");
    };
    const administratorOf = async (organization: Body) => {
      const user = await person(given, unique("Olga"));
      const value = [{ value: user.id }];
      expectStatus(
        await given.scim.patch(`/Groups/${organization.id}`, { op: "add", path: "members", value }),
        204,
      );
      await given.change(`/Users/${user.id}`, `${MEMBERSHIP}:organizationRoles`, [
        { value: ADMIN, organization: organization.id },
      ]);
      return user;
    };
    const pick = async (label: string, typed: string, option: string) => {
      await page.getByRole("combobox", { name: label }).fill(typed);
      await page.getByRole("option", { name: option }).click();
    };
    const opened = (name: string) => page.getByRole("heading", { level: 2, name, exact: true }).waitFor();
    const press = (name: string) => page.getByRole("button", { name, exact: true }).click();
    const rolesOf = async (id: unknown) => {
      const path = `/Users/${String(id)}?attributes=${MEMBERSHIP}:organizationRoles,${MEMBERSHIP}:memberships`;
      const user = expectStatus(await given.scim.get(path), 200)[MEMBERSHIP] as Body;
      const roles = (user.organizationRoles ?? []) as { value: string; organization: string }[];
      return {
        organizations: (user.memberships as { value: string }[]).map(({ value }) => value).sort(),
        roles: roles.map(({ value, organization }) => `${value} ${organization}`),
      };
    };

    it("creates a person in two organizations, with roles in one, and a mail to choose a password", async () => {
      await enter(admin, "/provider/users");
      await page.getByRole("link", { name: "Create user" }).click();
      const userName = address();
      await fill(page, { "User name": userName, "First name": "Ann", "Last name": "Lee" });
      await pick("Organizations", "acm", "Acme");
      await pick("Organizations", "glob", "Globex");
      await page.getByRole("group", { name: "Roles in Globex" }).getByLabel("Organization admin").check();
      await expectConsoleUsable(page, `console to create in organizations ${engine.name}`);
      await press("Create the user");
      await opened("Ann Lee");
      const [{ id } = { id: "" }] = await given.accounts(userName);
      expect(await rolesOf(id)).to.deep.equal({
        organizations: [acme.id, globex.id].sort(),
        roles: [`${ADMIN} ${globex.id}`],
      });
      await given.mailbox.expect(userName);
    });

    it("creates a person in an organization's realm, with roles there", async () => {
      await enter(await administratorOf(acme), `/${acme.id}/users/create`);
      const userName = address();
      await fill(page, { "User name": userName });
      await expectNone(page.getByRole("combobox"));
      await page.getByLabel("Organization billing manager").check();
      await press("Create the user");
      await opened(userName);
      const [member] = await given.members(acme, userName);
      expect(member?.roles).to.deep.equal([{ value: "organization-billing-manager", type: "direct" }]);
    });

    it("adds an existing person to an organization, part by part", async () => {
      const { id } = await createUser(given.scim, { displayName: "Kim Park" });
      await enter(admin, "/provider/users");
      await page.getByRole("link", { name: "Add user" }).click();
      await expectNone(page.getByRole("combobox", { name: "Person" }));
      await pick("Organization", "acm", "Acme");
      await pick("Person", "kim", "Kim Park");
      await page.getByRole("group", { name: "Roles in Acme" }).getByLabel("Organization admin").check();
      await expectConsoleUsable(page, `console to add ${engine.name}`);
      await press("Add Kim Park");
      await opened("Kim Park");
      expect(await rolesOf(id)).to.deep.equal({ organizations: [acme.id], roles: [`${ADMIN} ${acme.id}`] });
    });

    it("says what is missing, and that a person was added without the roles", async () => {
      await createUser(given.scim, { displayName: "Uli Moor" });
      await enter(admin, "/provider/users/add");
      await press("Add the user");
      await page.getByText("Choose the organization first.").waitFor();
      await pick("Organization", "acm", "Acme");
      await press("Add the user");
      await page.getByText("Choose the person first.").waitFor();
      await pick("Person", "uli", "Uli Moor");
      await page.getByRole("group", { name: "Roles in Acme" }).getByLabel("Organization admin").check();
      await page.route("**/scim/v2/Bulk", (route) => {
        const { Operations } = route.request().postDataJSON() as { Operations: object[] };
        return route.fulfill({
          json: {
            Operations: Operations.map((_, index) =>
              index === 0 ? { status: "204" } : { status: "403", response: { detail: "Not yours to give" } },
            ),
          },
        });
      });
      await press("Add Uli Moor");
      await opened("Uli Moor");
      await page
        .getByText("Uli Moor is a member of Acme now, but was not given the roles: Not yours to give")
        .waitFor();
    });

    it("finds people whom an organization can add by a part of their name", async () => {
      await createUser(given.scim, { displayName: "Lena Quist" });
      await enter(await administratorOf(globex), `/${globex.id}/users/add`);
      await page.getByRole("combobox", { name: "Person" }).fill("le");
      await page.getByText("Type at least 3 characters.").waitFor();
      await pick("Person", "quist", "Lena Quist");
      await press("Add Lena Quist");
      await opened("Lena Quist");
    });
  });
});
