import type { AccessToken, AccessTokenInput } from "../../domain/tokens/access-token.js";
import { isJsonObject } from "../../domain/values/json.js";
import type { JsonObject, JsonValue } from "../../domain/values/json.js";
import type { Principal, Realm } from "../../domain/access/principal.js";
import { invalidValue } from "../errors.js";
import { accessTokenLocation, groupLocation, userLocation } from "../answers/locations.js";
import { ACCESS_TOKEN } from "../schema/access-token.js";
import { accessTokenSchema } from "../schema/compile.js";
import { entityTag } from "../answers/versions.js";
import type { RecordType } from "./records.js";

export const ACCESS_TOKENS: RecordType<AccessToken & { readonly secret?: string }> = {
  endpoint: "/AccessTokens",
  schema: accessTokenSchema,
  toResource: (token, baseUrl) => {
    const { id, version, createdAt, updatedAt, lastUsedAt, secret } = token;
    return {
      schemas: [ACCESS_TOKEN],
      id,
      ...toAccessTokenResource(token, baseUrl),
      ...(lastUsedAt !== undefined && { lastUsedAt }),
      ...(secret !== undefined && { token: secret }),
      meta: {
        resourceType: "AccessToken",
        created: createdAt,
        lastModified: updatedAt,
        location: accessTokenLocation(id, baseUrl),
        version: entityTag(version),
      },
    };
  },
};

/** From an access token to what a client can say of it. */
export function toAccessTokenResource(token: AccessToken, baseUrl: string): JsonObject {
  const { name, realm, readOnly, accountId, expiresAt, organizationName, accountName } = token;
  const { makerId, makerName, orphanedAt } = token;
  return {
    name,
    realm: realm.type,
    ...(realm.type === "organization" && {
      organization: reference(
        realm.organizationId,
        groupLocation(realm.organizationId, baseUrl),
        organizationName,
      ),
    }),
    ...(accountId !== undefined && {
      user: reference(accountId, userLocation(accountId, baseUrl), accountName),
    }),
    ...(makerId !== undefined &&
      makerName !== undefined && { maker: reference(makerId, userLocation(makerId, baseUrl), makerName) }),
    orphaned: orphanedAt !== undefined,
    readOnly,
    ...(expiresAt !== undefined && { expiresAt }),
  };
}

const reference = (value: string, $ref: string, display: string | undefined): JsonObject => ({
  value,
  $ref,
  ...(display !== undefined && { display }),
});

/**
 * From a resource in canonical form to what the token shall be.
 *
 * @param principal whose realm it acts in, if the resource does not say
 * @throws ScimError 400 `invalidValue`
 */
export function toAccessTokenInput(resource: JsonObject, principal: Principal): AccessTokenInput {
  const { name, readOnly, expiresAt } = resource;
  return {
    name: typeof name === "string" ? name : "",
    realm: realmOf(resource, principal),
    readOnly: readOnly === true,
    accountId: idIn(resource.user),
    expiresAt: typeof expiresAt === "string" ? new Date(expiresAt).toISOString() : undefined,
  };
}

function realmOf({ realm, organization }: JsonObject, principal: Principal): Realm {
  const organizationId = idIn(organization);
  if (realm !== undefined && realm !== "provider" && realm !== "organization") {
    throw invalidValue("'realm' must be 'provider' or 'organization'");
  }
  if (realm === "provider" && organizationId !== undefined) {
    throw invalidValue("A token of the provider's realm has no 'organization'");
  }
  if (organizationId !== undefined) return { type: "organization", organizationId };
  if (realm === "provider") return { type: "provider" };
  if (realm === "organization" && principal.realm.type === "provider") {
    throw invalidValue("A token of an organization's realm needs the 'organization' with its 'value'");
  }
  return principal.realm;
}

function idIn(value: JsonValue | undefined): string | undefined {
  const id = isJsonObject(value) ? value.value : undefined;
  return typeof id === "string" ? id : undefined;
}
