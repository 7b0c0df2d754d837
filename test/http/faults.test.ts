import { expect } from "chai";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createMuster } from "../../src/muster.js";
import { readSettings } from "../../src/config/settings.js";
import { openDatabase } from "../../src/db/open.js";
import { migrate } from "../../src/db/migrate.js";
import { expectError, expectList } from "../support/assertions.js";
import { forEachEngine, scratchFolder } from "../support/engines.js";
import { CORE_USER, createUser } from "../support/factories.js";
import { describeServer } from "../support/server.js";

describe("A fault of the database", () => {
  forEachEngine((engine) => {
    it("tells nothing of the values that were to be written", async () => {
      const database = await openDatabase(
        readSettings({ DATABASE_URL: await engine.databaseUrl() }).database,
      );
      await migrate(database);
      const fault: unknown = await database
        .transaction((session) =>
          session.rows("insert into muster_accounts (id, password_hash) values (?, ?)", ["x", "hunter2"]),
        )
        .catch((error: unknown) => error);
      await database.close();
      expect(fault).to.be.instanceOf(Error).with.property("message").that.does.not.include("hunter2");
    });
  });
});

describe("The public address", () => {
  it("may have a path, which all locations have then", async () => {
    const muster = createMuster({
      ...readSettings({ DATABASE_URL: `sqlite:${scratchFolder()}/muster.sqlite`, LOG_LEVEL: "silent" }),
      publicUrl: "https://example.com/tenant",
    });
    await muster.migrate();
    const server = createServer(muster.app).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const answer = await fetch(`http://127.0.0.1:${port}/scim/v2/ServiceProviderConfig`);
    const { meta } = (await answer.json()) as { meta: { location: string } };
    server.close();
    await muster.close();
    expect(meta.location).to.equal("https://example.com/tenant/scim/v2/ServiceProviderConfig");
  });
});

describeServer("A value", (scim) => {
  it("of a number may be any number in a filter, or is refused", async () => {
    const count = "urn:muster:params:scim:schemas:extension:organization:2.0:Group:memberCount";
    for (const number of ["1.5", "3000000000", "-1e300"]) {
      expectList(await scim.find("/Groups", `${count} gt ${number}`));
    }
    expectError(await scim.find("/Groups", `${count} gt 1e999`), { status: 400, scimType: "invalidFilter" });
  });

  it("of a password can be replaced, but not removed", async () => {
    const { id } = await createUser(scim, { password: "t1meMa$heen" });
    const answer = await scim.patch(`/Users/${id}`, { op: "remove", path: "password" });
    expectError(answer, { status: 400, scimType: "mutability" });
  });

  it("that reads like an error of the database is a value like any other", async () => {
    const title = "UNIQUE constraint failed: x.y";
    const { userName } = await createUser(scim, { title });
    expectError(await scim.post("/Users", { schemas: [CORE_USER], userName, title }), {
      status: 409,
      scimType: "uniqueness",
    });
  });

  it("with more elements than there can be is refused", async () => {
    const emails = Array.from({ length: 12_000 }, (_, number) => ({ value: `${number}@example.com` }));
    const answer = await scim.post("/Users", { schemas: [CORE_USER], userName: "many-addresses", emails });
    expectError(answer, { status: 400, scimType: "invalidValue", detail: /'emails' has 12000 elements/ });
  });
});
