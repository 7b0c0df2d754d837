import type { Session } from "../db/session.js";
import { constraintViolation } from "../db/violations.js";
import type { UniquenessError } from "../domain/errors.js";
import type { Sql } from "./listing/sql.js";

/**
 * Inserts a row, unless another one has the same value in unique columns. No statement fails then, so the transaction can
 * continue.
 *
 * @param insert a whole `insert into ... values ...`
 * @param columns the columns of the unique constraint
 * @param taken makes the error for a value that is taken
 */
export async function insertUnique(
  session: Session,
  insert: Sql,
  columns: string,
  taken: () => UniquenessError,
): Promise<void> {
  const inserted = await session.rows(
    `${insert.text} on conflict (${columns}) do nothing returning 1`,
    insert.bindings,
  );
  if (inserted.length === 0) throw taken();
}

/**
 * Runs an update that may break a unique constraint.
 *
 * @param constraint the constraint's name in the migrations
 * @param taken makes the error for a value that is taken
 */
export async function updateUnique<T>(
  update: Promise<T>,
  constraint: string,
  taken: () => Error,
): Promise<T> {
  try {
    return await update;
  } catch (error) {
    if (constraintViolation(error)?.constraint === constraint) throw taken();
    throw error;
  }
}
