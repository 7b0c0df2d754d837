import { Eta } from "eta";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { TEMPLATES_FOLDER } from "../config/templates.js";

const FALLBACK_LOCALE = "en";

/** What mail says. */
export interface Rendered {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/**
 * Mail from templates in files: `<locale>/<name>.subject.txt`, `<name>.txt` and `<name>.html`, each by itself from
 * the operator's folder, if it is there, else from Muster's own.
 */
export class Templates {
  readonly #html = new Eta({ autoEscape: true, useWith: false });
  readonly #text = new Eta({ autoEscape: false, useWith: false });

  /** @param overrides a folder with templates that go before Muster's own */
  constructor(
    private readonly locale: string,
    private readonly overrides?: string,
  ) {}

  /** @throws Error when a template is broken */
  async render(name: string, data: object): Promise<Rendered> {
    const [subject, text, html] = await Promise.all([
      this.#read(`${name}.subject.txt`),
      this.#read(`${name}.txt`),
      this.#read(`${name}.html`),
    ]);
    return {
      subject: this.#text.renderString(subject, data).replaceAll(/\s+/g, " ").trim(),
      text: this.#text.renderString(text, data),
      html: this.#html.renderString(html, data),
    };
  }

  #read(file: string): Promise<string> {
    const folders = [this.overrides, TEMPLATES_FOLDER].filter((folder) => folder !== undefined);
    const paths = [this.locale, FALLBACK_LOCALE].flatMap((locale) =>
      folders.map((folder) => join(folder, locale, file)),
    );
    const path = paths.find((each) => existsSync(each));
    if (path === undefined) throw new Error(`There is no mail template '${file}'`);
    return readFile(path, "utf8");
  }
}
