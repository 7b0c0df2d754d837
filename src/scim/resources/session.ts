import type { Locations } from "../../domain/listing.js";
import { credentialOwner } from "../../domain/sessions/session.js";
import type { PersonSession } from "../../domain/sessions/session.js";
import type { JsonObject } from "../../domain/values/json.js";
import { ownDefinition, readOnly, readOnlyReference } from "../schema/definition.js";
import { crud } from "./crud.js";

const SESSION = "urn:muster:params:scim:schemas:core:2.0:Session";

const exact = { caseExact: true };

const definition = ownDefinition("Session", SESSION, "A person signed in", [
  readOnlyReference("user", "User", "The person."),
  readOnly("string", "realm", "The realm that the session acts in; absent until the person chooses one.", {
    ...exact,
    canonicalValues: ["provider", "organization"],
  }),
  readOnlyReference("organization", "Group", "The organization that the session acts in."),
  readOnly(
    "string",
    "credential",
    "Whose password it began with: the person's, which opens all realms of the person, or an organization's.",
    { ...exact, canonicalValues: ["person", "organization"] },
  ),
  readOnly("string", "address", "The network address that the person signed in from.", exact),
  readOnly("string", "client", "What the browser calls itself.", exact),
  readOnly("dateTime", "lastUsedAt", "When the session was used last, to within a minute or so."),
  readOnly("dateTime", "expiresAt", "When the session ends at the latest."),
]);

/** People who are signed in. Signing in makes a session, so SCIM clients can only read and end them. */
export const sessions = crud<PersonSession>({
  definition,
  endpoint: "/Sessions",
  toAttributes,
  toMeta: ({ createdAt }) => ({ version: 1, created: createdAt, lastModified: createdAt }),
  get: ({ services, principal }, id) => services.sessions.get(principal, id),
  list: ({ services, principal }, listing) => services.sessions.list(principal, listing),
  remove: ({ services, principal }, id) => services.sessions.end(principal, id),
});

function toAttributes(session: PersonSession, locations: Locations): JsonObject {
  const { accountId, accountName, realm, organizationName } = session;
  const { address, client, lastUsedAt, expiresAt } = session;
  return {
    user: named(accountId, locations("User", accountId), accountName),
    ...(realm && { realm: realm.type }),
    ...(realm?.type === "organization" && {
      organization: named(realm.organizationId, locations("Group", realm.organizationId), organizationName),
    }),
    credential: credentialOwner(session),
    ...(address !== undefined && { address }),
    ...(client !== undefined && { client }),
    lastUsedAt,
    expiresAt,
  };
}

const named = (value: string, $ref: string, display: string | undefined): JsonObject => ({
  value,
  $ref,
  ...(display !== undefined && { display }),
});
