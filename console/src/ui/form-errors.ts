import { ConnectionError, ScimError } from "../scim/errors.ts";

/** The attributes that fields are of, where those have other names: `{ email: ["emails"] }`. */
export type AttributesOfFields = Readonly<Record<string, readonly string[]>>;

/** Statuses of what is wrong with what was sent. */
const ABOUT_FIELDS = [400, 409];

/**
 * The field that a refusal is of: the one that the server names, or the first one whose attribute is named in the text.
 *
 * @param names of all fields of the form
 * @returns undefined when it is of the form as a whole
 */
export function fieldOf(
  error: unknown,
  names: readonly string[],
  attributes: AttributesOfFields,
): string | undefined {
  if (!(error instanceof ScimError) || !ABOUT_FIELDS.includes(error.status)) return undefined;
  if (error.field !== undefined && names.includes(error.field)) return error.field;
  const places = names
    .map((name) => ({ name, place: firstPlace(error.message, attributes[name] ?? [name]) }))
    .filter(({ place }) => place >= 0)
    .sort((one, other) => one.place - other.place);
  return places[0]?.name;
}

/** Where the first of some words is in a text; -1 without any. */
function firstPlace(text: string, words: readonly string[]): number {
  const places = words
    .map((word) => text.search(new RegExp(`(?<![\\w.])${word}(?!\\w)`)))
    .filter((place) => place >= 0);
  return places.length === 0 ? -1 : Math.min(...places);
}

/** What went wrong, and what became of what was typed. */
export function problemOf(error: unknown): string {
  if (error instanceof ConnectionError)
    return `${error.message} What you typed is still here. It is not known whether it was saved; look before you try again.`;
  return error instanceof Error ? error.message : "Something went wrong.";
}
