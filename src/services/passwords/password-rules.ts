import type { AccountInput } from "../../domain/users/account.js";
import { InvalidValueError } from "../../domain/errors.js";
import { isJsonObject } from "../../domain/values/json.js";

/** NIST SP 800-63B section 3.1.1.2. */
const MIN_LENGTH = 8;

const MAX_LENGTH = 256;

/**
 * The strength that zxcvbn must find: more than a million guesses. Identity providers generate passwords of eight random
 * characters, which zxcvbn takes for a hundred million, and for less if there is a word in them by chance: a higher bar
 * would refuse some of those.
 */
export const MIN_SCORE = 2;

/** Not text, or not the same text for every version of Unicode: control characters, half characters, unassigned ones. */
const UNUSABLE = /[\p{Cc}\p{Cs}\p{Cn}]/u;

/** How much of what others know of a person is compared with a password. */
const KNOWN_WORDS = 40;
const KNOWN_LENGTH = { min: 3, max: 64 };

/**
 * Refuses what cannot be a password, before anything is done with it that costs time.
 *
 * @returns the password in the one form that is judged and hashed (NFKC, NIST SP 800-63B section 3.1.1.2)
 * @throws InvalidValueError that names the rule and never repeats the password
 */
export function requireUsablePassword(password: string): string {
  // No form of a password has more characters than UTF-16 needs units, so a text of megabytes is not even normalised.
  if (password.length > 2 * MAX_LENGTH) throw tooLong();
  const usual = normalPassword(password);
  const { length } = Array.from(usual);
  if (length > MAX_LENGTH) throw tooLong();
  if (length < MIN_LENGTH) {
    throw new InvalidValueError(`The password is too short; use at least ${MIN_LENGTH} characters`);
  }
  if (UNUSABLE.test(usual)) {
    throw new InvalidValueError(
      "The password contains control characters, such as a line break, or characters that Unicode does not define; remove them",
    );
  }
  return usual;
}

/** The same characters, however a keyboard or a system composes them. */
export const normalPassword = (password: string) => password.normalize("NFKC");

/** The words that others know of a person, and would try as the password. */
export function knownWords(...people: readonly Pick<AccountInput, "userName" | "displayName" | "profile">[]) {
  const texts = people.flatMap(({ userName, displayName, profile }) => {
    const { name, nickName } = profile.value;
    const names = isJsonObject(name) ? Object.values(name) : [];
    return [userName, displayName, nickName, ...names].filter((each) => typeof each === "string");
  });
  const cut = texts.map((text) => text.slice(0, KNOWN_LENGTH.max));
  const words = cut.flatMap((text) => [text, ...text.split(/[^\p{L}\p{N}\p{M}]+/u)]);
  return [...new Set(words.filter((word) => word.length >= KNOWN_LENGTH.min))].slice(0, KNOWN_WORDS);
}

const tooLong = () => new InvalidValueError(`The password is too long; use at most ${MAX_LENGTH} characters`);
