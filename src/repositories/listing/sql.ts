import type { Binding } from "../../db/session.js";

/** A piece of SQL with a binding for each `?`. */
export interface Sql {
  readonly text: string;
  readonly bindings: readonly Binding[];
}

export const sql = (text: string, ...bindings: Binding[]): Sql => ({ text, bindings });
