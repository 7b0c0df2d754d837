import { readSettings } from "../../src/config/settings.js";
import { openDatabase } from "../../src/db/open.js";

/** What a dry run leaves behind on purpose. */
const KEPT = ["muster_audit_events", "muster_rate_limits"];

/** What a job writes, some time after the rows that it is about. */
const SEARCH = "muster_search";

/** What any request leaves behind, and what becomes of a mail that was written before. */
const MARKS = [
  ...["last_used_at", "last_active_at"],
  ...["due_at", "attempts", "claimed_until", "ended_at", "result", "mail_state", "mail_at"],
];

/** All rows of all tables, but those of the audit log, of rate limits and of jobs, without marks of use. */
export async function tablesOf(databaseUrl: string): Promise<string[]> {
  const { dialect, reader, close } = await opened(databaseUrl);
  try {
    const names = await reader.rows<{ name: string }>(
      dialect.engine === "sqlite"
        ? "select name from sqlite_master where type = 'table' and name like 'muster_%'"
        : "select tablename as name from pg_tables where schemaname = current_schema() and tablename like 'muster_%'",
    );
    const texts: string[] = [];
    for (const { name } of names.filter(
      (table) => !KEPT.includes(table.name) && !table.name.startsWith(SEARCH),
    )) {
      const rows = await reader.rows<Record<string, unknown>>(`select * from ${name}`);
      texts.push(...rows.map((row) => `${name} ${JSON.stringify(row, withoutMarks)}`));
    }
    return texts.sort();
  } finally {
    await close();
  }
}

async function opened(databaseUrl: string) {
  const database = await openDatabase(readSettings({ DATABASE_URL: databaseUrl }).database);
  return { dialect: database.dialect, reader: database.reader, close: () => database.close() };
}

const withoutMarks = (name: string, value: unknown) => (MARKS.includes(name) ? undefined : value);
