import { hash } from "node:crypto";
import type { Locations } from "../../domain/listing.js";
import type { Removal, RemovalActor } from "../../domain/removals/removal.js";
import type { JsonObject } from "../../domain/values/json.js";
import { ownDefinition, readOnly } from "../schema/definition.js";
import { crud } from "./crud.js";

const REMOVAL = "urn:muster:params:scim:schemas:core:2.0:Removal";

const exact = { caseExact: true };

const definition = ownDefinition(
  "Removal",
  REMOVAL,
  "What one actor took away, kept so that it can be undone",
  [
    readOnly("dateTime", "timestamp", "When the first of it was taken away."),
    readOnly("complex", "actor", "Who took it away.", {}, [
      readOnly("string", "type", "What the actor is.", {
        ...exact,
        canonicalValues: ["token", "user", "operator"],
      }),
      readOnly("string", "value", "The id.", exact),
      readOnly("reference", "$ref", "The address.", { referenceTypes: ["AccessToken", "User"] }),
      readOnly("string", "display", "The name.", exact),
    ]),
    readOnly("string", "status", "Whether it can be undone, has been, or is kept no longer.", {
      ...exact,
      canonicalValues: ["undoable", "undone", "expired"],
    }),
    readOnly("dateTime", "expiresAt", "Until when it is kept."),
    readOnly("integer", "users", "How many people lost something."),
    readOnly("integer", "teams", "How many teams were deleted."),
    readOnly("integer", "roles", "How many roles people lost."),
    readOnly("integer", "accounts", "How many accounts were deleted."),
    readOnly("integer", "organizations", "How many organizations were deleted."),
  ],
);

/** What was taken away in the caller's realm. */
export const removals = crud<Removal>({
  definition,
  endpoint: "/Removals",
  toAttributes,
  toMeta: (removal) => ({ version: 1, digest: digestOf(removal), created: removal.createdAt }),
  get: ({ services, principal }, id) => services.removals.get(principal, id),
  list: ({ services, principal }, listing) => services.removals.list(principal, listing),
});

function toAttributes(removal: Removal, locations: Locations): JsonObject {
  const { createdAt, actor, status, expiresAt, users, teams, roles, accounts, organizations } = removal;
  return {
    ...{ timestamp: createdAt, actor: toActor(actor, locations), status, expiresAt },
    ...{ users, teams, roles, accounts, organizations },
  };
}

const toActor = ({ type, id, name }: RemovalActor, locations: Locations): JsonObject => ({
  type,
  ...(id !== undefined && { value: id, $ref: locations(type === "user" ? "User" : "AccessToken", id) }),
  ...(name !== undefined && { display: name }),
});

/** A removal changes as it gathers, and by an undo. */
const digestOf = (removal: Removal) => hash("sha256", JSON.stringify(removal), "hex").slice(0, 12);
