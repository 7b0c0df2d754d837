import { createHash } from "node:crypto";
import type { CallersRealm } from "../../domain/access/callers-realm.js";
import type { Locations } from "../../domain/listing.js";
import type { JsonObject } from "../../domain/values/json.js";
import { ownDefinition, readOnly } from "../schema/definition.js";
import { crud } from "./crud.js";

const REALM = "urn:muster:params:scim:schemas:core:2.0:Realm";

const exact = { caseExact: true };

const reference = (name: string, type: string, description: string) =>
  readOnly("complex", name, description, {}, [
    readOnly("string", "value", "The id.", exact),
    readOnly("reference", "$ref", "The address.", { referenceTypes: [type] }),
    readOnly("string", "display", "The name.", exact),
  ]);

const definition = ownDefinition("Realm", REALM, "Where an access token acts, and what it may do there", [
  readOnly("string", "type", "The realm that the access token acts in.", {
    ...exact,
    canonicalValues: ["provider", "organization"],
  }),
  reference("organization", "Group", "The organization, in an organization's realm."),
  readOnly("complex", "actor", "The access token itself.", {}, [
    readOnly("string", "type", "What acts.", { ...exact, canonicalValues: ["token"] }),
    readOnly("string", "value", "The id of the access token.", exact),
    readOnly("reference", "$ref", "The address.", { referenceTypes: ["AccessToken"] }),
    readOnly("string", "display", "The name of the access token.", exact),
    readOnly("dateTime", "expiresAt", "When it expires; without it, never."),
    readOnly("boolean", "orphaned", "Whether its maker lost the power to make it, so that it gives none."),
  ]),
  reference("user", "User", "The person that the access token belongs to; absent for a machine's."),
  readOnly("boolean", "readOnly", "Whether it may change nothing."),
  readOnly("complex", "grantableRoles", "The roles that it may give to others.", { multiValued: true }, [
    readOnly("string", "value", "The role.", exact),
    readOnly("string", "display", "The name of the role.", exact),
    readOnly("string", "type", "What a person has the role in.", {
      ...exact,
      canonicalValues: ["provider", "organization", "team"],
    }),
  ]),
  readOnly("string", "actions", "What it may do.", { ...exact, multiValued: true }),
]);

/** The realm of the caller: one resource, different for each access token. */
export const realms = crud<CallersRealm>({
  definition,
  endpoint: "/Realm",
  isSingle: true,
  toAttributes,
  toMeta: (realm) => ({ version: 1, digest: digestOf(realm) }),
  get: ({ services, principal }) => services.realm.get(principal),
});

function toAttributes(callers: CallersRealm, locations: Locations): JsonObject {
  const { realm, token, readOnly, grantableRoles, actions } = callers;
  const { accountId, accountName, organizationName, expiresAt, orphanedAt } = token;
  return {
    type: realm.type,
    ...(realm.type === "organization" && {
      organization: {
        value: realm.organizationId,
        $ref: locations("Group", realm.organizationId),
        ...(organizationName !== undefined && { display: organizationName }),
      },
    }),
    actor: {
      type: "token",
      value: token.id,
      $ref: locations("AccessToken", token.id),
      display: token.name,
      ...(expiresAt !== undefined && { expiresAt }),
      orphaned: orphanedAt !== undefined,
    },
    ...(accountId !== undefined && {
      user: {
        value: accountId,
        $ref: locations("User", accountId),
        ...(accountName !== undefined && { display: accountName }),
      },
    }),
    readOnly,
    grantableRoles: grantableRoles.map(({ id, displayName, scope }) => ({
      value: id,
      display: displayName,
      type: scope,
    })),
    actions: [...actions],
  };
}

/** Of all that an answer says, without when the token was last used. */
const digestOf = ({ token, ...others }: CallersRealm) =>
  createHash("sha256")
    .update(JSON.stringify([others, { ...token, lastUsedAt: undefined }]))
    .digest("hex")
    .slice(0, 12);
