import { hash } from "node:crypto";
import type { CallersRealm } from "../../domain/access/callers-realm.js";
import type { Locations } from "../../domain/listing.js";
import type { JsonObject } from "../../domain/values/json.js";
import { ownDefinition, readOnly, readOnlyReference } from "../schema/definition.js";
import { crud } from "./crud.js";

const REALM = "urn:muster:params:scim:schemas:core:2.0:Realm";

const exact = { caseExact: true };

const definition = ownDefinition(
  "Realm",
  REALM,
  "Where an access token or a session acts, and what it may do there",
  [
    readOnly("string", "type", "The realm that the access token or the session acts in.", {
      ...exact,
      canonicalValues: ["provider", "organization"],
    }),
    readOnlyReference("organization", "Group", "The organization, in an organization's realm."),
    readOnly("complex", "actor", "The access token or the session itself.", {}, [
      readOnly("string", "type", "What acts.", { ...exact, canonicalValues: ["token", "session"] }),
      readOnly("string", "value", "The id of the access token or the session.", exact),
      readOnly("reference", "$ref", "The address.", { referenceTypes: ["AccessToken", "Session"] }),
      readOnly("string", "display", "The name of the access token.", exact),
      readOnly("dateTime", "expiresAt", "When it expires; without it, never."),
      readOnly("boolean", "orphaned", "Whether its maker lost the power to make it, so that it gives none."),
    ]),
    readOnlyReference(
      "user",
      "User",
      "The person who is signed in, or whom the access token belongs to; absent for a machine's.",
    ),
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
    readOnly(
      "complex",
      "teams",
      "The teams in which a person's role there gives it power.",
      { multiValued: true },
      [
        readOnly("string", "value", "The id.", exact),
        readOnly("reference", "$ref", "The address.", { referenceTypes: ["Team"] }),
        readOnly("string", "role", "The role whose power it has; without one, it only reads the team.", {
          ...exact,
          canonicalValues: ["team-admin", "team-manager"],
        }),
      ],
    ),
  ],
);

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
  const { realm, credential, readOnly, grantableRoles, actions, seats } = callers;
  const { accountId, accountName, organizationName } =
    credential.type === "token" ? credential.token : credential.session;
  return {
    type: realm.type,
    ...(realm.type === "organization" && {
      organization: {
        value: realm.organizationId,
        $ref: locations("Group", realm.organizationId),
        ...(organizationName !== undefined && { display: organizationName }),
      },
    }),
    actor: actorOf(credential, locations),
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
    ...(seats.length > 0 && {
      teams: seats.map(({ teamId, power }) => ({
        value: teamId,
        $ref: locations("Team", teamId),
        ...(power !== "reader" && { role: `team-${power}` }),
      })),
    }),
  };
}

function actorOf(credential: CallersRealm["credential"], locations: Locations): JsonObject {
  if (credential.type === "session") {
    const { id, expiresAt } = credential.session;
    return { type: "session", value: id, $ref: locations("Session", id), expiresAt };
  }
  const { id, name, expiresAt, orphanedAt } = credential.token;
  return {
    type: "token",
    value: id,
    $ref: locations("AccessToken", id),
    display: name,
    ...(expiresAt !== undefined && { expiresAt }),
    orphaned: orphanedAt !== undefined,
  };
}

/** Of all that an answer says, without when the credential was last used. */
const digestOf = (realm: CallersRealm) => {
  const text = JSON.stringify(realm, (name, value: unknown) => (name === "lastUsedAt" ? undefined : value));
  return hash("sha256", text, "hex").slice(0, 12);
};
