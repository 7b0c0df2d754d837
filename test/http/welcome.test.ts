import { expect } from "chai";
import { forEachEngine } from "../support/engines.js";
import { ask, openPage } from "../support/links.js";
import { startServer } from "../support/server.js";
import type { ServerInProcess } from "../support/server.js";

describe("The address of the server alone", () => {
  forEachEngine((engine) => {
    let server: ServerInProcess;
    afterEach(() => server.stop());
    const root = () => server.scim.url.replace("scim/v2", "");

    it("says what it is, where SCIM is, and where people sign in", async () => {
      server = await startServer(engine, { PRODUCT_NAME: "Acme <Suite>" }, Date.now, { welcome: true });
      const page = await openPage(root());
      expect(page.status).to.equal(200);
      expect(page.text)
        .to.include("<h1>Welcome to <bdi>Acme &lt;Suite&gt;</bdi></h1>")
        .and.include("SCIM 2.0 provisioning server")
        .and.include(`<code>${server.scim.url}</code>`)
        .and.include(`href="${root()}console/sign-in"`)
        .and.include("docs/");
      expect(page.headers.get("content-security-policy")).to.include("default-src 'none'");
      expect(page.headers.get("set-cookie")).to.equal(null);
      const json = await ask(root());
      expect(json.body).to.deep.equal({
        product: "Acme <Suite>",
        scim: server.scim.url,
        signIn: `${root()}console/sign-in`,
      });
      expect((await ask(root(), { method: "HEAD" })).status).to.equal(200);
      expect((await ask(root(), { method: "POST" })).status).to.equal(404);
    });

    it("is none of Muster's in an app that did not ask for it", async () => {
      server = await startServer(engine);
      expect((await openPage(root())).status).to.equal(404);
    });
  });
});
