import type { Binding, Session } from "../../db/session.js";
import type { AccountInput } from "../../domain/users/account.js";
import { isJsonObject } from "../../domain/values/json.js";
import type { JsonObject, JsonValue } from "../../domain/values/json.js";

/** What has e-mail addresses, as they are searched. */
type WithEmails = Pick<AccountInput, "search">;

const cell = (element: JsonObject) => (name: string) => {
  const value: JsonValue | undefined = element[name];
  return typeof value === "string" || typeof value === "boolean" ? value : null;
};

/** The columns of a table of e-mail addresses, in the order of `emailBindings`. */
export const EMAIL_COLUMNS = ["account_id", "position", "value_key", "display_key", "type_key", "is_primary"];

/** The values of the columns of a table of e-mail addresses, for each address. @param id of the account */
export function emailBindings({ search }: WithEmails, id: string): Binding[][] {
  const { emails } = search.value;
  return (Array.isArray(emails) ? emails : [])
    .filter(isJsonObject)
    .map((email, position) => [id, position, ...["value", "display", "type", "primary"].map(cell(email))]);
}

/** Writes the addresses of an account instead of those that it had. @param shared as `insertEmails` takes it */
export async function replaceEmails(
  session: Session,
  id: string,
  account: WithEmails,
  shared: WithEmails | undefined,
): Promise<void> {
  await session.rows("delete from muster_account_emails where account_id = ?", [id]);
  await insertEmails(session, id, account, shared);
}

/**
 * Writes the addresses of an account that has none.
 *
 * @param shared whose addresses other organizations may see; undefined: all
 */
export async function insertEmails(
  session: Session,
  id: string,
  account: WithEmails,
  shared: WithEmails | undefined,
): Promise<void> {
  const emails = emailBindings(account, id);
  if (emails.length === 0) return;
  const without = ([, , ...email]: readonly Binding[]) => JSON.stringify(email);
  const visible = shared && new Set(emailBindings(shared, id).map(without));
  await session.insertLater(
    "muster_account_emails",
    [...EMAIL_COLUMNS, "is_shared"],
    emails.map((email) => [...email, !visible || visible.has(without(email))]),
  );
}
