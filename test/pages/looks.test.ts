import { expect } from "chai";
import type { Page } from "playwright-core";
import { expectUsable, picture } from "../support/browser.js";
import { read } from "../support/assertions.js";
import type { Body } from "../support/client.js";
import { forEachEngine } from "../support/engines.js";
import { createUser, unique } from "../support/factories.js";
import { codeIn, linkIn } from "../support/mail.js";
import * as pages from "./fixture.js";
import { expectRefusal, fill, open, PASSWORD, press, usePages } from "./fixture.js";

/** Nothing that a line could break at. */
const LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft";

describe("Every page", () => {
  forEachEngine(
    (engine) => {
      const given = usePages(
        engine,
        (site) => ({ PRODUCT_CONTACT: "support@example.com", PRODUCT_PRIVACY_URL: `${site}/privacy` }),
        { welcome: true },
      );
      let acme: Body;
      let long: Body;

      before(async () => {
        acme = await given.organization("Acme & <Sons>");
        long = await given.organization(LONG.repeat(3));
      });

      const withPassword = () => createUser(given.scim, { userName: pages.address(), password: PASSWORD });
      const without = () => createUser(given.scim, { userName: pages.address() });
      const linkOf = ({ userName }: Body, to = acme) => given.newLink(to, { emails: [{ value: userName }] });
      /** Opens a link after something has happened to the invitation. */
      const openAfter = async (page: Page, change: (invitation: Body) => Promise<unknown>) => {
        const invitation = await given.invite(acme);
        const link = await given.linkFor(invitation);
        await change(invitation);
        await open(page, link);
      };
      const askForCode = async (page: Page, user: Body, organization = acme) => {
        await open(page, await linkOf(user, organization));
        await press(page, "Send me a code");
      };
      const setUp = async (page: Page) => {
        const { link } = await given.newcomer();
        await open(page, link);
        await fill(page, { "Choose a password": PASSWORD });
        await press(page, "Set the password");
        return link;
      };
      /** An invitation with all that one can have. */
      const full = async (organization: Body, text: string) => {
        const teams = [await given.team(organization, text), await given.team(organization, `${text} too`)];
        return given.invite(organization, {
          emails: [
            { value: `${unique("very-long-name-of-a-person-".repeat(2))}@${"example.".repeat(12)}org` },
          ],
          givenName: text,
          familyName: text,
          description: `${text} ${"Whoever joins bakes bread with us, every morning. ".repeat(4)}`,
          roles: [{ value: "organization-admin" }, { value: text }],
          teams: teams.map(({ id }) => ({ value: id })),
          expiresAt: "2099-12-24T18:30:00Z",
        });
      };

      /** Every page, in every state that it has: how it is called here, its heading, and how somebody gets there. */
      const states: readonly [name: string, heading: RegExp, reach: (page: Page) => Promise<unknown>][] = [
        ["for a new person", /^Join Acme/, async (page) => open(page, await given.newLink(acme))],
        [
          "for a new person whose password is weak",
          /^Join Acme/,
          async (page) => {
            await open(page, await given.newLink(acme));
            await fill(page, { ...pages.ANN, "Choose a password": "password123" });
            await press(page, pages.JOIN_AS_NEW);
            await expectRefusal(page, /easy to guess/);
          },
        ],
        [
          "of an invitation with everything",
          /^Join Acme/,
          async (page) => open(page, await given.linkFor(await full(acme, "Bakers"))),
        ],
        [
          "of an invitation with everything, and long words",
          /^Join Donau/,
          async (page) => open(page, await given.linkFor(await full(long, LONG))),
        ],
        [
          "for a person with a password",
          /^Join Acme/,
          async (page) => open(page, await linkOf(await withPassword())),
        ],
        [
          "for a person with a password that was wrong",
          /^Join Acme/,
          async (page) => {
            await open(page, await linkOf(await withPassword()));
            await fill(page, { Password: "no password of mine" });
            await press(page, pages.JOIN_WITH_PASSWORD);
            await expectRefusal(page, /password is wrong/);
          },
        ],
        [
          "for a person without a password",
          /^Join Acme/,
          async (page) => open(page, await linkOf(await without())),
        ],
        ["for a code", /^Enter the code$/, async (page) => askForCode(page, await without())],
        [
          "for a code that was wrong",
          /^Enter the code$/,
          async (page) => {
            await askForCode(page, await without());
            await fill(page, { Code: "000000" });
            await press(page, "Continue");
            await expectRefusal(page, /code is wrong/);
          },
        ],
        [
          "for a person who has proved the address",
          /^Join Donau/,
          async (page) => {
            const user = await without();
            await askForCode(page, user, long);
            await fill(page, { Code: codeIn(await given.mailbox.expect(user.userName, 2)) });
            await press(page, "Continue");
          },
        ],
        [
          "for an address",
          /^Join Donau/,
          async (page) => open(page, String((await given.invite(long, { emails: [] })).link)),
        ],
        [
          "for an address that was none of the domain's",
          /^Join Acme/,
          async (page) => {
            const emails = [{ value: `*@${"example.".repeat(12)}org` }];
            await open(page, String((await given.invite(acme, { emails })).link));
            await fill(page, { "Your e-mail address": "ann@elsewhere.example" });
            await press(page, "Send me a code");
            await expectRefusal(page, /not for that address/);
          },
        ],
        [
          "for a code to an address that somebody has said",
          /^Enter the code$/,
          async (page) => {
            await open(page, String((await given.invite(acme, { emails: [] })).link));
            await fill(page, { "Your e-mail address": `${"ann".repeat(20)}@${"example.".repeat(12)}org` });
            await press(page, "Send me a code");
          },
        ],
        [
          "for a person who has joined",
          /^Welcome to Donau/,
          async (page) => {
            await open(page, await given.newLink(long));
            await fill(page, pages.ANN);
            await press(page, pages.JOIN_AS_NEW);
          },
        ],
        [
          "for a person who has declined",
          /^You have declined$/,
          async (page) => {
            await open(page, await given.newLink(long));
            await page.getByRole("link", { name: "Decline" }).click();
            await press(page, "Decline the invitation");
          },
        ],
        [
          "of an invitation that has expired",
          /^This link has expired$/,
          (page) => openAfter(page, ({ id }) => given.expire("invitations", id)),
        ],
        [
          "of an invitation that has changed",
          /^There is a newer link$/,
          (page) =>
            openAfter(page, ({ id }) => given.change(`/Invitations/${id}`, "roles", [{ value: "x" }])),
        ],
        [
          "of an invitation that has been taken back",
          /^This invitation has been withdrawn$/,
          (page) => openAfter(page, ({ id }) => given.change(`/Invitations/${id}`, "enabled", false)),
        ],
        [
          "of an invitation that has been used up",
          /^This invitation is full$/,
          async (page) => {
            const emails = [{ value: pages.address() }, { value: pages.address() }];
            const invitation = await given.invite(acme, { emails, quota: 1 });
            const [first, second] = await Promise.all(
              emails.map(async ({ value }) => linkIn(await given.mailbox.expect(value))),
            );
            await open(page, first ?? "");
            await fill(page, pages.ANN);
            await press(page, pages.JOIN_AS_NEW);
            expect(await read(given.scim, `/Invitations/${invitation.id}`)).to.include({
              status: "exhausted",
            });
            await open(page, second ?? "");
          },
        ],
        [
          "of an invitation that has been accepted",
          /^You have already accepted this invitation$/,
          async (page) => {
            const link = await given.newLink(acme);
            await open(page, link);
            await fill(page, pages.ANN);
            await press(page, pages.JOIN_AS_NEW);
            await open(page, link);
          },
        ],
        [
          "for a person who is a member already",
          /^You are already a member$/,
          async (page) => {
            const user = await without();
            const link = await linkOf(user);
            await given.change(`/Groups/${acme.id}`, "members", [{ value: user.id }]);
            await open(page, link);
          },
        ],
        [
          "for a person whose account has been deactivated",
          /^Your account has been deactivated$/,
          async (page) => {
            const user = await without();
            const link = await linkOf(user);
            await given.change(`/Users/${user.id}`, "active", false);
            await open(page, link);
          },
        ],
        [
          "of a link that nobody made",
          /^This link does not work$/,
          (page) => open(page, given.scim.url.replace("/scim/v2", "/invitations/nothing")),
        ],
        [
          "to set up an account",
          /^Set up your account$/,
          async (page) => open(page, (await given.newcomer({ displayName: LONG })).link),
        ],
        [
          "to set up an account with a password that was weak",
          /^Set up your account$/,
          async (page) => {
            await open(page, (await given.newcomer({ userName: `${"a".repeat(60)}@example.com` })).link);
            await fill(page, { "Choose a password": "password123" });
            await press(page, "Set the password");
            await expectRefusal(page, /easy to guess/);
          },
        ],
        [
          "for a person who declines, and is asked",
          /^Decline the invitation to Donau/,
          async (page) => {
            await open(page, await given.newLink(long));
            await page.getByRole("link", { name: "Decline" }).click();
          },
        ],
        [
          "of the address of the server alone",
          /^Welcome to Acme Suite$/,
          (page) => open(page, given.scim.url.replace("scim/v2", "")),
        ],
        [
          "of an invitation from right to left",
          /^Join مؤسسة/,
          async (page) => {
            const arabic = await given.organization("مؤسسة الشرق الأوسط للتجارة والصناعة (2026)");
            const names = { givenName: "عبد الرحمن", familyName: "الخوارزمي" };
            const description = "أهلا وسهلا بكم في Acme.";
            await open(page, await given.linkFor(await given.invite(arabic, { ...names, description })));
          },
        ],
        ["of an account that is ready", /^Your account is ready$/, (page) => setUp(page)],
        [
          "of a link that has set up an account",
          /^Your account is already set up$/,
          async (page) => open(page, await setUp(page)),
        ],
      ];

      for (const [name, heading, reach] of states) {
        it(`${name} can be used by everybody, on a phone and on a desktop`, async () => {
          const page = await given.browser.open({ scripts: true });
          await reach(page);
          expect(await pages.headingOf(page)).to.match(heading);
          await expectUsable(page, name);
        });
      }

      it("shows where the keyboard is", async () => {
        const page = await given.browser.open();
        await open(page, await linkOf(await withPassword()));
        const names: string[] = [];
        for (let press = 0; press < 4; press += 1) {
          await page.keyboard.press("Tab");
          const focused = page.locator(":focus");
          await picture(page, `keyboard ${press}`);
          names.push((await focused.getAttribute("id")) ?? (await focused.innerText()));
          const [style, width] = await page.evaluate<string[]>(
            "(({ outlineStyle, outlineWidth }) => [outlineStyle, outlineWidth])(getComputedStyle(document.activeElement))",
          );
          expect(style).to.equal("solid");
          expect(parseFloat(width ?? "")).to.be.at.least(2);
        }
        const another = "Sign in to accept with an account that you have";
        expect(names).to.deep.equal(["password", "Sign in and join", another, "Decline"]);
      });
    },
    ["SQLite"],
  );
});
