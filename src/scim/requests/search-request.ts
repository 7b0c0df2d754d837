import type { JsonObject, JsonValue } from "../../domain/values/json.js";
import { readMessage } from "./message.js";
import { PARAMETERS } from "./query.js";

const SEARCH_REQUEST = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";

/**
 * Checks the body of a search by POST (RFC 7644 section 3.4.3).
 *
 * @returns its parameters, named like those of a query string
 * @throws ScimError 400 `invalidSyntax`
 */
export function readSearchRequest(body: unknown): JsonObject {
  const entries = Object.entries(readMessage(body, SEARCH_REQUEST, "search"));
  return Object.fromEntries(
    entries.map(([name, value]): [string, JsonValue] => [PARAMETERS.get(name.toLowerCase()) ?? name, value]),
  );
}
