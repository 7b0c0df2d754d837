import type { PatchOperation } from "../scim/patch.ts";
import { ENTERPRISE } from "../scim/resources.ts";
import type { User } from "../scim/resources.ts";
import { filledEntries, KIND } from "../ui/entries-field.tsx";
import type { Entry, EntryPart } from "../ui/entries-field.tsx";

/** A text of a profile. */
export interface ProfileText {
  readonly label: string;
  /** The attribute, with the extension before it and the sub-attribute after it. */
  readonly at: readonly string[];
  readonly hint?: string;
  /** Whether a field for it is there only when it has a value. */
  readonly isRare?: boolean;
}

const rare = { isRare: true };

/** The texts of a profile, in the order of their fields. */
export const TEXTS = {
  userName: { label: "User name", at: ["userName"] },
  displayName: { label: "Display name", at: ["displayName"], hint: "What lists show." },
  givenName: { label: "First name", at: ["name", "givenName"] },
  familyName: { label: "Last name", at: ["name", "familyName"] },
  middleName: { label: "Middle name", at: ["name", "middleName"], ...rare },
  honorificPrefix: { label: "Prefix", at: ["name", "honorificPrefix"], ...rare },
  honorificSuffix: { label: "Suffix", at: ["name", "honorificSuffix"], ...rare },
  formatted: { label: "Full name", at: ["name", "formatted"], ...rare },
  nickName: { label: "Nickname", at: ["nickName"], ...rare },
  title: { label: "Title", at: ["title"] },
  department: { label: "Department", at: [ENTERPRISE, "department"] },
  division: { label: "Division", at: [ENTERPRISE, "division"] },
  costCenter: { label: "Cost center", at: [ENTERPRISE, "costCenter"] },
  employeeNumber: { label: "Employee number", at: [ENTERPRISE, "employeeNumber"] },
  company: { label: "Company", at: [ENTERPRISE, "organization"], ...rare },
  manager: { label: "Manager", at: [ENTERPRISE, "manager", "value"] },
  userType: { label: "User type", at: ["userType"], ...rare },
  preferredLanguage: { label: "Language", at: ["preferredLanguage"], hint: "Such as en or de-CH." },
  locale: { label: "Locale", at: ["locale"], ...rare },
  timezone: { label: "Time zone", at: ["timezone"], hint: "Such as Europe/Berlin." },
  externalId: {
    label: "External id",
    at: ["externalId"],
    hint: "By which an identity provider knows the person.",
  },
} as const satisfies Readonly<Record<string, ProfileText>>;

export type TextName = keyof typeof TEXTS;

const LISTS = { emails: "E-mail", phoneNumbers: "Phone", addresses: "Address" } as const;

type ListName = keyof typeof LISTS;

/** What is entered for each entry. */
export const PARTS: Readonly<Record<ListName, readonly EntryPart[]>> = {
  emails: [{ name: "value", label: "Address" }, KIND],
  phoneNumbers: [{ name: "value", label: "Number" }, KIND],
  addresses: [
    { name: "streetAddress", label: "Street", isLong: true },
    { name: "postalCode", label: "Postal code" },
    { name: "locality", label: "City" },
    { name: "region", label: "Region" },
    { name: "country", label: "Country" },
    // What an identity provider sends instead of the others, or beside them.
    { name: "formatted", label: "Whole address", isLong: true, isRare: true },
    KIND,
  ],
};

/** What is edited of a person. */
export type ProfileValues = Readonly<Record<TextName, string>> & Readonly<Record<ListName, readonly Entry[]>>;

const TEXT_NAMES = Object.keys(TEXTS) as readonly TextName[];

const isText = (name: string): name is TextName => name in TEXTS;

/** What each field is called. */
export const LABELS = {
  ...(Object.fromEntries(TEXT_NAMES.map((name) => [name, TEXTS[name].label])) as Record<TextName, string>),
  ...LISTS,
};

/** How errors name the attributes. */
export const ATTRIBUTES = Object.fromEntries(
  TEXT_NAMES.map((name) => {
    const { at }: ProfileText = TEXTS[name];
    const [first = "", second = ""] = at;
    return [name, [at.join("."), first === ENTERPRISE ? second : (at.at(-1) ?? name)]];
  }),
);

function textAt(user: User, at: readonly string[]): string {
  let value: unknown = user;
  for (const part of at) value = (value as Readonly<Record<string, unknown>> | undefined)?.[part];
  return typeof value === "string" ? value : "";
}

export const valuesOf = (user: User): ProfileValues => ({
  ...(Object.fromEntries(TEXT_NAMES.map((name) => [name, textAt(user, TEXTS[name].at)])) as Record<
    TextName,
    string
  >),
  emails: entriesOf(user.emails),
  phoneNumbers: entriesOf(user.phoneNumbers),
  addresses: entriesOf(user.addresses),
});

const entriesOf = (elements: readonly object[] = []): readonly Entry[] => elements as readonly Entry[];

const pathOf = ([first = "", ...rest]: readonly string[]) =>
  first === ENTERPRISE ? `${first}:${rest.join(".")}` : [first, ...rest].join(".");

/** What writes a field; what was emptied is removed. */
export function operationOf(name: keyof ProfileValues, entered: ProfileValues): PatchOperation {
  const path = isText(name) ? pathOf(TEXTS[name].at) : name;
  const value = isText(name) ? entered[name] : filledEntries(entered[name], PARTS[name]);
  return value.length === 0 ? { op: "remove", path } : { op: "replace", path, value };
}
