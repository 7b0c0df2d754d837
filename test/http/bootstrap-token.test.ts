import { expectError, expectList, expectStatus } from "../support/assertions.js";
import { ScimClient } from "../support/client.js";
import { forEachEngine } from "../support/engines.js";
import { startServer } from "../support/server.js";
import type { ServerInProcess } from "../support/server.js";

describe("The bootstrap token", () => {
  forEachEngine((engine) => {
    let server: ServerInProcess;
    const restart = async (settings: Record<string, string> = {}) => {
      const { databaseUrl } = server;
      await server.stop();
      server = await startServer(engine, { ...settings, DATABASE_URL: databaseUrl });
    };
    const bootstrapToken = async () => {
      const { Resources } = expectStatus(await server.scim.get("/AccessTokens"), 200);
      return Resources.find(({ name }) => name === "bootstrap")?.id ?? "";
    };
    const bearer = (token: unknown) => new ScimClient(() => ({ url: server.scim.url, token: String(token) }));

    beforeEach(async () => {
      server = await startServer(engine);
    });
    afterEach(() => server.stop());

    it("is the same one after a restart", async () => {
      await restart();
      expectList(await server.scim.get("/AccessTokens"), 1);
    });

    it("stays rotated after a restart with the same setting, however often it was rotated", async () => {
      const id = await bootstrapToken();
      let rotated = expectStatus(await server.scim.post(`/AccessTokens/${id}/rotate`, { overlap: 0 }), 200);
      await restart();
      expectError(await server.scim.get("/Users"), { status: 401 });
      rotated = expectStatus(
        await bearer(rotated.token).post(`/AccessTokens/${id}/rotate`, { overlap: 0 }),
        200,
      );
      await restart();
      expectError(await server.scim.get("/Users"), { status: 401 });
      expectList(await bearer(rotated.token).get("/AccessTokens"), 1);
    });

    it("stays revoked after a restart with the same setting, and another value is another token", async () => {
      expectStatus(await server.scim.delete(`/AccessTokens/${await bootstrapToken()}`), 204);
      await restart();
      expectError(await server.scim.get("/Users"), { status: 401 });
      const another = "another-token-of-the-provider";
      await restart({ MUSTER_BOOTSTRAP_TOKEN: another });
      expectError(await server.scim.get("/Users"), { status: 401 });
      expectList(await bearer(another).get("/AccessTokens"), 1);
    });
  });
});
