import { isJsonObject, JsonDocument } from "../values/json.js";
import type { JsonObject, JsonValue } from "../values/json.js";
import { USER } from "../values/schemas.js";
import type { AccountInput } from "./account.js";

/** The part of an account's profile that the provider and the person wrote, which other organizations may see. */
export type SharedProfile = Pick<AccountInput, "displayName" | "profile" | "search">;

/** What an organization sees that may see nothing. */
export const NOTHING_SHARED = JsonDocument.ofValue({ schemas: [USER] });

/**
 * The part of a profile that the provider and the person wrote, after one of them wrote it again. A value that was sent
 * back unchanged was not written: it stays what it was.
 *
 * @param before the whole account
 * @param shared what was shared of it
 * @param after the whole account as it is written
 */
export function sharedAfter(
  before: Pick<AccountInput, "displayName" | "profile">,
  shared: Pick<AccountInput, "displayName" | "profile">,
  after: Pick<AccountInput, "displayName" | "profile" | "search">,
): SharedProfile {
  const kept = written(before.profile.value, shared.profile.value, after.profile.value);
  const isNamed = after.displayName !== before.displayName || after.displayName === shared.displayName;
  return {
    displayName: isNamed ? after.displayName : undefined,
    profile: JsonDocument.ofValue(profileOf(kept, after.profile.value)),
    search: JsonDocument.ofMade(() => profileOf(kept, after.search.value)),
  };
}

/** What of a value was written: all of it, some of its attributes, or the elements at some places. */
type Written = true | Map<string, Written> | number[];

function written(
  before: JsonValue | undefined,
  shared: JsonValue | undefined,
  after: JsonValue,
): Written | undefined {
  if (isJsonObject(after)) {
    const [old, seen] = [before, shared].map((value) => (isJsonObject(value) ? value : {}));
    const parts = Object.entries(after).flatMap(([name, value]) => {
      const part = written(old?.[name], seen?.[name], value);
      return part === undefined ? [] : [[name, part] as const];
    });
    return parts.length === 0 ? undefined : new Map(parts);
  }
  if (Array.isArray(after)) {
    const places = writtenPlaces(listed(before), listed(shared), after);
    return places.length === 0 ? undefined : places;
  }
  return before !== after || shared === after ? true : undefined;
}

/**
 * The places of the elements that were written. An element of an organization stays the organization's when it is changed
 * in part: another address became primary, an address got its country.
 */
function writtenPlaces(
  before: readonly JsonValue[],
  shared: readonly JsonValue[],
  after: readonly JsonValue[],
): number[] {
  const [old, now] = [before, after].map((elements) => new Set(elements.map(textOf)));
  const visible = new Set(shared.flatMap(identityOf));
  const isShared = (element: JsonValue) => identityOf(element).some((each) => visible.has(each));
  const isGone = (element: JsonValue) => !now?.has(textOf(element));
  const foreign = new Set(before.filter((element) => !isShared(element) && isGone(element)).flatMap(marksOf));
  return after.flatMap((element, place) => {
    const isNew = !old?.has(textOf(element)) && !marksOf(element).some((each) => foreign.has(each));
    return isNew || isShared(element) ? [place] : [];
  });
}

const listed = (value: JsonValue | undefined) => (Array.isArray(value) ? value : []);

/** Elements are the same whatever the order of their attributes is. */
const textOf = (value: JsonValue): string =>
  JSON.stringify(isJsonObject(value) ? Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)) : value);

/** What makes an element the one that it is: its `value`, or all of it. */
const identityOf = (element: JsonValue): string[] =>
  isJsonObject(element) && element.value !== undefined ? marksOf(element) : [textOf(element)];

/** What tells an element that was changed in part: its `value`, or else one of its attributes that are no labels. */
function marksOf(element: JsonValue): string[] {
  if (!isJsonObject(element)) return [textOf(element)];
  const { value } = element;
  const others = Object.entries(element).filter(([name]) => name !== "type" && name !== "primary");
  const marks = value === undefined ? others : [["value", value]];
  return marks.map((mark) => JSON.stringify(mark).toLowerCase());
}

function partOf(kept: Written, value: JsonValue | undefined): JsonValue | undefined {
  if (kept === true) return value;
  if (Array.isArray(kept)) {
    return Array.isArray(value) ? kept.flatMap((place) => value[place] ?? []) : undefined;
  }
  if (!isJsonObject(value)) return undefined;
  const part: JsonObject = {};
  for (const [name, each] of kept) {
    const found = partOf(each, value[name]);
    if (found !== undefined) part[name] = found;
  }
  return part;
}

/** The written part, with the schemas of what is in it. */
function profileOf(kept: Written | undefined, whole: JsonObject): JsonObject {
  const part = kept === undefined ? undefined : partOf(kept, whole);
  const attributes = isJsonObject(part) ? part : {};
  const schemas = (Array.isArray(whole.schemas) ? whole.schemas : []).filter(
    (id) => id === USER || (typeof id === "string" && id in attributes),
  );
  return { ...attributes, schemas };
}
