import fc from "fast-check";
import { ENTERPRISE_USER, ORGANIZATION } from "./factories.js";
import { asText } from "./filters.js";
import type { Attribute, List, Resource, Vocabulary } from "./filters.js";

/** Few and awkward texts, so that they meet often. */
const TEXTS = [
  "a",
  "A",
  "ab",
  "B",
  "ä",
  "Ä",
  "straße",
  "STRASSE",
  "é",
  "%",
  "_",
  "'",
  '"',
  "\\",
  "😀",
  "\uffee",
  "a b",
];
const text = fc.oneof(
  fc.constantFrom(...TEXTS),
  fc.array(fc.constantFrom(...TEXTS), { minLength: 1, maxLength: 3 }).map((parts) => parts.join("")),
);
const CERTIFICATES = ["QUJD", "QUJE", "eHl6"];
const TYPES = ["work", "home", "Work"];
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

function elements(value: fc.Arbitrary<string>) {
  const element = fc.record(
    { value, type: fc.constantFrom(...TYPES), display: text },
    { requiredKeys: ["value"] },
  );
  const distinct = fc.uniqueArray(element, { minLength: 1, maxLength: 3, selector: (one) => one.value });
  return fc
    .tuple(distinct, fc.nat(3))
    .map(([all, primary]) => all.map((one, at) => (at === primary ? { ...one, primary: true } : one)));
}

/** A User; its userName is given by the caller, since it must be unique. */
export const randomUser = fc.record({
  displayName: maybe(text),
  externalId: maybe(text),
  title: maybe(text),
  profileUrl: maybe(text),
  active: fc.boolean(),
  name: maybe(fc.record({ familyName: text, givenName: maybe(text) })),
  emails: maybe(elements(text)),
  phoneNumbers: maybe(elements(text)),
  photos: maybe(elements(text)),
  x509Certificates: maybe(elements(fc.constantFrom(...CERTIFICATES))),
  addresses: maybe(
    fc.array(fc.record({ country: maybe(text), formatted: text, type: maybe(fc.constantFrom(...TYPES)) }), {
      minLength: 1,
      maxLength: 2,
    }),
  ),
  [ENTERPRISE_USER]: maybe(fc.record({ department: text, manager: maybe(fc.record({ value: text })) })),
});

/** A Group; its displayName and its members are given by the caller. */
export const randomGroup = fc.record({
  externalId: maybe(text),
  [ORGANIZATION]: maybe(fc.record({ description: text })),
});

const attribute = (name: string, path: string, type: Attribute["type"] = "text"): Attribute => ({
  name,
  path: path.split("/").filter((part) => part !== ""),
  type,
});

const list = (name: string, ...parts: readonly Attribute[]): List => ({ name, path: [name], parts });

const plural = (name: string, type: Attribute["type"] = "text") =>
  list(
    name,
    attribute("value", "value", type),
    attribute("TYPE", "type"),
    attribute("display", "display"),
    attribute("primary", "primary", "boolean"),
  );

const COMMON = [
  attribute("id", "id", "exact"),
  attribute("externalId", "externalId", "exact"),
  attribute("displayName", "displayName"),
  attribute("meta.resourceType", "meta/resourceType", "exact"),
  attribute("meta.created", "meta/created", "dateTime"),
  attribute("META.lastModified", "meta/lastModified", "dateTime"),
  attribute("meta.location", "meta/location", "exact"),
  attribute("meta.version", "meta/version", "exact"),
];

const SCHEMAS: List = { name: "schemas", path: ["schemas"], parts: [attribute("schemas", "", "exact")] };

/** @param resources as the server gives them: filters are about what they have */
export function userVocabulary(resources: readonly Resource[]): Vocabulary {
  return {
    singles: [
      ...COMMON.filter(({ name }) => name !== "meta.version"),
      attribute("userName", "userName"),
      attribute("TITLE", "title"),
      attribute("profileUrl", "profileUrl", "exact"),
      attribute("active", "active", "boolean"),
      attribute("name.familyName", "name/familyName"),
      attribute("urn:ietf:params:scim:schemas:core:2.0:User:name.givenName", "name/givenName"),
      { name: `${ENTERPRISE_USER}:department`, path: [ENTERPRISE_USER, "department"], type: "text" },
      { name: `${ENTERPRISE_USER}:manager.value`, path: [ENTERPRISE_USER, "manager", "value"], type: "text" },
    ],
    lists: [
      plural("emails"),
      plural("phoneNumbers"),
      plural("photos", "exact"),
      plural("x509Certificates", "binary"),
      list(
        "addresses",
        attribute("country", "country"),
        attribute("formatted", "formatted"),
        attribute("type", "type"),
      ),
      list(
        "groups",
        attribute("value", "value", "exact"),
        attribute("display", "display"),
        attribute("$ref", "$ref", "exact"),
        attribute("type", "type"),
      ),
      SCHEMAS,
    ],
    literals: literals(resources),
  };
}

/** @param resources as the server gives them */
export function groupVocabulary(resources: readonly Resource[]): Vocabulary {
  return {
    singles: [
      ...COMMON,
      { name: `${ORGANIZATION}:description`, path: [ORGANIZATION, "description"], type: "text" },
      { name: `${ORGANIZATION}:memberCount`, path: [ORGANIZATION, "memberCount"], type: "integer" },
    ],
    lists: [
      list(
        "members",
        attribute("value", "value", "exact"),
        attribute("display", "display"),
        attribute("$ref", "$ref", "exact"),
        attribute("type", "type"),
      ),
      SCHEMAS,
    ],
    literals: literals(resources),
  };
}

function literals(resources: readonly Resource[]): Vocabulary["literals"] {
  const some = resources.slice(0, 5);
  const meta = (name: string) => some.map((each) => asText((each.meta as Resource)[name]));
  const known = [
    ...some.map(({ id }) => asText(id)),
    ...meta("location"),
    ...meta("version"),
    "User",
    "direct",
    ENTERPRISE_USER,
    ...some.flatMap(({ displayName }) => (typeof displayName === "string" ? [displayName] : [])),
  ];
  return {
    text: [...TEXTS, ...TYPES, ...known, ""],
    exact: [...TEXTS, ...known, ""],
    binary: [...CERTIFICATES, "Q", "qujd"],
    boolean: [],
    integer: [],
    dateTime: meta("created").flatMap(writings),
  };
}

/** The same moment, and moments beside it, as clients write them. */
function writings(created: string): string[] {
  const time = Date.parse(created);
  const east = new Date(time + 2 * 3_600_000).toISOString().replace("Z", "+02:00");
  const next = new Date(time + 1).toISOString();
  return [
    created,
    created.replace("Z", "0000Z"),
    created.replace("Z", "5Z"),
    `${created.slice(0, 19)}Z`,
    east,
    next,
    "0001-01-01T00:00:00Z",
  ];
}
