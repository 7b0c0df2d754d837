import { AxeBuilder } from "@axe-core/playwright";
import { expect } from "chai";
import { join } from "node:path";
import process from "node:process";
import { chromium } from "playwright-core";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { CHROMIUM_TIMEOUT, findChromium } from "./chromium.js";
import { CHECKS_LOOKS } from "./engines.js";
import { PATIENCE, SLOWED } from "./waiting.js";

/** The screens that pages are looked at on. */
export const PHONE = { width: 390, height: 844 };
export const DESKTOP = { width: 1440, height: 900 };

const ARGUMENTS = [
  // Chromium's sandbox needs rights that containers do not give; it opens nothing here but our own pages.
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** How long a browser takes to start at most, in milliseconds. */
const START_TIMEOUT = 60_000;

/** How long a test of a page takes at most, unless its suite gives it longer, in milliseconds. */
const TEST_TIMEOUT = 60_000;

/** Chromium says so of answers that are not 2xx, as of pages that say what does not work, and while it is offline. */
const ANSWERED_SO =
  /^Failed to load resource: (the server responded with a status of (4\d\d|503) |net::ERR_INTERNET_DISCONNECTED$)/;

/** One for all suites of a process, since it takes seconds to start; it ends with the process. */
let launched: Promise<Browser> | undefined;

interface ContextOptions {
  readonly viewport?: typeof PHONE;
  /** Pages need no scripts, so they have none; axe does. */
  readonly scripts?: boolean;
}

/**
 * One headless Chromium for the tests of a suite. What people do there is watched: a test fails when a page complains
 * in the console, or asks for anything from where it may not.
 */
export class TestBrowser {
  #browser: Browser | undefined;
  #contexts: BrowserContext[] = [];
  #complaints: string[] = [];
  #requested: string[] = [];

  /** What pages have asked for since the test began. */
  get requested(): readonly string[] {
    return this.#requested;
  }

  /** A new page in a new browser, as for a first-time visitor. */
  async open({ viewport = PHONE, scripts = false }: ContextOptions = {}): Promise<Page> {
    if (!this.#browser) throw new Error("The browser runs only while tests do");
    const context = await this.#browser.newContext({ viewport, javaScriptEnabled: scripts });
    context.setDefaultTimeout(PATIENCE);
    context.on("request", (request) => this.#requested.push(request.url()));
    context.on("console", (message) => {
      if (!ANSWERED_SO.test(message.text())) this.#complaints.push(message.text());
    });
    context.on("weberror", (error) => this.#complaints.push(String(error.error())));
    this.#contexts.push(context);
    const page = await context.newPage();
    if (SLOWED > 1) {
      const session = await context.newCDPSession(page);
      await session.send("Emulation.setCPUThrottlingRate", { rate: SLOWED });
    }
    return page;
  }

  async start(): Promise<void> {
    launched ??= chromium.launch({ executablePath: findChromium(), args: ARGUMENTS, timeout: START_TIMEOUT });
    this.#browser = await launched;
  }

  /** Closes all pages. @throws AssertionError for what they have complained of */
  async endTest(): Promise<void> {
    const complaints = this.#complaints;
    await Promise.all(this.#contexts.map((context) => context.close()));
    [this.#contexts, this.#complaints, this.#requested] = [[], [], []];
    expect(complaints, "what pages said in the console").to.deep.equal([]);
  }
}

/** Runs a browser for the tests of the suite that this is called in. */
export function useBrowser(): TestBrowser {
  const browser = new TestBrowser();
  before(async function () {
    this.timeout(CHROMIUM_TIMEOUT + START_TIMEOUT);
    await browser.start();
  });
  beforeEach(function () {
    this.currentTest?.timeout(Math.max(this.currentTest.timeout(), TEST_TIMEOUT) * SLOWED);
  });
  afterEach(() => browser.endTest());
  return browser;
}

/** Axe finds no accessibility problems on the page. */
export async function expectAccessible(page: Page): Promise<void> {
  // The other mode is for frames, of which there are none, and opens a second page.
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
  const found = violations.map(
    ({ id, help, nodes }) =>
      `${id}: ${help}\n${nodes.map(({ html, failureSummary }) => `  ${html}\n  ${failureSummary ?? ""}`).join("\n")}`,
  );
  expect(violations, found.join("\n")).to.be.empty;
}

/** How often it is looked whether a page has settled after a change of the screen. */
const LOOKS = 20;

/** Nothing is wider than the screen, once the page has followed a change of it. */
export async function expectNoSidewaysScrolling(page: Page): Promise<void> {
  const widths = () => measure<[number, number]>(page, "[document.documentElement.scrollWidth, innerWidth]");
  let [content, screen] = await widths();
  for (let looks = 1; content > screen && looks < LOOKS; looks += 1) {
    await page.waitForTimeout(100);
    [content, screen] = await widths();
  }
  expect(content, `the width of ${page.url()}`).to.be.at.most(screen);
}

/** Every tap target is as large as a finger (WCAG 2.2, 2.5.5), but for links within text. */
export async function expectFingerSized(page: Page): Promise<void> {
  const heights = await measure<[string, number][]>(
    page,
    `[...document.querySelectorAll("button, .button, input:not([hidden], [type=hidden])")]
      .map((each) => [each.outerHTML, each.getBoundingClientRect().height])`,
  );
  for (const [html, height] of heights) expect(height, html).to.be.at.least(44);
}

/** Everybody can use the page, on a phone and on a desktop, in light and in dark. @param name what pictures of it are called */
export async function expectUsable(page: Page, name: string): Promise<void> {
  if (!CHECKS_LOOKS) {
    await page.setViewportSize(DESKTOP);
    return;
  }
  for (const viewport of [PHONE, DESKTOP]) {
    await page.setViewportSize(viewport);
    await expectNoSidewaysScrolling(page);
    await expectFingerSized(page);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await picture(page, `${name} ${colorScheme}`);
      await expectAccessible(page);
    }
  }
}

/** @param script in the page's own language; its types are not known here, where there is no page */
const measure = <T>(page: Page, script: string) => page.evaluate<T>(script);

/** Takes a picture of the whole page, for people to look at, when there is a folder for it: `SCREENSHOTS`. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env.SCREENSHOTS;
  if (folder === undefined || folder === "") return;
  const width = page.viewportSize()?.width ?? 0;
  const path = join(folder, `${name.replaceAll(/[^\w]+/g, "-")}-${width}.png`);
  await page.screenshot({ path, fullPage: true, caret: "initial" });
}
