import { isJsonObject } from "../../domain/values/json.js";
import { invalidSyntax } from "../errors.js";

const SEARCH_REQUEST = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";

/**
 * Checks the body of a search by POST (RFC 7644 section 3.4.3).
 *
 * @returns its parameters, which are those of a query string
 * @throws ScimError 400 `invalidSyntax`
 */
export function readSearchRequest(body: unknown): Record<string, unknown> {
  if (!isJsonObject(body)) throw invalidSyntax("The body of a search must be a JSON object");
  const { schemas, ...parameters } = body;
  if (schemas !== undefined && !(Array.isArray(schemas) && schemas.includes(SEARCH_REQUEST))) {
    throw invalidSyntax(`The 'schemas' of a search must be ["${SEARCH_REQUEST}"]`);
  }
  return parameters;
}
