import { str } from "envalid";
import { color, contact, folder, webAddress, locale } from "../parsers.js";
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
  PRODUCT_COLOR: setting(
    "productColor",
    color({
      default: "#1d4ed8",
      desc: "Colour of buttons and links in pages and mail; made darker or lighter where text would be hard to read",
    }),
  ),
  PRODUCT_CONTACT: setting(
    "productContact",
    contact({
      default: undefined,
      desc: "Where people can ask for help: an e-mail or web address, for the foot of pages and mail (default: none)",
      example: "support@example.com",
    }),
  ),
  PRODUCT_PRIVACY_URL: setting(
    "productPrivacyUrl",
    webAddress({
      default: undefined,
      desc: "Address of your privacy notice, for the foot of pages and mail (default: none)",
      example: "https://example.com/privacy",
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
