import { ImmutableError } from "../errors.js";
import { isSameMailbox } from "../values/email.js";
import { isJsonObject } from "../values/json.js";
import type { JsonValue } from "../values/json.js";

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
 * Requires that no address is added but proved ones. One that is there twice would be the person's own word for it, so its
 * number counts.
 *
 * @param before the attribute `emails`
 * @param proved the addresses that the person proved
 * @throws ImmutableError
 */
export function requireOwnAddresses(
  before: JsonValue | undefined,
  after: JsonValue | undefined,
  proved: readonly string[],
): void {
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

/** The addresses in the attribute `emails`. */
export const valuesOfEmails = (emails: JsonValue | undefined): string[] =>
  (Array.isArray(emails) ? emails : []).flatMap((email) =>
    isJsonObject(email) && typeof email.value === "string" ? [email.value] : [],
  );
