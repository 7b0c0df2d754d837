import { isDeepStrictEqual } from "node:util";
import type { Binding, Session } from "../../db/session.js";
import { hasRole, ORGANIZATION_ADMIN, PROVIDER_ADMIN } from "../../domain/access/roles.js";
import { foldCase } from "../../domain/values/text.js";
import { roleBindings, toRoles } from "../memberships/roles.js";

type Row = Readonly<Record<string, Binding>>;

/** Columns of a table that are made of others of the same row. */
interface Copies {
  /** What is true, as a sentence without its full stop. */
  readonly name: string;
  readonly table: string;
  readonly key: readonly string[];
  /** Folded copies end with `_key`. */
  readonly folded: readonly string[];
  /** The role that a column tells of; undefined: the table has no roles. */
  readonly power?: { readonly column: string; readonly role: string };
}

/** A row whose copies are not what they are made of. */
export interface WrongCopy {
  readonly id: string;
  readonly found: string;
}

const COPIES: readonly Copies[] = [
  {
    name: "Accounts are found by what they are called and may do",
    ...{ table: "muster_accounts", key: ["id"] },
    folded: ["user_name", "display_name", "shared_display_name"],
    power: { column: "is_provider_admin", role: PROVIDER_ADMIN },
  },
  {
    name: "Members are found by what they are called and may do",
    ...{ table: "muster_memberships", key: ["organization_id", "account_id"] },
    folded: ["user_name", "display_name"],
    power: { column: "is_admin", role: ORGANIZATION_ADMIN },
  },
  {
    name: "Organizations are found by their names",
    ...{ table: "muster_organizations", key: ["id"] },
    folded: ["display_name", "description"],
  },
  {
    name: "Teams are found by what they are called and give",
    ...{ table: "muster_teams", key: ["id"] },
    folded: ["display_name", "description"],
    power: { column: "is_admin", role: ORGANIZATION_ADMIN },
  },
  {
    name: "Invitations are found by their names",
    ...{ table: "muster_invitations", key: ["id"] },
    folded: ["name", "description", "given_name", "family_name"],
  },
];

/** So many rows are read at once. */
const PORTION = 1000;

/** A rule about copies, and what to do with the rows that break it. */
export interface CopyRule {
  readonly name: string;
  /** All rows that break it, read in portions. */
  broken(session: Session): AsyncGenerator<WrongCopy>;
  /** Makes the copies of those rows anew. */
  mend(session: Session): Promise<void>;
}

/** Folded copies, by which names are compared without case, and what columns tell of roles. */
export const COPY_RULES: readonly CopyRule[] = COPIES.map((copies) => ({
  name: copies.name,
  async *broken(session) {
    for await (const { row, right } of wrongRows(session, copies)) {
      const columns = Object.keys(right).filter(
        (column) => !isSame(row[column] ?? null, right[column] ?? null),
      );
      yield {
        id: copies.key.map((column) => row[column]).join(" "),
        found: `${columns.join(", ")} must be made anew`,
      };
    }
  },
  async mend(session) {
    for await (const { row, right } of wrongRows(session, copies)) {
      const set = Object.keys(right).map((column) => `${column} = ?`);
      const where = copies.key.map((column) => `${column} = ?`);
      await session.rows(`update ${copies.table} set ${set.join(", ")} where ${where.join(" and ")}`, [
        ...Object.values(right),
        ...keyOf(row, copies),
      ]);
    }
  },
}));

const keyOf = (row: Row, { key }: Copies) => key.map((column) => row[column] ?? null);

async function* wrongRows(session: Session, copies: Copies) {
  const { table, key, folded, power } = copies;
  const roles = power ? ["roles", "roles_search", power.column] : [];
  const columns = [...key, ...folded.flatMap((column) => [column, `${column}_key`]), ...roles];
  const order = key.join(", ");
  const after = `where (${order}) > (${key.map(() => "?").join(", ")})`;
  let last: Row | undefined;
  do {
    const rows: Row[] = await session.rows<Row>(
      `select ${columns.join(", ")} from ${table} ${last ? after : ""} order by ${order} limit ${PORTION}`,
      last ? keyOf(last, copies) : [],
    );
    for (const row of rows) {
      const right = made(row, copies);
      if (Object.entries(right).some(([column, value]) => !isSame(row[column] ?? null, value)))
        yield { row, right };
    }
    last = rows.length === PORTION ? rows.at(-1) : undefined;
  } while (last);
}

/** The copies that a row should have. */
function made(row: Row, { folded, power }: Copies): Record<string, Binding> {
  const keys = folded.map((column): [string, Binding] => {
    const text = row[column];
    return [`${column}_key`, typeof text === "string" ? foldCase(text) : null];
  });
  if (!power) return Object.fromEntries(keys);
  const roles = toRoles(textOf(row.roles));
  const [, search] = roleBindings(roles);
  return { ...Object.fromEntries(keys), roles_search: search, [power.column]: hasRole(roles, power.role) };
}

/** PostgreSQL's driver may have parsed JSON by itself. */
const textOf = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value ?? []));

function isSame(stored: unknown, right: Binding): boolean {
  if (typeof right === "boolean") return Boolean(stored) === right;
  if (stored === right) return true;
  if (typeof right !== "string" || !right.startsWith("{") || stored === null) return false;
  return isDeepStrictEqual(JSON.parse(textOf(stored)), JSON.parse(right));
}
