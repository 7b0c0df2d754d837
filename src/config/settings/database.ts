import { bool, str } from "envalid";
import { databaseUrl, wholeNumber, wholeNumberFrom } from "../parsers.js";
import { setting } from "../setting.js";

export const database = {
  DATABASE_URL: setting(
    "database",
    databaseUrl({
      default: undefined,
      desc: "sqlite:<path> or postgres://... (default: sqlite:<MUSTER_DATA_DIR>/muster.sqlite)",
      example: "postgres://muster:secret@localhost:5432/muster",
    }),
    "credentials",
  ),
  MUSTER_DATA_DIR: setting(
    "dataDir",
    str({
      default: "./data",
      desc: "Folder for the SQLite database, and for mail without a mail server",
    }),
  ),
  STATEMENT_TIMEOUT: setting(
    "databaseTimeouts.statement",
    wholeNumber({
      default: 5,
      desc: "Seconds that one database statement may take if it looks up by a key or writes",
    }),
  ),
  LIST_TIMEOUT: setting(
    "databaseTimeouts.list",
    wholeNumber({
      default: 8,
      desc: "Seconds that the database may take for one list; a slower list is refused",
    }),
  ),
  DATABASE_WAIT: setting(
    "databaseTimeouts.wait",
    wholeNumber({
      default: 5,
      desc: "Seconds that a request waits for a database connection, or for its turn to write",
    }),
  ),
  PREPARED_STATEMENTS: setting(
    "preparedStatements",
    bool({
      default: true,
      desc: "false if a pooler between Muster and PostgreSQL does not pass prepared statements through",
    }),
  ),
  REMOVALS_RETENTION_DAYS: setting(
    "removalsRetentionDays",
    wholeNumberFrom(0)({
      default: 30,
      desc: "Days that what was removed is kept, so that it can be undone and an organization knows a person who comes back; 0: not at all",
    }),
  ),
  AUDIT_RETENTION_DAYS: setting(
    "auditRetentionDays",
    wholeNumber({
      default: 365,
      desc: "Days that audit events are kept; older events are deleted",
    }),
  ),
};
