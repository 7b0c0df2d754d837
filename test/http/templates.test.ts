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
            .to.include('<html lang="de">')
            .and.include("<title>Nichts – Anton &amp; Co</title>");
        });
      }
    },
    ["SQLite"],
  );
});
