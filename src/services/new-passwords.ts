import { ZxcvbnFactory } from "@zxcvbn-ts/core";
import * as common from "@zxcvbn-ts/language-common";
import * as english from "@zxcvbn-ts/language-en";
import { InvalidValueError } from "../domain/errors.js";

/** NIST SP 800-63B section 3.1.1.2. */
const MIN_LENGTH = 8;

/** Longer ones are strong, or nobody's to type; and what is looked at takes time. */
const MAX_LENGTH = 256;
const LOOKED_AT = 72;

/** "Safely unguessable", as zxcvbn says: more than a hundred million guesses. */
const MIN_SCORE = 3;

const zxcvbn = new ZxcvbnFactory({
  translations: english.translations,
  graphs: common.adjacencyGraphs,
  dictionary: { ...common.dictionary, ...english.dictionary },
});

/**
 * Refuses a password that is easily guessed.
 *
 * @param known what others know of the person, and would try
 * @throws InvalidValueError that says what would be better
 */
export function requireStrongPassword(password: string, known: readonly string[]): void {
  if (password.length < MIN_LENGTH || password.length > MAX_LENGTH) {
    throw new InvalidValueError(`A password has ${MIN_LENGTH} to ${MAX_LENGTH} characters`);
  }
  const { score, feedback } = zxcvbn.check(password.slice(0, LOOKED_AT), [...known]);
  if (score >= MIN_SCORE) return;
  const advice = [feedback.warning, ...feedback.suggestions].filter((each) => each !== null && each !== "");
  throw new InvalidValueError(["This password is easily guessed.", ...advice].join(" "));
}
