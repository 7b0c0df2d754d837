import type { Dialect } from "../../db/dialect.js";
import { COLUMNS } from "./account-rows.js";
import type { AccountView } from "./account-view.js";

/** What is read of accounts. */
interface AccountColumns {
  /** SQL for the columns except the id and the organizations, by name. */
  readonly expressions: Readonly<Record<string, string>>;
  /** The statement that reads the account with an id, as far as its end. */
  readonly byId: string;
  /** The statement that reads the accounts of a JSON list of ids. */
  readonly byIds: string;
  /** The statement that reads the accounts of a JSON list of folded user names. */
  readonly byUserNames: string;
}

/** Writing the text anew, and looking for the statement that was prepared from it, cost about as much as reading a row. */
const known = new WeakMap<AccountView, AccountColumns>();

export function columnsOf(view: AccountView, dialect: Dialect): AccountColumns {
  const columns = known.get(view) ?? columnsFrom(view, dialect);
  known.set(view, columns);
  return columns;
}

function columnsFrom({ from, isInvited, organizations }: AccountView, dialect: Dialect): AccountColumns {
  const expressions = {
    ...Object.fromEntries(COLUMNS.map((name) => [name, `accounts.${name}`])),
    is_invited: isInvited,
  };
  const named = Object.entries(expressions).map(([name, column]) => `${column} as ${name}`);
  const all = `select accounts.id, ${named.join(", ")}, ${organizations} as organizations from ${from.text}`;
  return {
    expressions,
    byId: `${all} where accounts.id = ?`,
    byUserNames: `${all} where ${dialect.isOneOfFew("accounts.user_name_key")}`,
    byIds: `${all} where ${dialect.isOneOfFew("accounts.id")}`,
  };
}
