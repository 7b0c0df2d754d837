import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";

const LOGO =
  '<svg xmlns="http://www.w3.org/2000/svg" width="120" height="40" viewBox="0 0 120 40">' +
  '<rect width="120" height="40" rx="8" fill="#1d4ed8"/><circle cx="20" cy="20" r="10" fill="#fff"/></svg>';

/** What a site was asked for. */
interface Visit {
  readonly path: string;
  readonly referer: string | undefined;
  readonly cookie: string | undefined;
}

/**
 * Another site, with its own origin: `/logo.svg` is a picture, `/login?to=...` leads elsewhere, and all else
 * is a page that says hello.
 */
export class Site {
  readonly visits: Visit[] = [];
  readonly #server = createServer(({ url = "", headers: { referer, cookie } }, response) => {
    this.visits.push({ path: url, referer, cookie });
    const to = url.startsWith("/login?to=") ? decodeURIComponent(url.slice("/login?to=".length)) : undefined;
    if (to !== undefined) {
      response.writeHead(302, { Location: to }).end();
      return;
    }
    const isLogo = url === "/logo.svg";
    response
      .writeHead(200, { "Content-Type": isLogo ? "image/svg+xml" : "text/html; charset=utf-8" })
      .end(isLogo ? LOGO : "<!doctype html><title>Hello</title><link rel=icon href=data:,><h1>Hello</h1>");
  });

  /** @returns its origin */
  async start(): Promise<string> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, "close");
  }

  visitsOf(path: string): Visit[] {
    return this.visits.filter((visit) => visit.path === path);
  }
}
