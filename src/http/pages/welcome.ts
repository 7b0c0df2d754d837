import type { RequestHandler } from "express";
import type { Pages } from "./pages.js";
import { setPageHeaders, wantsPage } from "./router.js";

/** What `/` says: what this is, where SCIM is, and where people sign in. @param scimUrl the base address of SCIM */
export function welcome(pages: Pages, scimUrl: string): RequestHandler {
  const { productName, signInUrl } = pages.branding;
  return (request, response) => {
    setPageHeaders(response);
    if (wantsPage(request)) pages.send(response, 200, "welcome", { scimUrl });
    else response.json({ product: productName, scim: scimUrl, signIn: signInUrl });
  };
}
