import { constraintViolation } from "../db/violations.js";
import type { UniquenessError } from "../domain/errors.js";

/**
 * Runs a write that may break a unique constraint.
 *
 * @param constraint its name, as the migrations give it
 * @param taken what to throw when the value is taken
 */
export async function writeUnique(
  write: Promise<unknown>,
  constraint: string,
  taken: () => UniquenessError,
): Promise<void> {
  try {
    await write;
  } catch (error) {
    if (constraintViolation(error)?.constraint === constraint) throw taken();
    throw error;
  }
}
