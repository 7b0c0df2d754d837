import { expect } from "chai";
import type { BrowserOfPerson } from "./signed-in.js";

/** What is in a page's form, beside its fields for people. */
export const hiddenIn = (page: string) =>
  Object.fromEntries(
    [...page.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)">/g)].map(([, name, value]) => [
      name,
      value,
    ]),
  ) as Record<string, string>;

/**
 * Opens a page and sends its form, as a browser does.
 *
 * @param action where the form leads; by default, to the path of the page
 */
export async function sendForm(
  own: BrowserOfPerson,
  path: string,
  fields: Record<string, string>,
  action = path.split("?")[0] ?? "",
) {
  const page = await own.send("GET", path, undefined, { Accept: "text/html" });
  expect(page.status, page.text).to.equal(200);
  const form = new URLSearchParams({ ...hiddenIn(page.text), ...fields }).toString();
  const headers = { Accept: "text/html", "Content-Type": "application/x-www-form-urlencoded" };
  return own.send("POST", action, form, headers);
}
