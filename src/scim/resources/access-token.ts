import SCIMMY from "scimmy";
import type { Locations } from "../../domain/listing.js";
import type { Principal, Realm } from "../../domain/access/principal.js";
import type { AccessToken, AccessTokenInput } from "../../domain/tokens/access-token.js";
import { isJsonObject } from "../../domain/values/json.js";
import type { JsonObject, JsonValue } from "../../domain/values/json.js";
import type { IssuedToken } from "../../services/tokens/access-tokens.js";
import { invalidSyntax, invalidValue } from "../errors.js";
import { ownDefinition, readOnly } from "../schema/definition.js";
import { crud } from "./crud.js";
import { versioned } from "./declaration.js";

const ACCESS_TOKEN = "urn:muster:params:scim:schemas:core:2.0:AccessToken";

const { Attribute } = SCIMMY.Types;
const exact = { caseExact: true };
const immutable = { mutable: "immutable" };

const referenceTo = (name: string, type: string, description: string) =>
  new Attribute("complex", name, { ...immutable, description }, [
    new Attribute("string", "value", { ...immutable, ...exact, description: "The id." }),
    readOnly("reference", "$ref", "The address.", { referenceTypes: [type] }),
    readOnly("string", "display", "The name.", exact),
  ]);

const definition = ownDefinition("AccessToken", ACCESS_TOKEN, "A bearer token that acts in one realm", [
  new Attribute("string", "name", { ...exact, required: true, description: "What the token is for." }),
  new Attribute("string", "realm", {
    ...immutable,
    ...exact,
    canonicalValues: ["provider", "organization"],
    description: "The realm that the token acts in: the provider, or one organization.",
  }),
  referenceTo("organization", "Group", "The organization that the token acts in."),
  referenceTo(
    "user",
    "User",
    "The person that the token belongs to; it can do what that person's roles allow.",
  ),
  readOnly(
    "complex",
    "maker",
    "The person who made the token for a machine, if the realm has that person.",
    {},
    [
      readOnly("string", "value", "The id.", exact),
      readOnly("reference", "$ref", "The address.", { referenceTypes: ["User"] }),
      readOnly("string", "display", "The name.", exact),
    ],
  ),
  readOnly(
    "boolean",
    "orphaned",
    "Whether the maker lost the power to make the token; it gives no power then, until another administrator keeps it.",
  ),
  new Attribute("boolean", "readOnly", {
    ...immutable,
    description: "Whether the token can only read, and change nothing.",
  }),
  new Attribute("boolean", "checksPasswords", {
    ...immutable,
    description: "Whether the token can check people's passwords, for the product beside Muster.",
  }),
  new Attribute("dateTime", "expiresAt", { description: "When the token expires; without it, never." }),
  readOnly("dateTime", "lastUsedAt", "When the token was used last, to within a minute or so."),
  readOnly(
    "string",
    "token",
    "The secret: in the answer to the POST or the rotation, and never again.",
    exact,
  ),
]);

/** Access tokens. The secret is only in the answer to the request that makes it. */
export const accessTokens = crud<AccessToken & { readonly secret?: string }>({
  definition,
  endpoint: "/AccessTokens",
  showsSecretOnce: true,
  toWritable,
  toAttributes: (token, locations) => {
    const { lastUsedAt, secret } = token;
    return {
      ...toWritable(token, locations),
      ...(lastUsedAt !== undefined && { lastUsedAt }),
      ...(secret !== undefined && { token: secret }),
    };
  },
  toMeta: versioned,
  get: ({ services, principal }, id) => services.accessTokens.get(principal, id),
  list: ({ services, principal }, listing) => services.accessTokens.list(principal, listing),
  create: async ({ services, principal }, resource) =>
    withSecret(await services.accessTokens.create(principal, toInput(resource, principal))),
  change: ({ services, principal }, id, { next, expected }) =>
    services.accessTokens.change(principal, id, (token) => toInput(next(token), principal), expected),
  remove: ({ services, principal }, id, expected) => services.accessTokens.revoke(principal, id, expected),
  actions: {
    /** Gives a token a new secret, with `{"overlap": <seconds>}` or `{}`. */
    rotate: async ({ services, principal }, id, body) =>
      withSecret(await services.accessTokens.rotate(principal, id, readOverlap(body))),
    /** Keeps an orphaned token, with a new secret. */
    keep: async ({ services, principal }, id) => withSecret(await services.accessTokens.keep(principal, id)),
  },
});

const withSecret = ({ token, secret }: IssuedToken) => ({ ...token, secret });

function readOverlap(body: unknown): number | undefined {
  if (!isJsonObject(body)) throw invalidSyntax("The body must be a JSON object");
  const { overlap } = body;
  if (overlap !== undefined && typeof overlap !== "number") throw invalidValue("'overlap' must be a number");
  return overlap;
}

/** The attributes of an access token that a client can write. */
function toWritable(token: AccessToken, locations: Locations): JsonObject {
  const { name, realm, readOnly, checksPasswords, accountId, expiresAt, organizationName, accountName } =
    token;
  const { makerId, makerName, orphanedAt } = token;
  return {
    name,
    realm: realm.type,
    ...(realm.type === "organization" && {
      organization: reference(
        realm.organizationId,
        locations("Group", realm.organizationId),
        organizationName,
      ),
    }),
    ...(accountId !== undefined && {
      user: reference(accountId, locations("User", accountId), accountName),
    }),
    ...(makerId !== undefined &&
      makerName !== undefined && { maker: reference(makerId, locations("User", makerId), makerName) }),
    orphaned: orphanedAt !== undefined,
    readOnly,
    checksPasswords,
    ...(expiresAt !== undefined && { expiresAt }),
  };
}

const reference = (value: string, $ref: string, display: string | undefined): JsonObject => ({
  value,
  $ref,
  ...(display !== undefined && { display }),
});

/**
 * The input for a token from a resource in canonical form.
 *
 * @param principal whose realm it acts in, if the resource does not say
 * @throws ScimError 400 `invalidValue`
 */
function toInput(resource: JsonObject, principal: Principal): AccessTokenInput {
  const { name, readOnly, checksPasswords, expiresAt } = resource;
  return {
    name: typeof name === "string" ? name : "",
    realm: realmOf(resource, principal),
    readOnly: readOnly === true,
    checksPasswords: checksPasswords === true,
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
    throw invalidValue(
      "A token of the provider's realm cannot have an 'organization'; leave it out, or set 'realm' to 'organization'",
    );
  }
  if (organizationId !== undefined) return { type: "organization", organizationId };
  if (realm === "provider") return { type: "provider" };
  if (realm === "organization" && principal.realm.type === "provider") {
    throw invalidValue(
      "A token of an organization's realm needs an 'organization': send the id of a Group as its 'value'",
    );
  }
  return principal.realm;
}

function idIn(value: JsonValue | undefined): string | undefined {
  const id = isJsonObject(value) ? value.value : undefined;
  return typeof id === "string" ? id : undefined;
}
