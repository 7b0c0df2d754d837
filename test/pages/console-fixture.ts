import { expect } from "chai";
import { execFileSync } from "node:child_process";
import process from "node:process";
import type { Page } from "playwright-core";
import { DESKTOP, expectAccessible, expectNoSidewaysScrolling, PHONE, picture } from "../support/browser.js";
import { expectStatus } from "../support/assertions.js";
import type { Body } from "../support/client.js";
import { CHECKS_LOOKS } from "../support/engines.js";
import type { Engine } from "../support/engines.js";
import { createUser, MEMBERSHIP } from "../support/factories.js";
import { eventually, expectFocus } from "../support/waiting.js";
import { address, fill, open, PASSWORD, usePages } from "./fixture.js";
import type { PagesFixture } from "./fixture.js";

/** As `usePages`, with the console as its sources are now. */
export function useConsole(engine: Engine, settings?: Parameters<typeof usePages>[1]): PagesFixture {
  before(function () {
    this.timeout(180_000);
    execFileSync(process.execPath, ["tools/build.js"], { stdio: "inherit" });
  });
  return usePages(engine, settings);
}

/** An address of the console. @param path from `/console` on */
export const consoleUrl = (given: PagesFixture, path = "") =>
  given.scim.url.replace("/scim/v2", `/console${path}`);

/** A person with a password. @param roles of the provider */
export const person = (
  given: PagesFixture,
  displayName: string,
  roles: readonly string[] = [],
): Promise<Body> =>
  createUser(given.scim, {
    ...{ userName: address(), password: PASSWORD, displayName },
    ...(roles.length > 0 && { roles: roles.map((value) => ({ value })) }),
  });

/** A person with a password, who is an administrator of an organization. @param roles of the provider */
export async function administratorOf(
  given: PagesFixture,
  organization: Body,
  displayName: string,
  roles: readonly string[] = [],
): Promise<Body> {
  const who = await person(given, displayName, roles);
  const members = [{ value: who.id }];
  const joining = { op: "add", path: "members", value: members };
  expectStatus(await given.scim.patch(`/Groups/${organization.id}`, joining), 200, 204);
  const value = [{ value: "organization-admin", organization: organization.id }];
  const granting = { op: "add", path: `${MEMBERSHIP}:organizationRoles`, value };
  expectStatus(await given.scim.patch(`/Users/${who.id}`, granting), 200);
  return who;
}

/** Opens an address of the console, and signs in on the way there. */
export async function enterConsole(given: PagesFixture, who: Body, path = "", page?: Page): Promise<Page> {
  const opened = page ?? (await given.browser.open({ scripts: true, viewport: DESKTOP }));
  await open(opened, consoleUrl(given, path));
  await fill(opened, { "User name or e-mail address": who.userName, Password: PASSWORD });
  await opened.getByRole("button", { name: "Sign in", exact: true }).click();
  await opened.waitForURL((url) => !url.pathname.includes("sign-in"));
  return opened;
}

/** Waits until a page of the console is there, and hears its keys: it writes the title of the tab then, too. */
export async function expectTitle(page: Page, title: string): Promise<void> {
  await page.getByRole("heading", { level: 1, name: title, exact: true }).waitFor();
  await eventually(async () => expect(await page.title()).to.include(title));
}

/** Waits until something is open beside the list, and hears its keys. @param name in its heading */
export const expectPanel = (page: Page, name: unknown): Promise<void> =>
  expectFocus(page.getByRole("region", { name: String(name), exact: true }));

/** The names in the first column of the table, in order. */
export const names = (page: Page): Promise<string[]> => page.locator("tbody tr a").allInnerTexts();

/** The table has these rows alone, or gets them. @param expected the names in its first column, in order */
export async function expectNames(page: Page, expected: readonly string[]): Promise<void> {
  await eventually(async () => expect(await names(page)).to.deep.equal(expected));
}

/** The title of the tab is this, or becomes it. */
export async function expectTabTitle(page: Page, title: string): Promise<void> {
  await eventually(async () => expect(await page.title()).to.equal(title));
}

/** Everybody can use the screen, on a phone and on a desktop, in light and in dark. @param name what pictures are called */
export async function expectConsoleUsable(page: Page, name: string): Promise<void> {
  if (!CHECKS_LOOKS) {
    await page.setViewportSize(DESKTOP);
    return;
  }
  for (const viewport of [PHONE, DESKTOP]) {
    await page.setViewportSize(viewport);
    await expectNoSidewaysScrolling(page);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await picture(page, `${name} ${colorScheme}`);
      await expectAccessible(page);
    }
  }
}

/** The query of the page's address has exactly these parameters, or gets them. */
export async function expectQuery(page: Page, parameters: Readonly<Record<string, string>>): Promise<void> {
  await eventually(() => {
    expect(Object.fromEntries(new URL(page.url()).searchParams)).to.deep.equal(parameters);
    return Promise.resolve();
  });
}
