import { expect } from "chai";
import { expectStatus } from "../support/assertions.js";
import type { Body } from "../support/client.js";
import { forEachEngine } from "../support/engines.js";
import { createUser } from "../support/factories.js";
import { act, look } from "../support/links.js";
import { clientWith } from "../support/realms.js";
import { expectNone } from "../support/waiting.js";
import * as pages from "./fixture.js";
import { expectPage, fill, open, PASSWORD, press, usePages } from "./fixture.js";

/** An invitation to somebody who has an account with a password. */
interface Case {
  readonly invitation: Body;
  readonly user: Body;
  readonly organization: Body;
}

describe("The page of an invitation that cannot be accepted", () => {
  forEachEngine((engine) => {
    const given = usePages(engine);

    const cases: readonly [
      what: string,
      change: (of: Case) => Promise<void>,
      status: number,
      page: string,
    ][] = [
      [
        "is too late for it",
        ({ invitation }) => given.expire("invitations", invitation.id),
        410,
        "This link has expired",
      ],
      [
        "comes after as many others as it was meant for",
        async ({ invitation, user }) => {
          const other = await createUser(given.scim, { userName: pages.address(), password: PASSWORD });
          const emails = [{ value: other.userName }, { value: user.userName }];
          await given.change(`/Invitations/${invitation.id}`, "emails", emails);
          await given.change(`/Invitations/${invitation.id}`, "quota", 1);
          const page = await given.browser.open();
          await open(page, await linkTo(other));
          await fill(page, { Password: PASSWORD });
          expect(await press(page, pages.JOIN_WITH_PASSWORD)).to.equal(200);
        },
        410,
        "This invitation is full",
      ],
      [
        "sees it taken back",
        ({ invitation }) => given.change(`/Invitations/${invitation.id}`, "enabled", false),
        410,
        "This invitation has been withdrawn",
      ],
      [
        "has a newer link to it",
        ({ invitation }) => given.change(`/Invitations/${invitation.id}`, "roles", [{ value: "baker" }]),
        410,
        "There is a newer link",
      ],
      [
        "is a member already",
        ({ organization, user }) =>
          given.change(`/Groups/${organization.id}`, "members", [{ value: user.id }]),
        409,
        "You are already a member",
      ],
      [
        "has been deactivated",
        ({ user }) => given.change(`/Users/${user.id}`, "active", false),
        403,
        "Your account has been deactivated",
      ],
      [
        "finds it deleted",
        async ({ invitation }) => {
          expectStatus(await given.scim.delete(`/Invitations/${invitation.id}`), 204);
        },
        404,
        "This link does not work",
      ],
    ];

    const linkTo = async ({ userName }: Body) => given.linkFor({ emails: [{ value: userName }] });

    for (const [what, change, status, heading] of cases) {
      it(`says so to somebody who ${what}, by the link and by a form that was open already`, async () => {
        const organization = await given.organization();
        const user = await createUser(given.scim, { userName: pages.address(), password: PASSWORD });
        const invitation = await given.invite(organization, { emails: [{ value: user.userName }] });
        const link = await linkTo(user);
        const page = await given.browser.open();
        await open(page, link);
        await fill(page, { Password: PASSWORD });
        await change({ invitation, user, organization });
        for (const answer of [() => press(page, pages.JOIN_WITH_PASSWORD), () => open(page, link)]) {
          expect(await answer()).to.equal(status);
          await expectPage(page, heading);
          await expectNone(page.locator("form"));
          const text = await page.locator("main p").innerText();
          expect(text).to.match(/^[A-Z].*\.$/);
          // An invitation that is no more is nobody's.
          if (status !== 404) expect(text).to.include(String(organization.displayName));
        }
      });
    }

    it("names the person to ask, as long as that person may invite", async () => {
      const organization = await given.organization();
      const olga = { displayName: "Olga O'Hara", roles: [{ value: "provider-admin" }] };
      const { id, userName } = await createUser(given.scim, olga);
      const client = await clientWith(given.server, { userName });
      const invitation = await given.invite(organization, {}, client);
      const link = await given.linkFor(invitation);
      await given.expire("invitations", invitation.id);
      const page = await given.browser.open();
      await open(page, link);
      const acme = String(organization.displayName);
      const text = () => page.locator("main p").innerText();
      expect(await text()).to.equal(`Ask Olga O'Hara or another administrator of ${acme} for a new link.`);
      expect((await look(link)).body).to.deep.include({
        organization: { value: organization.id, display: acme },
        inviter: "Olga O'Hara",
      });
      await given.change(`/Users/${id}`, "active", false);
      await open(page, link);
      expect(await text()).to.equal(`Ask an administrator of ${acme} for a new link.`);
    });

    it("says so when the inviter may not invite any more", async () => {
      const organization = await given.organization();
      const admin = await createUser(given.scim, { roles: [{ value: "provider-admin" }] });
      const client = await clientWith(given.server, { userName: admin.userName });
      const link = await given.linkFor(await given.invite(organization, {}, client));
      await given.change(`/Users/${admin.id}`, "active", false);
      const page = await given.browser.open();
      expect(await open(page, link)).to.equal(410);
      await expectPage(page, "This invitation is no longer valid");
    });

    it("says that a link that nobody made does not work", async () => {
      const link = await given.newLink(await given.organization());
      const page = await given.browser.open();
      for (const other of [link.slice(0, -1), `${link.slice(0, -43)}${"A".repeat(43)}`, `${link}x`]) {
        expect(await open(page, other)).to.equal(404);
        await expectPage(page, "This link does not work");
      }
    });

    it("asks to wait after many wrong passwords", async () => {
      const user = await createUser(given.scim, { userName: pages.address(), password: PASSWORD });
      const link = await given.newLink(await given.organization(), { emails: [{ value: user.userName }] });
      const page = await given.browser.open();
      await open(page, link);
      const guess = () => act(link, "accept", { password: "no password of mine" });
      const guard = await Promise.all(Array.from({ length: 10 }, guess));
      expect(guard.map(({ status }) => status)).to.deep.equal(Array.from({ length: 10 }, () => 403));
      await fill(page, { Password: PASSWORD });
      expect(await press(page, pages.JOIN_WITH_PASSWORD)).to.equal(429);
      await pages.expectRefusal(page, /Too many requests/);
    });
  });
});
