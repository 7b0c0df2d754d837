import { AssertionError, expect } from "chai";
import process from "node:process";
import { setTimeout as pause } from "node:timers/promises";
import type { Locator } from "playwright-core";

/**
 * How many times slower than it is the browser pretends its machine to be: `PAGES_SLOWED=6` shows which tests look at a
 * page before it had the time that it needs elsewhere. The looks of pages are not checked then.
 */
export const SLOWED = Number(process.env.PAGES_SLOWED ?? "1");

/** How long a page has at most to show what is waited for, in milliseconds: long before mocha gives up, so that it is said what that was. */
export const PATIENCE = 10_000 * SLOWED;

/** How long it is until the next look, in milliseconds. */
const INTERVAL = 50;

/**
 * Looks again until what is expected holds. A page needs a moment for what follows from an act: a person waits, and so
 * does a test.
 *
 * @param look with assertions
 * @throws AssertionError of the last look
 */
export async function eventually(look: () => Promise<unknown>): Promise<void> {
  const end = Date.now() + PATIENCE;
  for (;;) {
    try {
      await look();
      return;
    } catch (error) {
      if (!(error instanceof AssertionError) || Date.now() >= end) throw error;
    }
    await pause(INTERVAL);
  }
}

/** In the page's own language. */
const FOCUSED = `[...document.querySelectorAll(":focus")].map(({ outerHTML }) => outerHTML)`;

/** The keyboard is there, or gets there. @throws AssertionError that says where it is instead */
export async function expectFocus(where: Locator): Promise<void> {
  try {
    await where.and(where.page().locator(":focus")).waitFor();
  } catch {
    const [html = "nothing"] = await where.page().evaluate<string[]>(FOCUSED);
    expect.fail(`The focus is not on ${String(where)}, but on ${html}`);
  }
}

/** There is nothing such, or it goes. Something that comes with the page must have been waited for before. */
export async function expectNone(what: Locator): Promise<void> {
  await eventually(async () => expect(await what.count(), String(what)).to.equal(0));
}

/** These are the texts, or come to be. @param where what has one each, in order */
export async function expectTexts(where: Locator, texts: readonly string[]): Promise<void> {
  await eventually(async () => expect(await where.allInnerTexts()).to.deep.equal(texts));
}

/** This is in a field, or comes there. */
export async function expectValue(field: Locator, value: string): Promise<void> {
  await eventually(async () => expect(await field.inputValue()).to.equal(value));
}

/** What is there says all of these, or comes to say them. */
export async function expectSaid(what: Locator, ...texts: readonly unknown[]): Promise<void> {
  await eventually(async () => {
    const said = await what.innerText();
    for (const text of texts) expect(said).to.include(text);
  });
}
