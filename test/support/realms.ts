import type { TokenOptions } from "../../src/services/tokens/operator.js";
import { ScimClient } from "./client.js";
import type { ServerInProcess } from "./server.js";

/** A client with a new token on a running server. */
export async function clientWith(server: ServerInProcess, options: TokenOptions): Promise<ScimClient> {
  const { secret } = await server.services.operator.issueToken("test", options);
  return new ScimClient(() => ({ url: server.scim.url, token: secret }));
}
