import { scryptSync } from "node:crypto";
import type { ScryptOptions } from "node:crypto";
import type { ZxcvbnFactory } from "@zxcvbn-ts/core";
import workerpool from "workerpool";
import { MIN_SCORE } from "./password-rules.js";

/**
 * How many characters of a password are judged, since the time grows faster than their number. Forty characters take
 * 0.03 s, and 0.15 s at worst. A password whose first forty characters are weak is refused.
 */
const JUDGED_LENGTH = 40;

/** How many replacements of digits and signs by letters zxcvbn tries ('p4ssw0rd'); this takes most of the time. */
const SUBSTITUTIONS = 10;

let zxcvbn: ZxcvbnFactory | undefined;

/**
 * Judges a password.
 *
 * @param known words about the person that others would try
 * @returns why the password is easy to guess, in sentences; undefined if it is not
 */
async function judge(password: string, known: string[]): Promise<string | undefined> {
  zxcvbn ??= await load();
  const { score, feedback } = zxcvbn.check(Array.from(password).slice(0, JUDGED_LENGTH).join(""), known);
  if (score >= MIN_SCORE) return undefined;
  return [feedback.warning, ...feedback.suggestions].filter(Boolean).join(" ");
}

/** The dictionaries take half a second and 60 MB, so they are loaded only when a password is to be judged. */
async function load(): Promise<ZxcvbnFactory> {
  const [core, common, english] = await Promise.all([
    import("@zxcvbn-ts/core"),
    import("@zxcvbn-ts/language-common"),
    import("@zxcvbn-ts/language-en"),
  ]);
  return new core.ZxcvbnFactory({
    translations: english.translations,
    graphs: common.adjacencyGraphs,
    dictionary: { ...common.dictionary, ...english.dictionary },
    l33tMaxSubstitutions: SUBSTITUTIONS,
  });
}

/** @returns a key of `bytes` bytes. Synchronous: this thread has nothing else to do. */
const derive = (password: string, salt: Uint8Array, bytes: number, cost: ScryptOptions): Uint8Array =>
  scryptSync(password, salt, bytes, cost);

/** The functions that `passwords.ts` calls in this thread. */
const work = { judge, derive };
export type PasswordWork = typeof work;

workerpool.worker(work);
