import type { JsonObject } from "../../domain/values/json.js";
import { readMessage } from "./message.js";

const SEARCH_REQUEST = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";

/**
 * Checks the body of a search by POST (RFC 7644 section 3.4.3).
 *
 * @returns its parameters, as `readQuery` takes them
 * @throws ScimError 400 `invalidSyntax`
 */
export const readSearchRequest = (body: unknown): JsonObject => readMessage(body, SEARCH_REQUEST, "search");
