import { isDeepStrictEqual } from "node:util";
import { hasRole, PROVIDER_ADMIN } from "../../domain/access/roles.js";
import { UniquenessError } from "../../domain/errors.js";
import type { Account } from "../../domain/users/account.js";
import { sharedAfter } from "../../domain/users/shared-profile.js";
import type { AccountWrite } from "../../repositories/users/account-rows.js";
import type { AccountRepository } from "../../repositories/users/accounts.js";
import type { Repositories } from "../../repositories/unit-of-work.js";
import { concernsSetup } from "./account-rules.js";

/** The names of the attributes that change in an account: those of the profile, and all. */
export interface WrittenAttributes {
  readonly personal: readonly string[];
  readonly all: readonly string[];
}

/**
 * Writes an account as the provider or the person says: that ends an organization's care, and records that follow the
 * account follow. The caller has locked the account.
 *
 * @throws UniquenessError when another account has the user name
 */
export async function writeAccount(
  { accounts, records, accountSetups }: Repositories,
  current: Account,
  next: Omit<AccountWrite, "shared">,
  { personal, all }: WrittenAttributes,
): Promise<void> {
  const { id } = next;
  const isWritten = personal.length > 0;
  if (personal.includes("userName")) await requireFree(accounts, id, next.userName);
  const origin = isWritten || hasRole(next.roles, PROVIDER_ADMIN) ? await accounts.origin(id) : undefined;
  if (origin?.isInCare) await records.endCare([id]);
  const before = isWritten ? origin?.shared : undefined;
  const shared = before && sharedAfter(current, before, next);
  // Which of two entries of one address is shared can change with any other attribute.
  const hasNewEmails = personal.includes("emails") || (shared !== undefined && !isSameList(shared, before));
  await accounts.update({ ...next, shared }, { isWritten, hasNewEmails });
  if (isWritten) {
    const isShownAnew = shared === undefined || shared.profile.text !== before?.profile.text;
    await records.follow(id, { isShownAnew, hasNewEmails, at: next.updatedAt });
  }
  if (concernsSetup(all)) await accountSetups.revoke(id);
}

/**
 * Gives an account another user name, as the person says: that ends an organization's care, and records that follow the
 * account follow.
 *
 * @throws UniquenessError when another account has the user name
 */
export async function renameAccount(
  { accounts, records, accountSetups }: Repositories,
  { id }: Pick<Account, "id">,
  userName: string,
  at: string,
): Promise<void> {
  await requireFree(accounts, id, userName);
  await records.endCare([id]);
  await accounts.rename(id, userName, at);
  await records.follow(id, { isShownAnew: false, hasNewEmails: false, at });
  await accountSetups.revoke(id);
}

const isSameList = (one: Pick<Account, "profile">, other: Pick<Account, "profile"> | undefined) =>
  isDeepStrictEqual(one.profile.value.emails, other?.profile.value.emails);

/** Asks before anything is written, since what is written has to be undone. @throws UniquenessError */
async function requireFree(accounts: AccountRepository, id: string, userName: string): Promise<void> {
  const holder = await accounts.findIdByUserName(userName);
  if (holder !== undefined && holder !== id) throw new UniquenessError("User", "userName", userName);
}
