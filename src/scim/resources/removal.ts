import { hash } from "node:crypto";
import type { Locations } from "../../domain/listing.js";
import type { ItemKind, Removal, RemovalActor, Undo, UndoResult } from "../../domain/removals/removal.js";
import type { JsonObject } from "../../domain/values/json.js";
import { ownDefinition, readOnly } from "../schema/definition.js";
import { ScimAnswer } from "../answers/answer.js";
import { crud } from "./crud.js";
import type { ResourceType } from "./resource-type.js";

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

const type = crud<Removal>({
  definition,
  endpoint: "/Removals",
  toAttributes,
  toMeta: (removal) => ({ version: 1, digest: digestOf(removal), created: removal.createdAt }),
  get: ({ services, principal }, id) => services.removals.get(principal, id),
  list: ({ services, principal }, listing) => services.removals.list(principal, listing),
  remove: ({ services, principal }, id) => services.removals.forget(principal, id),
});

/** What was taken away in the caller's realm. */
export const removals: ResourceType = {
  ...type,
  actions: {
    /** Brings back what still can come back. */
    undo: async ({ services, principal, locations }, id) =>
      new ScimAnswer(200, JSON.stringify(toUndo(await services.removals.undo(principal, id), locations))),
  },
};

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

const UNDO = "urn:muster:params:scim:api:messages:2.0:Undo";

const toUndo = ({ restored, failed, results }: Undo, locations: Locations): JsonObject => ({
  ...{ schemas: [UNDO], restored, failed },
  results: results.map((result) => toResult(result, locations)),
});

/** The resource type of what comes back, by its kind. */
const TYPES: Readonly<Record<ItemKind, string>> = {
  ...{ organization: "Group", account: "User", team: "Team", invitation: "Invitation" },
  ...{ record: "User", membership: "User", seat: "User", deactivation: "User" },
};

function toResult(result: UndoResult, locations: Locations): JsonObject {
  const { kind, organizationId, resourceId, accountId, display, isRestored, detail } = result;
  const resourceType = TYPES[kind];
  const value = accountId ?? resourceId ?? organizationId ?? "";
  const reference = (name: string, of: string, id: string | undefined) =>
    id !== undefined && id !== value && { [name]: { value: id, $ref: locations(of, id) } };
  return {
    ...{ type: resourceType, value, $ref: locations(resourceType, value) },
    ...(display !== undefined && { display }),
    ...reference("organization", "Group", organizationId),
    ...(kind === "seat" && reference("team", "Team", resourceId)),
    status: isRestored ? "restored" : "failed",
    ...(detail !== undefined && { detail }),
  };
}

/** A removal changes as it gathers, and by an undo. */
const digestOf = (removal: Removal) => hash("sha256", JSON.stringify(removal), "hex").slice(0, 12);
