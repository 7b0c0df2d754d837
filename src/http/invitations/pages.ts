import { Eta } from "eta";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Response } from "express";
import { TEMPLATES_FOLDER } from "../../config/templates.js";

/** What all pages show. */
export interface Look {
  readonly productName: string;
  readonly logoUrl: string | undefined;
  readonly locale: string;
  /** Where the browser goes after accepting. */
  readonly acceptedUrl: string | undefined;
}

const originOf = (url: string | undefined) => (url === undefined ? "" : ` ${new URL(url).origin}`);

/** Pages from templates; without scripts, frames, or anything from elsewhere but the logo. */
export class Pages {
  readonly #eta: Eta;
  readonly #locale: string;

  constructor(private readonly look: Look) {
    const folder = (locale: string) => join(TEMPLATES_FOLDER, locale, "pages");
    this.#locale = existsSync(folder(look.locale)) ? look.locale : "en";
    this.#eta = new Eta({ views: folder(this.#locale), defaultExtension: ".html", cache: true });
  }

  send(response: Response, status: number, page: string, data: object): void {
    const nonce = randomBytes(16).toString("base64");
    const { productName, logoUrl, acceptedUrl } = this.look;
    const html = this.#eta.render(page, { productName, logoUrl, locale: this.#locale, nonce, ...data });
    response
      .status(status)
      .set({
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": [
          "default-src 'none'",
          `style-src 'nonce-${nonce}'`,
          `img-src${originOf(logoUrl) || " 'none'"}`,
          // Browsers hold redirects after a form to this, too.
          `form-action 'self'${originOf(acceptedUrl)}`,
          "frame-ancestors 'none'",
          "base-uri 'none'",
        ].join("; "),
      })
      .end(html);
  }
}
