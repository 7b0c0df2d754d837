import { addressesOf } from "../../domain/users/account.js";
import type { AccountWithOrganizations } from "../../domain/users/account.js";
import { isEmailAddress, isSameMailbox } from "../../domain/values/email.js";
import type { Repositories } from "../../repositories/unit-of-work.js";

/** A person whose password is to be replaced. */
export type Forgetful = Pick<AccountWithOrganizations, "id" | "userName" | "profile">;

/** Where mail goes, and whether it gives a password of the person. */
export interface ResetAddress {
  readonly address: string;
  readonly isPersonal: boolean;
}

/**
 * The addresses at which a mail proves that somebody is the person: the account's user name, those that the provider or the
 * person wrote, and those that the person proved. Never one that an organization wrote.
 */
export async function personalAddresses(
  repositories: Pick<Repositories, "accounts" | "ownAddresses">,
  account: Forgetful,
): Promise<string[]> {
  const { userName = account.userName } = await repositories.accounts.origin(account.id);
  const proved = await repositories.ownAddresses.proved(account.id);
  return [
    ...(isEmailAddress(userName) ? [userName] : []),
    ...(await sharedAddresses(repositories, account)),
    ...proved.map(({ address }) => address),
  ];
}

/** The addresses in the profile that the provider or the person wrote. */
export async function sharedAddresses(
  { accounts }: Pick<Repositories, "accounts">,
  { id, profile }: Pick<Forgetful, "id" | "profile">,
): Promise<string[]> {
  const shared = (await accounts.origin(id)).shared?.profile ?? profile;
  return addressesOf({ userName: "", profile: shared });
}

/**
 * Chooses the address for a mail: the one that was entered, if it is one of the person's; else the first.
 *
 * @param personal what `personalAddresses` returns
 * @param record the person's record in the organization that created the account
 * @param prefersRecord whether the organization's own addresses come first
 */
export function resetAddress(
  entered: string,
  personal: readonly string[],
  record: Pick<Forgetful, "userName" | "profile"> | undefined,
  prefersRecord: boolean,
): ResetAddress | undefined {
  const ofRecord = record ? addressesOf(record) : [];
  const inOrder = prefersRecord ? [...ofRecord, ...personal] : [...personal, ...ofRecord];
  const isEntered = (each: string) => isEmailAddress(entered) && isSameMailbox(each, entered);
  const address = personal.find(isEntered) ?? inOrder[0];
  return address === undefined
    ? undefined
    : { address, isPersonal: personal.some((each) => isSameMailbox(each, address)) };
}
