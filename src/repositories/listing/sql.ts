import type { Binding } from "../../db/session.js";

/** A piece of SQL with a binding for each `?`. */
export interface Sql {
  readonly text: string;
  readonly bindings: readonly Binding[];
}

export const sql = (text: string, ...bindings: Binding[]): Sql => ({ text, bindings });

/**
 * An SQL expression for a column after a prefix.
 *
 * @param prefix from Muster, never from a client, and without a question mark, which Knex would take for a binding
 */
export const prefixed = (prefix: string, column: string) =>
  `('${prefix.replaceAll("'", "''")}' || ${column})`;
