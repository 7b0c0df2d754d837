import { Eta } from "eta";
import { randomBytes } from "node:crypto";
import type { Response } from "express";
import { readableTime, templatePath } from "../../config/templates.js";
import type { TemplateSettings } from "../../config/templates.js";

/** What all pages show. */
export interface Branding {
  readonly productName: string;
  readonly logoUrl: string | undefined;
  /** Where the browser goes after a person joins or sets up an account. */
  readonly acceptedUrl: string | undefined;
  readonly templates: TemplateSettings;
}

const originOf = (url: string | undefined) => (url === undefined ? "" : ` ${new URL(url).origin}`);

/** Pages from templates; without scripts, frames, or anything from elsewhere but the logo. */
export class Pages {
  readonly #eta = new Eta({ cache: true });

  constructor(readonly branding: Branding) {
    this.#eta.resolvePath = (page) => templatePath(branding.templates, `pages/${page}.html`);
  }

  /** @param page the name of its template */
  send(response: Response, status: number, page: string, data: object): void {
    const nonce = randomBytes(16).toString("base64");
    const { productName, logoUrl, acceptedUrl, templates } = this.branding;
    const time = (text: string) => readableTime(templates, text);
    const common = { productName, logoUrl, acceptedUrl, locale: templates.locale, nonce, time };
    const html = this.#eta.render(page, { ...common, ...data });
    response
      .status(status)
      .set({
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": [
          "default-src 'none'",
          `style-src 'nonce-${nonce}'`,
          `img-src${originOf(logoUrl) || " 'none'"}`,
          // Browsers hold redirects after a form to this, too, and those that follow: to a page to sign in, say.
          `form-action 'self'${acceptedUrl === undefined ? "" : ` ${new URL(acceptedUrl).protocol}`}`,
          "frame-ancestors 'none'",
          "base-uri 'none'",
        ].join("; "),
      })
      .end(html);
  }
}
