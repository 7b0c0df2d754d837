import { scryptSync } from "node:crypto";
import type { ScryptOptions } from "node:crypto";
import type { ZxcvbnFactory } from "@zxcvbn-ts/core";
import workerpool from "workerpool";
import { MIN_SCORE } from "./password-rules.js";

/**
 * How many characters of a password are looked at: the time grows faster than their number. Forty characters take
 * 0.03 s, and 0.15 s at worst; a password that is weak as far as this is weak.
 */
const LOOKED_AT = 40;

/** How many readings of digits and signs as letters are tried; that is most of the work. */
const SUBSTITUTIONS = 10;

let zxcvbn: ZxcvbnFactory | undefined;

/**
 * Judges a password.
 *
 * @param known what others know of the person, and would try
 * @returns why it is easily guessed, in sentences; undefined for a password that is not
 */
async function judge(password: string, known: string[]): Promise<string | undefined> {
  zxcvbn ??= await load();
  const { score, feedback } = zxcvbn.check(Array.from(password).slice(0, LOOKED_AT).join(""), known);
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

/** @returns the key of `bytes` bytes. This holds the thread, which is what the thread is for. */
const derive = (password: string, salt: Uint8Array, bytes: number, cost: ScryptOptions): Uint8Array =>
  scryptSync(password, salt, bytes, cost);

/** What `passwords.ts` has done in a thread of its own. */
const work = { judge, derive };
export type PasswordWork = typeof work;

workerpool.worker(work);
