import { Eta } from "eta";
import { randomBytes } from "node:crypto";
import { extname } from "node:path";
import type { Response } from "express";
import type { Brand } from "../../config/brand.js";
import { directionOf, readableRole, readableTime, templatePath } from "../../config/templates.js";
import type { TemplateSettings } from "../../config/templates.js";

/** What all pages show. */
export interface Branding extends Brand {
  /** Where the browser goes after a person joins or sets up an account. */
  readonly acceptedUrl: string | undefined;
  /** Where people sign in. */
  readonly signInUrl: string;
  readonly templates: TemplateSettings;
}

const originOf = (url: string | undefined) => (url === undefined ? "" : ` ${new URL(url).origin}`);

/** Pages from templates; without frames, and with nothing from elsewhere but the logo. They need no scripts. */
export class Pages {
  readonly #eta = new Eta({ cache: true });
  /** What every template can use. */
  readonly #common: object;
  /** The first letter of the product's name on its colour, as the address of an image. */
  readonly icon: string;
  /** The origin that the product's logo comes from, after a space; empty without one. */
  readonly logoOrigin: string;

  constructor(readonly branding: Branding) {
    const { templates } = branding;
    this.icon = iconOf(branding);
    this.logoOrigin = originOf(branding.logoUrl);
    this.#eta.resolvePath = (page) =>
      templatePath(templates, `pages/${extname(page) === "" ? `${page}.html` : page}`);
    this.#common = {
      ...branding,
      locale: templates.locale,
      direction: directionOf(templates),
      icon: this.icon,
      time: (text: string) => readableTime(templates, text),
      roleName: readableRole,
      // Names of people and organizations, whose direction may be another one than that of the text around them.
      bdi: (text: string) => `<bdi>${this.#eta.config.escapeFunction(text)}</bdi>`,
    };
  }

  /** The colours of all pages, as a style sheet. */
  colours(): string {
    const { light, dark } = this.branding.accents;
    return `:root { --accent-light: ${light}; --accent-dark: ${dark}; }\n${this.#eta.render("tokens.css", {})}`;
  }

  /** @param page the name of its template */
  send(response: Response, status: number, page: string, data: object): void {
    const nonce = randomBytes(16).toString("base64");
    const { acceptedUrl } = this.branding;
    const html = this.#eta.render(page, { ...this.#common, nonce, error: undefined, ...data });
    response
      .status(status)
      .set({
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": [
          "default-src 'none'",
          `style-src 'nonce-${nonce}'`,
          `script-src 'nonce-${nonce}'`,
          `img-src data:${this.logoOrigin}`,
          // Browsers hold redirects after a form to this, too, and those that follow: to a page to sign in, say.
          `form-action 'self'${acceptedUrl === undefined ? "" : ` ${new URL(acceptedUrl).protocol}`}`,
          "frame-ancestors 'none'",
          "base-uri 'none'",
        ].join("; "),
      })
      .end(html);
  }
}

/** The first letter of the product's name on its colour, as the address of an image. */
function iconOf({ productName, accents }: Brand): string {
  const [first] = new Intl.Segmenter().segment(productName.trim().toUpperCase());
  const letter = (first?.segment ?? "").replaceAll(/[<&]/g, "");
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="${accents.light}"/><text x="16" y="22.5" font-family="system-ui,sans-serif" font-size="19" font-weight="700" text-anchor="middle" fill="#fff">${letter}</text></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
