import type { AccountInput } from "../../domain/users/account.js";
import type { EmailsChange, MembershipKey } from "../../repositories/memberships/records.js";
import type { Repositories } from "../../repositories/unit-of-work.js";
import type { Dependencies } from "../dependencies.js";
import { isNameOfDeleted } from "./who-is-who.js";

/** What an organization writes of a person, apart from the membership. */
export interface RecordChange {
  readonly input: AccountInput;
  /** The organization's name for the person until now; undefined for a new record. */
  readonly currentName: string | undefined;
  readonly emails: EmailsChange;
}

/**
 * Writes an organization's record of a person, and the account if it is in the organization's care. A record that is not
 * is the organization's own from now on.
 *
 * @throws UniquenessError when another person of the organization has the user name
 */
export async function writeRecord(
  { now }: Pick<Dependencies, "now">,
  { accounts, records, accountSetups, ownAddresses, secondFactors }: Repositories,
  key: MembershipKey,
  { input, currentName, emails }: RecordChange,
): Promise<void> {
  const { organizationId, accountId } = key;
  const origin = await accounts.origin(accountId);
  const inCare = origin.isInCare && origin.organizationId === organizationId;
  await records.write(key, input, { isOwn: !inCare, emails });
  if (!inCare) return;
  const { userName } = input;
  const renames =
    currentName !== undefined && userName !== currentName && !isNameOfDeleted(userName, currentName);
  const isRenamed = await accounts.followRecord(accountId, input, {
    ...{ current: origin.userName ?? "", renames, hasNewEmails: emails !== "none", at: now() },
  });
  if (!isRenamed) return;
  // Before the passwords, since it goes with one.
  await secondFactors.giveTo(organizationId, accountId);
  await accounts.givePasswordTo(organizationId, accountId);
  await ownAddresses.forgetAll(accountId);
  await accountSetups.revoke(accountId);
}
