import { isEmailAddress, isSameMailbox } from "../../domain/values/email.js";
import type { AccountInput } from "../../domain/users/account.js";
import type { Repositories } from "../../repositories/unit-of-work.js";

/** A person whom an organization's POST is about. */
export interface KnownPerson {
  readonly accountId: string;
  /** Whether the person is a member already, active or not. */
  readonly isMember: boolean;
}

/**
 * Finds the person whom an organization posts, by the organization's own name for the person:
 *
 * 1. among its people, active or not, and the records that it keeps of people who left; a kept record with another
 *    `externalId` is a different person;
 * 2. the account that has this user name, if the name is an e-mail address and the organization has no record of that
 *    account, and keeps none. `strasse.example` and `straße.example` are one name, but the addresses of two people.
 *
 * @returns undefined when the person is new: the account is to be created
 */
export async function findPerson(
  { records }: Pick<Repositories, "records">,
  organizationId: string,
  { userName, externalId }: Pick<AccountInput, "userName" | "externalId">,
): Promise<KnownPerson | undefined> {
  const found = await records.findNamed(organizationId, userName, externalId);
  if (!found) return undefined;
  const { accountId, place, ownName } = found;
  if (place === "account" && !(isEmailAddress(userName) && isSameMailbox(ownName, userName)))
    return undefined;
  return { accountId, isMember: place === "member" };
}

/**
 * A user name for an account whose organization's name for the person is taken. It is no e-mail address, so nobody is
 * found by it.
 *
 * @param id the account's
 */
export const generatedUserName = (userName: string, id: string) => `${userName}#${id.slice(-12)}`;

/** How Entra ID renames people whom it deletes: 32 hexadecimal digits before the old name. */
const DELETED_BY_ENTRA = /^[0-9a-f]{32}/i;

/** Whether a new name is only Entra ID's for a deleted person. */
export const isNameOfDeleted = (next: string, current: string) =>
  DELETED_BY_ENTRA.test(next) && next.slice(32).toLowerCase() === current.toLowerCase();
