import { Eta } from "eta";
import { directionOf, readableRole, readableTime, templatePath } from "../../config/templates.js";
import type { TemplateSettings } from "../../config/templates.js";

/** What mail says. */
export interface Rendered {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** Mail from templates in files: `<name>.subject.txt`, `<name>.txt` and `<name>.html`, each by itself. */
export class Templates {
  readonly #html = new Eta({ autoEscape: true, useWith: false });
  readonly #text = new Eta({ autoEscape: false, useWith: false, autoTrim: false });

  constructor(private readonly settings: TemplateSettings) {
    for (const eta of [this.#html, this.#text]) eta.resolvePath = (file) => templatePath(settings, file);
  }

  /** @throws Error when a template is broken, or there is none */
  render(name: string, content: object): Rendered {
    const { settings } = this;
    const data = {
      locale: settings.locale,
      direction: directionOf(settings),
      roleName: readableRole,
      time: (text: string) => readableTime(settings, text),
      ...content,
    };
    return {
      subject: this.#text.render(`${name}.subject.txt`, data).replaceAll(/\s+/g, " ").trim(),
      // What a template leaves out leaves its blank lines behind.
      text: this.#text.render(`${name}.txt`, data).replaceAll(/\n\s*\n/g, "\n\n"),
      html: this.#html.render(`${name}.html`, data),
    };
  }
}
