import { expect } from "chai";
import { mkdir, writeFile } from "node:fs/promises";
import { forEachEngine, scratchFolder } from "../support/engines.js";
import { openPage } from "../support/links.js";
import { startServer } from "../support/server.js";
import type { ServerInProcess } from "../support/server.js";

describe("Pages in another language", () => {
  forEachEngine(
    (engine) => {
      let server: ServerInProcess;
      const nowhere = (kind: string) => server.scim.url.replace("/scim/v2", `/${kind}/nothing`);

      before(async () => {
        const folder = scratchFolder();
        await mkdir(`${folder}/de/pages`, { recursive: true });
        const template =
          '<% layout("layout", { title: "Nichts" }) %><h1>Hier ist nichts bei <%= it.productName %></h1>';
        await writeFile(`${folder}/de/pages/closed.html`, template);
        server = await startServer(engine, {
          LOCALE: "de",
          TEMPLATES_DIR: folder,
          PRODUCT_NAME: "Anton & Co",
        });
      });
      after(() => server.stop());

      for (const kind of ["invitations", "account-setup"]) {
        it(`come from one's own templates, and what is not there from Muster's, at /${kind}`, async () => {
          const page = await openPage(nowhere(kind));
          expect(page.status).to.equal(404);
          expect(page.text).to.include("<h1>Hier ist nichts bei Anton &amp; Co</h1>");
          expect(page.text)
            .to.include('<html lang="de" dir="ltr">')
            .and.include("<title>Nichts – Anton &amp; Co</title>");
        });
      }
    },
    ["SQLite"],
  );
});

describe("Pages of a brand", () => {
  forEachEngine(
    (engine) => {
      let server: ServerInProcess;
      before(async () => {
        server = await startServer(engine, {
          LOCALE: "ar",
          PRODUCT_NAME: "&co",
          PRODUCT_COLOR: "#FD0",
          PRODUCT_CONTACT: "help@example.com",
          PRODUCT_PRIVACY_URL: "https://example.com/privacy",
        });
      });
      after(() => server.stop());

      it("have its colour, made readable, its letter, and where to ask", async () => {
        const { text } = await openPage(server.scim.url.replace("/scim/v2", "/invitations/nothing"));
        expect(text).to.include('<html lang="ar" dir="rtl">');
        const [, light = "", dark = ""] =
          /--accent-light: (#\w{6}); --accent-dark: (#\w{6});/.exec(text) ?? [];
        expect(dark).to.equal("#ffdd00");
        expect(light).to.equal("#7f6e00");
        expect(text).to.include('<link rel="icon" href="data:image/svg+xml,');
        expect(text).to.include('<a href="mailto:help@example.com">help@example.com</a>');
        expect(text).to.include('<a href="https://example.com/privacy">Privacy</a>');
      });
    },
    ["SQLite"],
  );
});
