import type { Settings } from "./types.js";

/** How pages and mail show whose they are. */
export interface Brand {
  readonly productName: string;
  readonly logoUrl: string | undefined;
  /** The colour of buttons and links in light and in dark mode, as `#rrggbb`; text in it can be read. */
  readonly accents: { readonly light: string; readonly dark: string };
  /** Where people can ask; undefined: nowhere is named. */
  readonly contact: { readonly href: string; readonly label: string } | undefined;
  readonly privacyUrl: string | undefined;
}

/** The brand that the settings give. @param accents of the product's colour */
export function brandOf(settings: Settings, accents: Brand["accents"]): Brand {
  const { productName, productLogoUrl: logoUrl, productContact, productPrivacyUrl: privacyUrl } = settings;
  return { productName, logoUrl, accents, contact: contactOf(productContact), privacyUrl };
}

function contactOf(contact: string | undefined): Brand["contact"] {
  if (contact === undefined) return undefined;
  if (!URL.canParse(contact))
    return { href: `mailto:${encodeURIComponent(contact).replace("%40", "@")}`, label: contact };
  const { host, pathname } = new URL(contact);
  return { href: contact, label: `${host}${pathname.replace(/\/$/, "")}` };
}
