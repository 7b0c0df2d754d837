import { ImmutableError } from "../errors.js";
import { isEmailAddress, isSameMailbox } from "../values/email.js";
import { isJsonObject, JsonDocument } from "../values/json.js";
import type { JsonValue } from "../values/json.js";
import type { AccountInput } from "./account.js";

/**
 * What people write in their own account: how they are called and reached. The others say what a person is to the provider
 * or to an employer.
 */
const OWN = [
  ...["displayName", "name", "nickName", "profileUrl", "preferredLanguage", "locale", "timezone"],
  ...["emails", "phoneNumbers", "ims", "photos", "addresses"],
];

/** @param names of the attributes that change @throws ImmutableError */
export function requireOwnAttributes(names: readonly string[]): void {
  const foreign = names.find((name) => !OWN.includes(name));
  if (foreign === undefined) return;
  if (foreign === "userName") {
    throw new ImmutableError(
      "You cannot change 'userName' here; prove an address at /console/session/addresses, and make it your user name there",
    );
  }
  throw new ImmutableError(`You cannot change '${foreign}' of your account here; ask an administrator`);
}

/**
 * Requires that no address is added but proved ones, and none is taken out but the user name: links to a new password go
 * to the others, so taking one out needs the password. One that is there twice would be the person's own word for it, so its
 * number counts.
 *
 * @param before the attribute `emails`
 * @param proved the addresses that the person proved
 * @throws ImmutableError
 */
export function requireOwnAddresses(
  before: JsonValue | undefined,
  after: JsonValue | undefined,
  { userName, proved }: { readonly userName: string; readonly proved: readonly string[] },
): void {
  const remaining = [userName, ...valuesOfEmails(after)];
  const addresses = valuesOfEmails(before).filter(isEmailAddress);
  if (!addresses.every((each) => remaining.some((other) => isSameMailbox(each, other)))) {
    throw new ImmutableError(
      "You cannot take an address out of 'emails' here; remove it at /console/session/addresses, with your password",
    );
  }
  const left = valuesOfEmails(before);
  for (const value of valuesOfEmails(after)) {
    const place = left.indexOf(value);
    if (place >= 0) left.splice(place, 1);
    else if (!proved.some((each) => isSameMailbox(each, value))) {
      throw new ImmutableError(
        "You cannot add an address to 'emails' that you have not proved; prove it at /console/session/addresses first",
      );
    }
  }
}

/**
 * A person's profile, and what is searched of it, without an address in `emails`. The elements of both stand at the same
 * places.
 */
export function withoutAddress(
  { profile, search }: Pick<AccountInput, "profile" | "search">,
  address: string,
): Pick<AccountInput, "profile" | "search"> {
  const isMeant = (email: JsonValue) => valuesOfEmails([email]).some((each) => isSameMailbox(each, address));
  const stays = elementsOf(profile.value.emails).map((email) => !isMeant(email));
  const without = ({ value: { emails, ...others } }: JsonDocument) => {
    const left = elementsOf(emails).filter((_email, place) => stays[place]);
    return JsonDocument.ofValue(left.length === 0 ? others : { ...others, emails: left });
  };
  return { profile: without(profile), search: without(search) };
}

const elementsOf = (emails: JsonValue | undefined) => (Array.isArray(emails) ? emails : []);

/** The addresses in the attribute `emails`. */
export const valuesOfEmails = (emails: JsonValue | undefined): string[] =>
  elementsOf(emails).flatMap((email) =>
    isJsonObject(email) && typeof email.value === "string" ? [email.value] : [],
  );
