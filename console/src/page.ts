const metaOf = (name: string) => document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content;

/** What the page that the server sent says. */
export const page = {
  /** The address of the console, with a slash at its end. */
  base: new URL(document.baseURI),
  productName: metaOf("application-name") ?? "",
  /** Empty without one. */
  logoUrl: metaOf("logo") ?? "",
};

/** The path of the console, without a slash at its end; addresses of the app are told from there on. */
export const BASE_PATH = page.base.pathname.replace(/\/$/, "");
