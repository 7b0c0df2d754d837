import type { TokenOptions } from "../../src/services/tokens/operator.js";
import { ScimClient } from "./client.js";
import { createGroup } from "./factories.js";
import { describeServer } from "./server.js";
import type { ServerInProcess } from "./server.js";

/** A client with a new token on a running server. */
export async function clientWith(server: ServerInProcess, options: TokenOptions): Promise<ScimClient> {
  const { secret } = await server.services.operator.issueToken("test", options);
  return new ScimClient(() => ({ url: server.scim.url, token: secret }));
}

/**
 * Defines a suite with a fresh server for each engine and each realm: with the provider's token, and with a token of an
 * organization that has no people yet.
 */
export function describeInBothRealms(
  title: string,
  define: (scim: ScimClient, realm: "provider" | "organization") => void,
): void {
  describe(title, () => {
    describeServer("in the provider's realm", (scim) => {
      define(scim, "provider");
    });
    describeServer("in an organization's realm", (scim, server) => {
      let own: ScimClient;
      before(async () => {
        const { id } = await createGroup(scim);
        own = await clientWith(server(), { organization: id });
      });
      define(new ScimClient(() => ({ url: own.url, token: own.token })), "organization");
    });
  });
}
