import type { Realm } from "../domain/access/principal.js";
import { sql } from "./listing/sql.js";
import type { Sql } from "./listing/sql.js";

/**
 * Keeps a statement within a realm: it goes behind the statement's other conditions.
 *
 * @param column with the id of the organization that a row belongs to
 */
export const within = (realm: Realm, column: string): Sql =>
  realm.type === "provider" ? sql("") : sql(`and ${column} = ?`, realm.organizationId);
