import type { AccessToken } from "../../domain/tokens/access-token.js";
import type { JsonObject } from "../../domain/values/json.js";
import { noContent } from "../answers/answer.js";
import type { ScimAnswer } from "../answers/answer.js";
import type { ScimContext } from "../context.js";
import { readPatchRequest } from "../requests/patch-request.js";
import { readResource } from "../requests/resource.js";
import { keepImmutable } from "../requests/immutable.js";
import { applyPatch } from "../patch/apply.js";
import type { Query } from "../requests/query.js";
import { accessTokenDefinition } from "../schema/access-token.js";
import { accessTokenSchema } from "../schema/compile.js";
import { expectedVersions } from "../answers/versions.js";
import { ACCESS_TOKENS, toAccessTokenInput, toAccessTokenResource } from "./access-token-mapping.js";
import { listRecords, recordAnswer } from "./records.js";
import { ScimResource } from "./resource.js";

/** Access tokens; the secret is shown once. */
export class AccessTokenResource extends ScimResource {
  static override readonly tellsOnce = true;

  static get endpoint(): string {
    return ACCESS_TOKENS.endpoint;
  }

  static get definition() {
    return accessTokenDefinition;
  }

  protected override async get(context: ScimContext, id: string, query: Query): Promise<ScimAnswer> {
    const token = await context.services.accessTokens.get(context.principal, id);
    return recordAnswer(200, context, ACCESS_TOKENS, token, query);
  }

  protected override list(context: ScimContext, query: Query): Promise<ScimAnswer> {
    return listRecords(context, ACCESS_TOKENS, query, (listing) =>
      context.services.accessTokens.list(context.principal, listing),
    );
  }

  protected override async create(context: ScimContext, body: unknown, query: Query): Promise<ScimAnswer> {
    const { principal, services } = context;
    const input = toAccessTokenInput(readResource(accessTokenSchema, body), principal);
    const { token, secret } = await services.accessTokens.create(principal, input);
    return recordAnswer(201, context, ACCESS_TOKENS, { ...token, secret }, query);
  }

  protected override replace(
    context: ScimContext,
    id: string,
    body: unknown,
    query: Query,
  ): Promise<ScimAnswer> {
    const resource = readResource(accessTokenSchema, body);
    return this.#change(context, id, query, () => resource);
  }

  protected override modify(
    context: ScimContext,
    id: string,
    body: unknown,
    query: Query,
  ): Promise<ScimAnswer> {
    const operations = readPatchRequest(accessTokenSchema, body);
    return this.#change(context, id, query, (current) => applyPatch(accessTokenSchema, current, operations));
  }

  protected override async remove(context: ScimContext, id: string): Promise<ScimAnswer> {
    await context.services.accessTokens.revoke(context.principal, id, expectedVersions(context));
    return noContent();
  }

  async #change(
    context: ScimContext,
    id: string,
    query: Query,
    change: (current: JsonObject) => JsonObject,
  ): Promise<ScimAnswer> {
    const { principal, services, baseUrl } = context;
    const apply = (token: AccessToken) => {
      const current = toAccessTokenResource(token, baseUrl);
      return toAccessTokenInput(keepImmutable(accessTokenSchema, current, change(current)), principal);
    };
    const changed = await services.accessTokens.change(principal, id, apply, expectedVersions(context));
    return recordAnswer(200, context, ACCESS_TOKENS, changed, query);
  }
}
