import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import process from "node:process";
import { scratchFolder } from "../support/engines.js";
import { createGroup } from "../support/factories.js";
import { startProcess } from "../support/server.js";

/**
 * Runs scim2-tester in both realms of a new server, on a new SQLite file or on the empty database `DATABASE_URL`.
 * `scim2-tester.sh` calls it, with the Python to use as `PYTHON`.
 */
const databaseUrl = process.env.DATABASE_URL ?? `sqlite:${join(scratchFolder(), "muster.sqlite")}`;
// scim2-models refuses attributes that it does not know.
const server = await startProcess(databaseUrl, "TERM", { ADVERTISE_PAGINATION: "false" });
try {
  const { scim } = server;
  const { id } = await createGroup(scim);
  const token = await scim.post("/AccessTokens", {
    schemas: ["urn:muster:params:scim:schemas:core:2.0:AccessToken"],
    name: "scim2-tester",
    organization: { value: id },
  });
  for (const [realm, secret] of [
    ["the provider", scim.token],
    ["an organization", String(token.body.token)],
  ] as const) {
    console.log(`In the realm of ${realm}:`);
    const arguments_ = ["test/interop/scim2_tester_run.py", scim.url, secret];
    const suite = spawn(process.env.PYTHON ?? "python3", arguments_, { stdio: "inherit" });
    const [code] = (await once(suite, "exit")) as [number | null];
    if (code !== 0) process.exitCode = 1;
  }
} finally {
  await server.stop();
}
