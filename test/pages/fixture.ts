import { expect } from "chai";
import type { Page } from "playwright-core";
import { expectList, expectStatus } from "../support/assertions.js";
import { useBrowser } from "../support/browser.js";
import type { TestBrowser } from "../support/browser.js";
import type { Body, ScimClient } from "../support/client.js";
import type { Engine } from "../support/engines.js";
import { CORE_USER, createGroup, MEMBERSHIP, unique } from "../support/factories.js";
import { linkIn, MailServer } from "../support/mail.js";
import { clientWith } from "../support/realms.js";
import type { MusterOptions } from "../../src/options.js";
import { CHEAP_PASSWORDS, startServer } from "../support/server.js";
import type { ServerInProcess } from "../support/server.js";
import { Site } from "../support/site.js";
import { eventually, expectSaid } from "../support/waiting.js";

export const PRODUCT = "Acme Suite";
export const PASSWORD = "correct horse battery staple 9";
export const LONG_AGO = "2020-01-01T00:00:00.000Z";

const INVITATION = "urn:muster:params:scim:schemas:core:2.0:Invitation";
const TEAM = "urn:muster:params:scim:schemas:core:2.0:Team";

/** What has addresses: an invitation, or as much of it as is needed. */
type Addressed = Readonly<Record<string, unknown>>;

/** A server that sends mail, a browser to open what is in it, and somebody else's site. */
export class PagesFixture {
  readonly mailbox = new MailServer();
  readonly site = new Site();
  siteOrigin = "";
  #server: ServerInProcess | undefined;

  constructor(readonly browser: TestBrowser) {}

  get server(): ServerInProcess {
    if (!this.#server) throw new Error("The server runs only while tests do");
    return this.#server;
  }

  get scim(): ScimClient {
    return this.server.scim;
  }

  async start(
    engine: Engine,
    settings: (siteOrigin: string) => Record<string, string>,
    own: Partial<MusterOptions>,
  ): Promise<void> {
    this.siteOrigin = await this.site.start();
    this.#server = await startServer(
      engine,
      {
        SMTP_URL: await this.mailbox.start(),
        PRODUCT_NAME: PRODUCT,
        ...settings(this.siteOrigin),
      },
      Date.now,
      { ...CHEAP_PASSWORDS, ...own },
    );
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
    await this.mailbox.stop();
    await this.site.stop();
  }

  /** An organization with a name of its own. */
  organization(displayName = unique("Acme & <Sons>")): Promise<Body> {
    return createGroup(this.scim, [], { displayName });
  }

  async team(organization: Body, displayName: string): Promise<Body> {
    const team = { schemas: [TEAM], displayName, organization: { value: organization.id } };
    return expectStatus(await this.scim.post("/Teams", team), 201);
  }

  /** Invites to an organization: somebody new, unless the attributes say whom. */
  async invite(organization: Body, attributes: object = {}, client = this.scim): Promise<Body> {
    const emails = [{ value: address() }];
    const invitation = {
      ...{ schemas: [INVITATION], organization: { value: organization.id }, emails },
      ...attributes,
    };
    return expectStatus(await client.post("/Invitations", invitation), 201);
  }

  /** The link in the mail to the first address of an invitation. */
  async linkFor(invitation: Addressed, count = 1): Promise<string> {
    return linkIn(await this.mailbox.expect(emailOf(invitation), count));
  }

  /** A link in the mail to somebody new who is invited to an organization. */
  async newLink(organization: Body, attributes: object = {}): Promise<string> {
    return this.linkFor(await this.invite(organization, attributes));
  }

  /** Creates an account whose owner is sent a link to choose a password by. */
  async newcomer(attributes: object = {}): Promise<{ user: Body; link: string }> {
    const given = { schemas: [CORE_USER, MEMBERSHIP], userName: address(), ...attributes };
    const user = expectStatus(
      await this.scim.post("/Users", { ...given, [MEMBERSHIP]: { sendSetupEmail: true } }),
      201,
    );
    return { user, link: linkIn(await this.mailbox.expect(user.userName)) };
  }

  /** Those of an organization's members that have a user name, as the organization sees them. */
  async members(organization: Body, userName: string): Promise<Body[]> {
    const client = await clientWith(this.server, { organization: organization.id });
    return expectList(await client.find("/Users", `userName eq "${userName}"`));
  }

  /** The accounts that have a user name. */
  async accounts(userName: string): Promise<Body[]> {
    return expectList(await this.scim.find("/Users", `userName eq "${userName}"`));
  }

  /** Replaces an attribute of something. */
  async change(path: string, attribute: string, value: unknown): Promise<void> {
    expectStatus(await this.scim.patch(path, { op: "replace", path: attribute, value }), 200, 204);
  }

  /** As if the time of an invitation or a link had come. */
  async expire(table: "invitations" | "account_setups", id: string): Promise<void> {
    const key = table === "invitations" ? "id" : "account_id";
    await this.server.database((session) =>
      session.rows(`update muster_${table} set expires_at = ? where ${key} = ?`, [LONG_AGO, id]),
    );
  }
}

/**
 * Runs a server and a browser for the tests of the suite that this is called in.
 *
 * @param settings other than those of tests, by their names
 * @param own options that are no settings
 */
export function usePages(
  engine: Engine,
  settings: (siteOrigin: string) => Record<string, string> = () => ({}),
  own: Partial<MusterOptions> = {},
): PagesFixture {
  const fixture = new PagesFixture(useBrowser());
  before(() => fixture.start(engine, settings, own));
  after(() => fixture.stop());
  return fixture;
}

export const address = () => `${unique("Guest")}@Example.com`;

export const emailOf = ({ emails }: Addressed) => (emails as { value: string }[])[0]?.value ?? "";

/** The page has come that has this heading. */
export async function expectPage(page: Page, heading: string): Promise<void> {
  try {
    await page.getByRole("heading", { level: 1, name: heading, exact: true }).waitFor();
    await page.waitForLoadState();
  } catch {
    expect.fail(`Instead of "${heading}" came "${await headingOf(page)}"`);
  }
}

export const headingOf = async (page: Page) =>
  (await page.getByRole("heading", { level: 1 }).textContent()) ?? "";

/** The form has come again with what was wrong, to whoever sees it and to whoever hears the title first. */
export async function expectRefusal(page: Page, why: RegExp): Promise<void> {
  await page.getByRole("alert").filter({ hasText: why }).waitFor();
  await eventually(async () => expect(await page.title()).to.match(/^Error: /));
}

/** The page says this in its main part, or comes to say it. */
export async function expectText(page: Page, ...texts: readonly unknown[]): Promise<void> {
  await expectSaid(page.locator("main"), ...texts);
}

/** Opens a link. @returns the status of the answer */
export async function open(page: Page, link: string): Promise<number> {
  return (await page.goto(link))?.status() ?? 0;
}

/** Presses a button and waits for the page that comes after it. @returns the status of the answer */
export async function press(page: Page, button: string): Promise<number> {
  const came = page.waitForResponse(
    (answer) => answer.request().isNavigationRequest() && ![302, 303].includes(answer.status()),
  );
  const [answer] = await Promise.all([
    came,
    page.waitForEvent("framenavigated"),
    page.getByRole("button", { name: button, exact: true }).click(),
  ]);
  await page.waitForLoadState();
  return answer.status();
}

/** Types into fields, by what stands above them. */
export async function fill(page: Page, fields: Readonly<Record<string, string>>): Promise<void> {
  for (const [label, text] of Object.entries(fields))
    await page.getByLabel(label, { exact: true }).fill(text);
}

/** What a new person says. */
export const ANN = { "First name": "Ann", "Last name": "Lee", "Choose a password": PASSWORD };

export const JOIN_AS_NEW = "Create my account and join";
export const JOIN_WITH_PASSWORD = "Sign in and join";
