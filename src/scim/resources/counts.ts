import { hash } from "node:crypto";
import type { Count } from "../../domain/counts/counts.js";
import type { Locations } from "../../domain/listing.js";
import type { JsonObject } from "../../domain/values/json.js";
import type { CountsOfRealm } from "../../services/counts/counts.js";
import { toCriteria } from "../requests/query.js";
import { ownDefinition, readOnly } from "../schema/definition.js";
import { crud } from "./crud.js";
import { userSchema } from "./user-schema.js";

const COUNTS = "urn:muster:params:scim:schemas:core:2.0:Counts";

const exact = { caseExact: true };

const counts = (name: string, description: string, referenceType?: string) =>
  readOnly("complex", name, description, { multiValued: true }, [
    readOnly("string", "value", "What is counted.", exact),
    ...(referenceType === undefined
      ? []
      : [
          readOnly("reference", "$ref", "The address.", { referenceTypes: [referenceType] }),
          readOnly("string", "display", "The name.", exact),
        ]),
    readOnly("integer", "count", "How many there are."),
    readOnly("boolean", "atLeast", "Whether there may be more, since counting ended at a limit."),
  ]);

const definition = ownDefinition("Counts", COUNTS, "How many there are of what in a realm", [
  counts("totals", "By resource type."),
  counts("statuses", "Users by status; invited ones are active or inactive, too."),
  counts("roles", "Users by role, their own or one that a team gives."),
  counts("sources", "Memberships by how the members were added."),
  counts("organizations", "The largest organizations, by their members.", "Group"),
  counts("teams", "The largest teams, by their members.", "Team"),
  counts("invitations", "Invitations by status."),
]);

/** The counts of the caller's realm: one resource, different for each realm. A filter is on Users. */
export const realmCounts = crud<CountsOfRealm>({
  definition,
  endpoint: "/Counts",
  isSingle: true,
  toAttributes,
  toMeta: (found) => ({ version: 1, digest: digestOf(found) }),
  get: ({ services, principal, locations }, _id, query) =>
    services.counts.get(principal, toCriteria(userSchema, query), locations),
});

function toAttributes({ id: _id, realm: _realm, ...found }: CountsOfRealm, locations: Locations): JsonObject {
  const types: Readonly<Record<string, string>> = { organizations: "Group", teams: "Team" };
  return Object.fromEntries(
    Object.entries(found)
      .filter(([, all]) => all.length > 0)
      .map(([name, all]) => [name, all.map((each) => toElement(each, types[name], locations))]),
  );
}

const toElement = (
  { value, display, count, atLeast }: Count,
  type: string | undefined,
  locations: Locations,
) => ({
  value,
  ...(type !== undefined && { $ref: locations(type, value) }),
  ...(display !== undefined && { display }),
  count,
  atLeast,
});

const digestOf = (found: CountsOfRealm) => hash("sha256", JSON.stringify(found), "hex").slice(0, 12);
