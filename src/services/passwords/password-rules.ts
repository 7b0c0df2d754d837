import type { AccountInput } from "../../domain/users/account.js";
import { InvalidValueError } from "../../domain/errors.js";
import { isJsonObject } from "../../domain/values/json.js";

/** NIST SP 800-63B section 3.1.1.2. */
const MIN_LENGTH = 8;

const MAX_LENGTH = 256;

/**
 * The minimum score from zxcvbn: more than a million guesses. Identity providers generate passwords of eight random
 * characters. zxcvbn rates these at about a hundred million guesses, and lower if they contain a word by chance, so a
 * higher minimum would refuse some of them.
 */
export const MIN_SCORE = 2;

/** Characters that are not text, or not in every version of Unicode: control characters, surrogates, unassigned ones. */
const UNUSABLE = /[\p{Cc}\p{Cs}\p{Cn}]/u;

/** How many words about a person are compared with a password, and how long they are. */
const MAX_KNOWN_WORDS = 40;
const KNOWN_WORD_LENGTH = { min: 3, max: 64 };

/**
 * Refuses unusable passwords with checks that are fast.
 *
 * @returns the password in the normal form that is judged and hashed (NFKC, NIST SP 800-63B section 3.1.1.2)
 * @throws InvalidValueError that names the rule and never repeats the password
 */
export function requireUsablePassword(password: string): string {
  // Checked before normalising, which would take long for a text of megabytes. Each character has at most two UTF-16 units.
  if (password.length > 2 * MAX_LENGTH) throw tooLong();
  const normalized = normalPassword(password);
  const { length } = Array.from(normalized);
  if (length > MAX_LENGTH) throw tooLong();
  if (length < MIN_LENGTH) {
    throw new InvalidValueError(
      `The password is too short; use at least ${MIN_LENGTH} characters`,
      "password",
    );
  }
  if (UNUSABLE.test(normalized)) {
    throw new InvalidValueError(
      "The password contains control characters, such as a line break, or characters that Unicode does not define; remove them",
      "password",
    );
  }
  return normalized;
}

/** The normal form of a password: keyboards and systems compose the same characters in different ways. */
export const normalPassword = (password: string) => password.normalize("NFKC");

/** Words that others may know about a person, and would try as the password. */
export function knownWords(...people: readonly Pick<AccountInput, "userName" | "displayName" | "profile">[]) {
  const texts = people.flatMap(({ userName, displayName, profile }) => {
    const { name, nickName } = profile.value;
    const names = isJsonObject(name) ? Object.values(name) : [];
    return [userName, displayName, nickName, ...names].filter((each) => typeof each === "string");
  });
  const cut = texts.map((text) => text.slice(0, KNOWN_WORD_LENGTH.max));
  const words = cut.flatMap((text) => [text, ...text.split(/[^\p{L}\p{N}\p{M}]+/u)]);
  return [...new Set(words.filter((word) => word.length >= KNOWN_WORD_LENGTH.min))].slice(0, MAX_KNOWN_WORDS);
}

const tooLong = () =>
  new InvalidValueError(`The password is too long; use at most ${MAX_LENGTH} characters`, "password");
