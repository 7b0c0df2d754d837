/** So many members are written by one statement, which ends long before the limit of time for a statement. */
const PORTION = 1000;

/**
 * Writes members, however many one request names, in portions within the transaction.
 *
 * @param write writes a portion @returns what it returned for all of them
 */
export async function inPortions<T>(
  accountIds: readonly string[],
  write: (portion: readonly string[]) => Promise<readonly T[]>,
): Promise<T[]> {
  const written: T[][] = [];
  for (let first = 0; first < accountIds.length; first += PORTION) {
    written.push([...(await write(accountIds.slice(first, first + PORTION)))]);
  }
  return written.flat();
}
