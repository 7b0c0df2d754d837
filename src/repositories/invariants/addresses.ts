import { isDeepStrictEqual } from "node:util";
import type { Binding, Session } from "../../db/session.js";
import type { JsonObject } from "../../domain/values/json.js";
import { JsonDocument } from "../../domain/values/json.js";
import { EMAIL_COLUMNS, emailBindings, replaceEmails } from "../users/account-emails.js";
import type { WrongCopy } from "./copies.js";

type Stored = string | JsonObject;

interface SearchRow {
  id: string;
  search: Stored;
  /** What other organizations may see; null: all. */
  shared_search: Stored | null;
}

/** So many accounts are read at once. */
const PORTION = 500;

/** The accounts whose rows of addresses are not those of their profiles. */
export async function* wrongAddresses(session: Session): AsyncGenerator<WrongCopy> {
  for await (const { id } of wrongAccounts(session))
    yield { id, found: "is not found by the addresses of the profile" };
}

/** Writes the rows of those accounts anew. */
export async function mendAddresses(session: Session): Promise<void> {
  for await (const { id, search, shared_search: shared } of wrongAccounts(session)) {
    await replaceEmails(session, id, withSearch(search), shared === null ? undefined : withSearch(shared));
  }
}

/** PostgreSQL's driver has parsed it. */
const withSearch = (stored: Stored) => ({
  search: typeof stored === "string" ? JsonDocument.ofText(stored) : JsonDocument.ofValue(stored),
});

async function* wrongAccounts(session: Session): AsyncGenerator<SearchRow> {
  let after = "";
  for (;;) {
    const accounts = await session.rows<SearchRow>(
      "select id, search, shared_search from muster_accounts where id > ? order by id limit ?",
      [after, PORTION],
    );
    const stored = await storedAddresses(session, accounts);
    for (const account of accounts) {
      const right = emailBindings(withSearch(account.search), account.id).map(plain);
      if (!isDeepStrictEqual(stored.get(account.id) ?? [], right)) yield account;
    }
    const last = accounts.at(-1);
    if (!last || accounts.length < PORTION) return;
    after = last.id;
  }
}

async function storedAddresses(session: Session, accounts: readonly SearchRow[]) {
  const rows = await session.rows<Record<string, Binding>>(
    `select ${EMAIL_COLUMNS.join(", ")} from muster_account_emails
     where account_id in (select items.value from ${session.dialect.textItems}) order by account_id, position`,
    [JSON.stringify(accounts.map(({ id }) => id))],
  );
  const stored = new Map<string, Binding[][]>();
  for (const row of rows) {
    const id = String(row.account_id);
    const addresses = stored.get(id) ?? [];
    stored.set(id, addresses);
    addresses.push(plain(EMAIL_COLUMNS.map((column) => row[column] ?? null)));
  }
  return stored;
}

/** SQLite has no booleans. */
const plain = (values: readonly Binding[]): Binding[] =>
  values.map((value) => (typeof value === "boolean" ? Number(value) : value));
