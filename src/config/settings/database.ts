import { str } from "envalid";
import { databaseUrl, wholeNumber } from "../parsers.js";
import { setting } from "../setting.js";

export const database = {
  DATABASE_URL: setting(
    "database",
    databaseUrl({
      default: undefined,
      desc: "sqlite:<path> or postgres://... (default: sqlite:<MUSTER_DATA_DIR>/muster.sqlite)",
      example: "postgres://muster:secret@localhost:5432/muster",
    }),
  ),
  MUSTER_DATA_DIR: setting(
    "dataDir",
    str({
      default: "./data",
      desc: "Folder for the embedded database",
    }),
  ),
  STATEMENT_TIMEOUT: setting(
    "databaseTimeouts.statement",
    wholeNumber({
      default: 5,
      desc: "Seconds that the database may take for a statement that looks up by a key, or writes",
    }),
  ),
  LIST_TIMEOUT: setting(
    "databaseTimeouts.list",
    wholeNumber({
      default: 8,
      desc: "Seconds that the database may take for a list; one that takes longer is refused",
    }),
  ),
  DATABASE_WAIT: setting(
    "databaseTimeouts.wait",
    wholeNumber({
      default: 5,
      desc: "Seconds that a request waits for a connection to the database, or to write",
    }),
  ),
  AUDIT_RETENTION_DAYS: setting(
    "auditRetentionDays",
    wholeNumber({
      default: 365,
      desc: "Days that the audit log goes back; older events are forgotten",
    }),
  ),
};
