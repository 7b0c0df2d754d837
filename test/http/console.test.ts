import { expect } from "chai";
import { execFileSync } from "node:child_process";
import process from "node:process";
import { gzipSync } from "node:zlib";
import { describeServer } from "../support/server.js";
import { BrowserOfPerson } from "../support/signed-in.js";

const ORGANIZATION = "0198d6f0-7a53-7c21-9c1f-0a3f6c1d2e4b";

/** What the first screen may weigh, compressed, in bytes. */
const MAX_WEIGHT = 300 * 1024;

describe("The app of the console", () => {
  before(function () {
    this.timeout(180_000);
    execFileSync(process.execPath, ["tools/build.js"], { stdio: "inherit" });
  });

  describeServer(
    "at its addresses",
    (_scim, server) => {
      const root = () => server().scim.url.replace("/scim/v2", "");
      const get = (path: string, headers: Record<string, string> = {}) =>
        fetch(root() + path, { headers, redirect: "manual" });
      /** The addresses of scripts and style sheets that the page asks for. */
      const filesOf = async () => {
        const html = await (await get("/console")).text();
        const base = /<base href="([^"]+)"/.exec(html)?.[1] ?? "";
        return [...html.matchAll(/(?:src|href)="([^"]+\.(?:js|css)[^"]*)"/g)].map(
          ([, path = ""]) => new URL(path, new URL(base, root())).href,
        );
      };

      for (const path of [
        "",
        "/",
        "/provider",
        "/provider/users",
        `/${ORGANIZATION}/users/${ORGANIZATION}`,
        "/provider/users?q=x",
      ]) {
        it(`is the same page at /console${path}`, async () => {
          const answer = await get(`/console${path}`, { Accept: "text/html" });
          expect(answer.status).to.equal(200);
          expect(await answer.text()).to.include('<base href="/console/"');
        });
      }

      for (const path of [
        "/nothing",
        "/provider/../x.js",
        "/assets/nothing.js",
        `/${ORGANIZATION.toUpperCase()}/users`,
        "/provider/a.b",
      ]) {
        it(`is not there at /console${path}`, async () => {
          expect((await get(`/console${path}`)).status).to.equal(404);
        });
      }

      it("leaves the pages beside it alone", async () => {
        const page = await get("/console/sign-in", { Accept: "text/html" });
        expect(await page.text()).to.include("<h1>Sign in");
        expect((await get("/console/session", { Accept: "application/json" })).status).to.equal(401);
      });

      it("lets nothing in that does not come from the server, and no inline scripts or styles", async () => {
        const { headers } = await get("/console/provider/users");
        const policy = headers.get("content-security-policy") ?? "";
        expect(policy).to.include("default-src 'self'").and.include("frame-ancestors 'none'");
        expect(policy).to.not.match(/unsafe|nonce|https?:/);
        expect(headers.get("x-content-type-options")).to.equal("nosniff");
        expect(headers.get("referrer-policy")).to.equal("no-referrer");
      });

      it("is asked for each time, and sent only when it has changed", async () => {
        const first = await get("/console/provider");
        expect(first.headers.get("cache-control")).to.equal("no-cache");
        const again = await get("/console/provider/users", {
          "If-None-Match": first.headers.get("etag") ?? "",
          // Without it, Node.js says that it wants no answer from memory.
          "Cache-Control": "max-age=0",
        });
        expect(again.status).to.equal(304);
      });

      it("has files that browsers keep for ever, compressed, and not too heavy for a first screen", async () => {
        const files = await filesOf();
        // The script, with those that it imports, which the page names, too.
        expect(files.filter((file) => file.endsWith(".css")).length, "style sheets").to.be.at.least(2);
        expect(files.filter((file) => file.endsWith(".js")).length, "scripts").to.be.at.least(1);
        let weight = 0;
        for (const file of files) {
          const answer = await fetch(file, { headers: { "Accept-Encoding": "identity" } });
          expect(answer.status, file).to.equal(200);
          expect(answer.headers.get("cache-control"), file).to.match(/max-age=31536000, immutable/);
          const text = Buffer.from(await answer.arrayBuffer());
          weight += gzipSync(text).length;
          expect(text.includes("sourceMappingURL"), file).to.equal(false);
        }
        expect(weight).to.be.below(MAX_WEIGHT);
        const script = files.find((file) => file.endsWith(".js")) ?? "";
        const { headers } = await fetch(script, { headers: { "Accept-Encoding": "gzip" } });
        expect(headers.get("content-encoding")).to.equal("gzip");
      });

      it("has the colours of the settings and of all pages", async () => {
        const [colours = ""] = (await filesOf()).filter((file) => file.includes("colours.css"));
        const text = await (await fetch(colours)).text();
        expect(text).to.include("--accent-light: #1d4ed8").and.include("--danger:");
        const page = await get("/console/sign-in", { Accept: "text/html" });
        expect(await page.text()).to.include(text.slice(text.indexOf("/*")).trim());
      });

      it("is where people go back to after they sign in, and to nothing else", async () => {
        const offered = async (address: string) => {
          const own = new BrowserOfPerson(server);
          const path = `/console/sign-in?return=${encodeURIComponent(address)}`;
          const { text } = await own.send("GET", path, undefined, { Accept: "text/html" });
          return /name="return" value="([^"]*)"/.exec(text)?.[1]?.replaceAll("&amp;", "&");
        };
        for (const address of [
          ...["/console", "/console/provider/users", "/console/provider/users?q=ann%20lee&status=active"],
          `/console/${ORGANIZATION}/users/${ORGANIZATION}?sort=-userName`,
        ]) {
          expect(await offered(address)).to.equal(address);
        }
        for (const address of [
          ...[
            "//elsewhere.example",
            "/console//elsewhere.example",
            "https://elsewhere.example/console",
            "/console/sign-in",
          ],
          ...["/console/provider/../session", "/console\\@elsewhere.example", "/consolex", "/scim/v2/Users"],
          ...[
            "/console/provider/users?q=<script>",
            "/console/provider/users#x",
            `/console?q=${"x".repeat(5000)}`,
          ],
        ]) {
          expect(await offered(address), address).to.equal(undefined);
        }
      });
    },
    {},
    undefined,
    ["SQLite"],
  );

  describeServer(
    "below a prefix",
    (_scim, server) => {
      it("is told where it is", async () => {
        const address = `${server().scim.url.replace("/scim/v2", "")}/console/provider`;
        const html = await (await fetch(address)).text();
        expect(html)
          .to.include('<base href="/identity/console/"')
          .and.include('href="/identity/console/colours.css?');
        expect(html).to.include("Bolts &amp; &quot;Nuts&quot;");
      });
    },
    { PUBLIC_URL: "https://www.example.com/identity", PRODUCT_NAME: 'Bolts & "Nuts"' },
    undefined,
    ["SQLite"],
  );
});
