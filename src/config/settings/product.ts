import { str } from "envalid";
import { folder, webAddress, locale } from "../parsers.js";
import { setting } from "../setting.js";

export const product = {
  PRODUCT_NAME: setting(
    "productName",
    str({ default: "Muster", desc: "How the product is called that people are invited to" }),
  ),
  PRODUCT_LOGO_URL: setting(
    "productLogoUrl",
    webAddress({
      default: undefined,
      desc: "An image that pages show instead of the name (default: none)",
      example: "https://example.com/logo.svg",
    }),
  ),
  ACCEPTED_URL: setting(
    "acceptedUrl",
    webAddress({
      default: undefined,
      desc: "Where the browser goes when somebody has accepted an invitation or set up an account (default: a page)",
      example: "https://example.com/welcome",
    }),
  ),
  LOCALE: setting(
    "templates.locale",
    locale({ default: "en", desc: "The language of mail and pages: a folder of templates" }),
  ),
  TEMPLATES_DIR: setting(
    "templates.folder",
    folder({
      default: undefined,
      desc: "Folder with templates that go before Muster's own, as <LOCALE>/invitation.html (default: none)",
    }),
  ),
};
