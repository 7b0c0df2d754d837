import { expect } from "chai";
import type { Page } from "playwright-core";
import { expectStatus } from "../support/assertions.js";
import type { Body } from "../support/client.js";
import { forEachEngine } from "../support/engines.js";
import { MEMBERSHIP } from "../support/factories.js";
import { BrowserOfPerson } from "../support/signed-in.js";
import { eventually, expectNone, expectTexts } from "../support/waiting.js";
import { consoleUrl, enterConsole, expectConsoleUsable, person, useConsole } from "./console-fixture.js";
import { open, PASSWORD } from "./fixture.js";

const PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const INVITATION = "urn:muster:params:scim:schemas:core:2.0:Invitation";

/** What people without an administrator's role are not offered beside a person. */
const ACTS = /^(Edit|Deactivate|Change roles.*|Add user|Create user|Invite|Remove .*|End)$/;

/** An element of a page, whose types are not known here, where there is no page. */
interface Labelled {
  readonly innerText: string;
  getAttribute(name: string): string | null;
}

describe("The console, by the role of who is signed in,", function () {
  this.timeout(120_000);

  forEachEngine((engine) => {
    const given = useConsole(engine);
    let acme: Body;
    let support: Body;
    let people: Readonly<Record<"admin" | "boss" | "teamAdmin" | "manager" | "member", Body>>;
    let page: Page;

    before(async () => {
      people = {
        admin: await person(given, "Ada Lovelace", ["provider-admin"]),
        boss: await person(given, "Bea Boss"),
        teamAdmin: await person(given, "Cleo Marsh"),
        manager: await person(given, "Dan Stone"),
        member: await person(given, "Eve Plain"),
      };
      const { boss, teamAdmin, manager, member } = people;
      acme = await given.organization("Acme");
      const value = [boss, teamAdmin, manager, member].map(({ id }) => ({ value: id }));
      await given.scim.patch(`/Groups/${acme.id}`, { op: "add", path: "members", value });
      const roles = [{ value: "organization-admin", organization: acme.id }];
      const path = `${MEMBERSHIP}:organizationRoles`;
      expectStatus(await given.scim.patch(`/Users/${boss.id}`, { op: "add", path, value: roles }), 200);
      support = await given.team(acme, "Support");
      await given.change(`/Teams/${support.id}`, "members", [
        { value: teamAdmin.id, role: "team-admin" },
        { value: manager.id, role: "team-manager" },
      ]);
    });

    const pages = () => page.getByRole("navigation", { name: "Pages" }).getByRole("link");
    const offered = async () => {
      const all = page.getByRole("button").or(page.getByRole("link"));
      const labels = await all.evaluateAll((elements: readonly Labelled[]) =>
        elements.map((each) => each.getAttribute("aria-label") ?? each.innerText),
      );
      return labels.filter((label) => ACTS.test(label));
    };
    const expectOffered = (...acts: readonly string[]) =>
      eventually(async () => expect(await offered()).to.include.members(acts));
    /** The statuses of writes and readings that need power, sent past the console. */
    const refusals = async (who: Body, realm: string) => {
      const browser = new BrowserOfPerson(() => given.server);
      await browser.signIn(who.userName, PASSWORD);
      await browser.switchTo(realm);
      const { member } = people;
      const title = { op: "replace", path: "title", value: "Chief" };
      const role = { op: "add", path: "roles", value: [{ value: "organization-admin" }] };
      const rename = { op: "replace", path: "displayName", value: "Mine" };
      const requests: readonly (readonly [method: string, path: string, body?: object])[] = [
        ...[title, role].map(
          (operation) =>
            ["PATCH", `/Users/${member.id}`, { schemas: [PATCH_OP], Operations: [operation] }] as const,
        ),
        ["DELETE", `/Users/${member.id}`],
        ["PATCH", `/Teams/${support.id}`, { schemas: [PATCH_OP], Operations: [rename] }],
        ["POST", "/Invitations", { schemas: [INVITATION], emails: [{ value: "new@example.com" }] }],
        ["GET", "/Invitations"],
        ["GET", "/AccessTokens"],
        ["GET", "/AuditEvents"],
      ];
      const statuses: number[] = [];
      for (const [method, path, body] of requests)
        statuses.push((await browser.send(method, `/scim/v2${path}`, body)).status);
      return [...new Set(statuses)];
    };

    it("offers the provider's administrator all pages, and each organization's people", async () => {
      page = await enterConsole(given, people.admin, `/provider/users/${people.member.id}`);
      await page.getByRole("link", { name: "Edit", exact: true }).waitFor();
      await expectTexts(pages(), [
        ...["Users", "Organizations", "Teams", "Invitations", "Access tokens", "Activity", "Settings"],
      ]);
      await expectOffered("Edit", "Deactivate", "Add user", "Create user", "Invite");
    });

    it("offers an organization's administrator its own pages alone, and refuses the provider's", async () => {
      const { boss, admin, member } = people;
      page = await enterConsole(given, boss, `/${acme.id}/users/${member.id}`);
      await page.getByRole("link", { name: "Edit", exact: true }).waitFor();
      for (const name of ["Users", "Organization", "Teams", "Activity"])
        await pages()
          .and(page.getByRole("link", { name, exact: true }))
          .waitFor();
      await expectNone(pages().and(page.getByRole("link", { name: "Organizations" })));
      await expectOffered("Edit", "Deactivate", "Add user", "Create user", "Invite");
      await open(page, consoleUrl(given, `/${acme.id}/users/${admin.id}`));
      await page.getByText("There is no such person here").waitFor();
      // There, the person is as anybody else.
      expect(await refusals(boss, "provider")).to.deep.equal([403]);
    });

    for (const role of ["teamAdmin", "manager"] as const) {
      it(`offers a ${role === "manager" ? "team's manager" : "team's administrator"} the team alone, and names of people`, async () => {
        page = await enterConsole(given, people[role], `/${acme.id}`);
        await page.getByRole("link", { name: "Support" }).waitFor();
        await expectTexts(pages(), ["Teams"]);
        await open(page, consoleUrl(given, `/${acme.id}/users/${people.member.id}`));
        await page.getByText("Your role in a team lets you see names and user names only.").waitFor();
        await expectNone(page.getByRole("tab"));
        await eventually(async () => expect(await offered()).to.deep.equal([]));
        if (role === "teamAdmin") await expectConsoleUsable(page, `console names only ${engine.name}`);
        expect(await refusals(people[role], acme.id)).to.deep.equal([403]);
      });
    }

    it("offers a member nothing but the own profile, locked", async () => {
      const { member, boss } = people;
      page = await enterConsole(given, member, `/${acme.id}`);
      await page.getByRole("heading", { name: "You are a member of Acme" }).waitFor();
      await expectNone(pages());
      await open(page, consoleUrl(given, `/${acme.id}/users/${member.id}`));
      await page.getByText("Only administrators change this.").waitFor();
      await eventually(async () => expect(await offered()).to.deep.equal([]));
      await open(page, consoleUrl(given, `/${acme.id}/users/${boss.id}`));
      await page.getByText(/There is no such person here|The person was not loaded/).waitFor();
      expect(await refusals(member, acme.id)).to.deep.equal([403]);
    });
  });
});
