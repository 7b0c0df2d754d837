import type { Realm } from "../domain/access/principal.js";
import { sql } from "./listing/sql.js";
import type { Sql } from "./listing/sql.js";

/**
 * SQL that limits a statement to a realm. It comes after the statement's other conditions.
 *
 * @param column the column with the id of the organization that a row belongs to
 */
export const within = (realm: Realm, column: string): Sql =>
  realm.type === "provider" ? sql("") : sql(`and ${column} = ?`, realm.organizationId);
