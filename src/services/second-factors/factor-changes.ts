import type { Author } from "../../domain/access/principal.js";
import type { MailKind } from "../../domain/mail/mail.js";
import type { FactorOwner } from "../../domain/sessions/second-factor.js";
import { mailAddress } from "../../domain/users/account.js";
import type { AccountWithOrganizations } from "../../domain/users/account.js";
import type { Repositories } from "../../repositories/unit-of-work.js";
import type { Dependencies } from "../dependencies.js";
import { targetOf } from "../users/account-rules.js";
import { personalAddresses } from "../users/reset-addresses.js";

/** Whose factor changed, and how. */
export interface FactorChange {
  readonly owner: FactorOwner;
  /** The person as the factor's realm shows them. */
  readonly account: AccountWithOrganizations;
  /** For the audit log. */
  readonly detail: string;
  /** The mail that tells the person; undefined: none. */
  readonly mail?: Extract<MailKind, "second-factor-added" | "second-factor-removed">;
}

/** Records a change of a factor in the factor's realm, and tells the person by mail where there is an address. */
export async function recordFactorChange(
  deps: Pick<Dependencies, "now" | "newId" | "changes">,
  repositories: Repositories,
  author: Author,
  { owner, account, detail, mail }: FactorChange,
): Promise<void> {
  const { accountId, organizationId } = owner;
  const address = mail && (await addressFor(repositories, owner, account));
  if (mail && address !== undefined) {
    const within = organizationId === undefined ? {} : { organizationId };
    const about = { kind: mail, address, accountId, ...within, revision: 0 };
    await repositories.outbox.insert([{ ...about, id: deps.newId(), createdAt: deps.now() }]);
  }
  await deps.changes.record(repositories, author, {
    ...{ action: "change", target: targetOf(account), attributes: ["secondFactor"], organizationId },
    detail: `second factor: ${detail}`,
  });
}

/**
 * Where mail reaches the person who has the password that the factor guards: for an organization's, the address of its own
 * record, so that a person whose name it took gets no mail that it causes.
 */
async function addressFor(
  repositories: Repositories,
  { organizationId }: FactorOwner,
  account: AccountWithOrganizations,
): Promise<string | undefined> {
  if (organizationId !== undefined) return mailAddress(account);
  return (await personalAddresses(repositories, account))[0];
}
