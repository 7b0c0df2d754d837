import type { Account } from "../../domain/users/account.js";
import { isEmailAddress } from "../../domain/values/email.js";
import type { Repositories } from "../../repositories/unit-of-work.js";
import { quoted } from "./quoted.js";

/** Whom mail addresses. An organization's mail has the organization's names. @returns undefined for no member of it */
export async function namesFor(
  { organizations, records }: Pick<Repositories, "organizations" | "records">,
  account: Pick<Account, "id" | "userName" | "displayName" | "profile">,
  organizationId: string | undefined,
) {
  if (organizationId === undefined) return { name: nameOf(account), userName: userNameOf(account) };
  const names = await records.namesOf({ organizationId, accountId: account.id });
  const organization = await organizations.find(organizationId, { lock: false });
  return (
    names && {
      name: names.displayName && quoted(names.displayName),
      userName: userNameOf(names),
      organizationName: organization && quoted(organization.displayName),
    }
  );
}

/** The name by which mail addresses a person. */
export function nameOf({
  displayName,
  profile,
}: {
  displayName: string | undefined;
  profile: { value: object };
}): string | undefined {
  const { name } = profile.value as { name?: { givenName?: unknown } };
  const known = typeof name?.givenName === "string" ? name.givenName : displayName;
  return known && quoted(known);
}

/** The user name in a mail. An e-mail address stays as it is, so that people can copy it. */
export const userNameOf = ({ userName }: { userName: string }) =>
  isEmailAddress(userName) ? userName : quoted(userName);
