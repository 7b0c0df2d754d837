import { str } from "envalid";
import { folder, webAddress, locale } from "../parsers.js";
import { setting } from "../setting.js";

export const product = {
  PRODUCT_NAME: setting(
    "productName",
    str({ default: "Muster", desc: "Name of the product that people are invited to" }),
  ),
  PRODUCT_LOGO_URL: setting(
    "productLogoUrl",
    webAddress({
      default: undefined,
      desc: "Address of an image that pages show instead of the product's name (default: none)",
      example: "https://example.com/logo.svg",
    }),
  ),
  ACCEPTED_URL: setting(
    "acceptedUrl",
    webAddress({
      default: undefined,
      desc: "Where the browser goes after a person accepts an invitation or sets up an account (default: a page)",
      example: "https://example.com/welcome",
    }),
  ),
  LOCALE: setting(
    "templates.locale",
    locale({ default: "en", desc: "Language of mail and pages: the name of a folder of templates" }),
  ),
  TEMPLATES_DIR: setting(
    "templates.folder",
    folder({
      default: undefined,
      desc: "Folder with your own templates, such as <LOCALE>/invitation.html, which replace Muster's (default: none)",
    }),
  ),
};
