import { expect } from "chai";
import { readSettings } from "../../src/config/settings.js";
import type { Database } from "../../src/db/database.js";
import { openDatabase } from "../../src/db/open.js";
import { PROVIDER_REALM } from "../../src/domain/access/principal.js";
import type { Realm } from "../../src/domain/access/principal.js";
import { UnsupportedFieldError } from "../../src/domain/errors.js";
import type { Listing } from "../../src/domain/listing.js";
import { expressionOf, folded, text } from "../../src/repositories/listing/fields.js";
import { Repositories } from "../../src/repositories/repositories.js";
import { compileFilter } from "../../src/scim/filter/resolve.js";
import { resourceTypes } from "../../src/scim/resources/index.js";
import type { Attribute, ResourceSchema, Schema } from "../../src/scim/schema/attribute.js";
import { forEachEngine } from "../support/engines.js";

const AT = "2026-11-23T12:00:00.000Z";

const LISTS: Readonly<Record<string, (repositories: Repositories, listing: Listing) => Promise<unknown>>> = {
  User: ({ accounts }, listing) => accounts.list(listing),
  Group: ({ organizations, teams }, listing) =>
    Promise.all([organizations.list(listing), teams.listAsGroups(listing)]),
  Team: ({ teams }, listing) => teams.list(listing),
  Invitation: ({ invitations }, listing) => invitations.list(listing, AT),
  AccessToken: ({ accessTokens }, listing) => accessTokens.list(listing),
  AuditEvent: ({ auditEvents }, listing) => auditEvents.list(listing),
  Candidate: ({ candidates }, listing) => candidates.list("nowhere", listing),
};

const REALMS: readonly Realm[] = [PROVIDER_REALM, { type: "organization", organizationId: "nowhere" }];

describe("What schemas say of attributes", () => {
  forEachEngine((engine) => {
    let database: Database;
    before(async () => {
      database = await openDatabase(
        readSettings({ DATABASE_URL: await engine.migratedDatabaseUrl() }).database,
      );
    });
    after(() => database.close());

    for (const { schema } of resourceTypes) {
      for (const realm of REALMS) {
        it(`is how a ${schema.resourceType} is stored and compared, in the realm of the ${realm.type}`, async () => {
          const repositories = new Repositories(database.reader, realm);
          const supported: string[] = [];
          for (const path of textsOf(schema)) {
            const filter = compileFilter(schema, `${path} eq "x"`);
            const start = { type: "offset", offset: 0 } as const;
            const listing = { filter, start, limit: 1, maxBytes: 1000, locations: () => "" };
            try {
              await LISTS[schema.resourceType]?.(repositories, listing);
              supported.push(path);
            } catch (error) {
              if (!(error instanceof UnsupportedFieldError)) throw error;
            }
          }
          expect(supported.length).to.be.above(2);
        });
      }
    }
  });

  it("leaves no way to compare a column in another manner", () => {
    const field = (caseExact: boolean) => ({ path: ["name"], type: "string", caseExact }) as const;
    expect(expressionOf(text("t.name"), field(true))).to.equal("t.name");
    expect(expressionOf(text("t.name"), field(false))).to.equal("t.name_key");
    expect(() => expressionOf("t.name", field(false))).to.throw(
      "name is not stored as its schema compares it",
    );
    expect(() => expressionOf(folded("t.name_key"), field(true))).to.throw("is not stored as its schema");
  });
});

/** The paths of all texts in a schema and its extensions. */
function textsOf({ core, extensions }: ResourceSchema): string[] {
  const of = ({ attributes }: Schema, prefix = "") =>
    [...attributes.values()].flatMap((attribute) => pathsOf(attribute, `${prefix}${attribute.name}`));
  return [...of(core), ...[...extensions.values()].flatMap((each) => of(each, `${each.id}:`))];
}

function pathsOf({ type, returned, subAttributes }: Attribute, path: string): string[] {
  if (returned === "never") return [];
  if (type === "complex") {
    return [...subAttributes.values()].flatMap((each) => pathsOf(each, `${path}.${each.name}`));
  }
  return type === "string" || type === "reference" ? [path] : [];
}
