import compression from "compression";
import { Eta } from "eta";
import express, { Router } from "express";
import type { RequestHandler } from "express";
import { hash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ScimError } from "../../scim/errors.js";
import type { Pages } from "../pages/pages.js";

/** Where `npm run build` puts the app, seen from the sources or from the build; absolute. Undefined before it was built. */
const builtFolder = () =>
  ["../../../dist/console/", "../../../console/"]
    .map((path) => fileURLToPath(new URL(path, import.meta.url)))
    .find((folder) => existsSync(join(folder, "assets")));

/** The style sheet of what settings and templates say about colours. */
const COLOURS = "/colours.css";

/** For what is at an address that changes with it. */
const FOR_EVER = "public, max-age=31536000, immutable";

const digestOf = (text: string) => hash("sha256", text, "base64url").slice(0, 22);

/** The files that the page of the app asks for. To be used before what sets header fields of pages. */
export function appFiles(pages: Pages): Router {
  const router = Router();
  router.get(COLOURS, (_request, response) => {
    response.set({ "Content-Type": "text/css; charset=utf-8", "X-Content-Type-Options": "nosniff" });
    response.set({ "Cache-Control": FOR_EVER, ETag: `"${digestOf(pages.colours())}"` });
    response.send(pages.colours());
  });
  const built = builtFolder();
  if (built === undefined) return router;
  router.use(
    "/assets",
    compression({ threshold: 1024 }),
    express.static(join(built, "assets"), {
      index: false,
      redirect: false,
      setHeaders: (response) => {
        response.setHeader("Cache-Control", FOR_EVER);
        response.setHeader("X-Content-Type-Options", "nosniff");
      },
    }),
  );
  return router;
}

/**
 * The page of the app, the same at all of its addresses. It tells the app where it is, so that it works below any prefix.
 *
 * @param base the path of the console as browsers see it
 */
export function appPage(pages: Pages, base: string): RequestHandler {
  const eta = new Eta();
  const { productName, logoUrl } = pages.branding;
  const policy = [
    "default-src 'self'",
    `img-src 'self' data:${pages.logoOrigin}`,
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
  const built = builtFolder();
  return async (_request, response) => {
    if (built === undefined)
      throw new ScimError(404, undefined, "The console is not built: run npm run build");
    const html = eta.renderString(await readFile(join(built, "index.html"), "utf8"), {
      ...{ base: `${base}/`, productName, logoUrl: logoUrl ?? "", icon: pages.icon },
      colours: `${base}${COLOURS}?${digestOf(pages.colours())}`,
    });
    response.set({
      "Content-Type": "text/html; charset=utf-8",
      "Content-Security-Policy": policy,
      // It may be kept, and is asked for each time: what it leads to changes with each version.
      ...{ "Cache-Control": "no-cache", ETag: `"${digestOf(html)}"` },
    });
    response.send(html);
  };
}
