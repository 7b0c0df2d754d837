/** A constraint of the schema that a statement would have broken. */
export interface ConstraintViolation {
  readonly kind: "unique" | "foreignKey" | "check" | "notNull";
  /** The constraint's name as the migrations give it; "" for SQLite's foreign keys, which do not say. */
  readonly constraint: string;
}

const POSTGRES_KINDS: Readonly<Record<string, ConstraintViolation["kind"]>> = {
  "23505": "unique",
  "23503": "foreignKey",
  "23514": "check",
  "23502": "notNull",
};

const SQLITE_KINDS: readonly (readonly [string, ConstraintViolation["kind"]])[] = [
  ["UNIQUE constraint failed: ", "unique"],
  ["FOREIGN KEY constraint failed", "foreignKey"],
  ["CHECK constraint failed: ", "check"],
  ["NOT NULL constraint failed: ", "notNull"],
];

/**
 * Recognises a broken constraint in a driver's error. SQLite names the columns of a unique constraint and
 * not the constraint; migrations call those `<table>_<column>_unique`, which is what is given here.
 */
export function constraintViolation(error: unknown): ConstraintViolation | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, constraint } = error as { code?: string; constraint?: string };
  const kind = POSTGRES_KINDS[code ?? ""];
  if (kind) return { kind, constraint: constraint ?? "" };
  if (code !== "SQLITE_CONSTRAINT") return undefined;
  for (const [text, sqliteKind] of SQLITE_KINDS) {
    const at = error.message.lastIndexOf(text);
    if (at < 0) continue;
    const named = error.message.slice(at + text.length);
    return { kind: sqliteKind, constraint: sqliteKind === "unique" ? nameOfUnique(named) : named };
  }
  return undefined;
}

function nameOfUnique(columns: string): string {
  const parts = columns.split(", ").map((column) => column.split("."));
  return [parts[0]?.[0], ...parts.map(([, column]) => column), "unique"].join("_");
}

/**
 * Whether a prepared statement failed because it is outdated: a table has changed since, or the connection behind a
 * pooler is another one. Prepared anew, it works.
 */
export function isOutdated(error: unknown): boolean {
  const { code, routine } = (error ?? {}) as { code?: string; routine?: string };
  // No such statement, there already is one, or "cached plan must not change result type".
  return code === "26000" || code === "42P05" || (code === "0A000" && routine === "RevalidateCachedQuery");
}

/** Errors of a driver after which the same transaction may well succeed: it lost a race, or what it ran is outdated. */
export function isTransient(error: unknown): boolean {
  const code = (error as { code?: string } | undefined)?.code;
  return code === "40001" || code === "40P01" || code === "SQLITE_BUSY" || isOutdated(error);
}

/** PostgreSQL's names for a value that a statement was given and cannot take: a number out of range, or no text. */
const INVALID_VALUES: ReadonlySet<string> = new Set(["22003", "22021", "22P02", "22P05"]);

/** Whether a statement failed by a value that the engine cannot take; SQLite takes all. */
export const hasInvalidValue = (error: unknown) =>
  INVALID_VALUES.has((error as { code?: string } | undefined)?.code ?? "");
