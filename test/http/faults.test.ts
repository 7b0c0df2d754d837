import { expect } from "chai";
import { readSettings } from "../../src/config/settings.js";
import { openDatabase } from "../../src/db/database.js";
import { migrate } from "../../src/db/migrate.js";
import { expectError } from "../support/assertions.js";
import { forEachEngine } from "../support/engines.js";
import { createUser } from "../support/factories.js";
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
          session.rows("insert into accounts (id, password_hash) values (?, ?)", ["x", "hunter2"]),
        )
        .catch((error: unknown) => error);
      await database.close();
      expect(fault).to.be.instanceOf(Error).with.property("message").that.does.not.include("hunter2");
    });
  });
});

describeServer("A value", (scim) => {
  it("that reads like an error of the database is a value like any other", async () => {
    const title = "UNIQUE constraint failed: x.y";
    const { userName } = await createUser(scim, { title });
    expectError(await scim.post("/Users", { userName, title }), { status: 409, scimType: "uniqueness" });
  });

  it("with more elements than there can be is refused", async () => {
    const emails = Array.from({ length: 12_000 }, (_, number) => ({ value: `${number}@example.com` }));
    const answer = await scim.post("/Users", { userName: "many-addresses", emails });
    expectError(answer, { status: 400, scimType: "invalidValue", detail: /'emails' has 12000 elements/ });
  });
});
