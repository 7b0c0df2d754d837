import { open, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import sqlite3 from "sqlite3";
import { faultOf } from "../faults.js";

/** How long to wait for another process that opens or closes the database, in milliseconds. */
const PATIENCE_MS = 10_000;

/**
 * Copies an embedded database as it is at one moment, while servers read and write it. The copy has only what is used,
 * and is on disk when this returns.
 *
 * @param target a file that is not there; only its owner may read it
 * @returns the size of the copy, in bytes
 * @throws UnavailableError for a fault of either file, an error with a `code` for a target that cannot be made
 */
export async function backUp(filename: string, target: string): Promise<number> {
  // Nobody takes a copy that was cut short for a backup. One that was killed may have left its part.
  const part = `${target}.part`;
  await rm(part, { force: true });
  const file = await open(part, "wx", 0o600);
  try {
    await vacuumInto(filename, part);
    await requireIntact(part);
    // SQLite has written into this file, since it was empty.
    await file.sync();
    await rename(part, target);
    const folder = await open(dirname(target), "r");
    await folder.sync().finally(() => folder.close());
    return (await stat(target)).size;
  } catch (error) {
    await rm(part, { force: true });
    throw faultOf(error) ?? error;
  } finally {
    await file.close();
  }
}

const vacuumInto = (filename: string, target: string) =>
  withConnection(filename, sqlite3.OPEN_READWRITE, (connection) =>
    all(connection, "vacuum into ?", [target]),
  );

async function requireIntact(target: string): Promise<void> {
  const rows = await withConnection(target, sqlite3.OPEN_READONLY, (connection) =>
    all<{ quick_check: string }>(connection, "pragma quick_check"),
  );
  const [first] = rows;
  if (rows.length === 1 && first?.quick_check === "ok") return;
  throw Object.assign(new Error(`The copy is not intact: ${first?.quick_check}`), { code: "SQLITE_CORRUPT" });
}

async function withConnection<T>(
  filename: string,
  mode: number,
  work: (connection: sqlite3.Database) => Promise<T>,
): Promise<T> {
  const connection = await new Promise<sqlite3.Database>((resolve, reject) => {
    const opened = new sqlite3.Database(filename, mode, (error) => {
      if (error) reject(error);
      else resolve(opened);
    });
  });
  connection.configure("busyTimeout", PATIENCE_MS);
  try {
    return await work(connection);
  } finally {
    await new Promise((done) => {
      connection.close(done);
    });
  }
}

const all = <Row>(
  connection: sqlite3.Database,
  sql: string,
  bindings: readonly string[] = [],
): Promise<Row[]> =>
  new Promise((resolve, reject) => {
    connection.all<Row>(sql, bindings, (error, rows) => {
      if (error) reject(error);
      else resolve(rows);
    });
  });
