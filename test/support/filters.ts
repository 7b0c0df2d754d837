import fc from "fast-check";
import { ENTERPRISE_USER } from "./factories.js";

/**
 * Random users and random filters with what they mean, written down a second time and as plainly as
 * possible: the server's answers are compared with this.
 */

export type Value = string | number | boolean | null | Value[] | { [name: string]: Value };
type Resource = Record<string, Value>;

/** A filter as text, and whether it matches a resource. */
export interface Expectation {
  readonly text: string;
  readonly matches: (resource: Resource) => boolean;
}

/** Few and awkward texts, so that they meet often. */
const texts = [
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
  fc.constantFrom(...texts),
  fc.array(fc.constantFrom(...texts), { minLength: 1, maxLength: 3 }).map((parts) => parts.join("")),
);
const type = fc.constantFrom("work", "home", "Work");
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

const element = fc.record({ value: text, type, primary: fc.constant(false) }, { requiredKeys: ["value"] });

/** A User; its userName is given by the caller, since it must be unique. */
export const randomUser = fc.record({
  displayName: maybe(text),
  externalId: maybe(text),
  title: maybe(text),
  active: fc.boolean(),
  name: maybe(fc.record({ familyName: text, givenName: maybe(text) })),
  emails: maybe(fc.uniqueArray(element, { maxLength: 3, selector: ({ value }) => value })),
  phoneNumbers: maybe(fc.uniqueArray(element, { maxLength: 3, selector: ({ value }) => value })),
  [ENTERPRISE_USER]: maybe(fc.record({ department: text, manager: maybe(fc.record({ value: text })) })),
});

interface TextAttribute {
  readonly name: string;
  readonly path: readonly string[];
  readonly caseExact?: true;
}

const singles: TextAttribute[] = [
  { name: "userName", path: ["userName"] },
  { name: "displayName", path: ["displayName"] },
  { name: "externalId", path: ["externalId"], caseExact: true },
  { name: "TITLE", path: ["title"] },
  { name: "name.familyName", path: ["name", "familyName"] },
  { name: "urn:ietf:params:scim:schemas:core:2.0:User:name.givenName", path: ["name", "givenName"] },
  { name: `${ENTERPRISE_USER}:department`, path: [ENTERPRISE_USER, "department"] },
  { name: `${ENTERPRISE_USER}:manager.value`, path: [ENTERPRISE_USER, "manager", "value"] },
];

const fold = (value: string) => value.toLowerCase().toUpperCase().normalize("NFC");
const bytes = (one: string, other: string) => Buffer.compare(Buffer.from(one), Buffer.from(other));

const operators: Record<string, (found: string, wanted: string) => boolean> = {
  eq: (found, wanted) => found === wanted,
  ne: (found, wanted) => found !== wanted,
  co: (found, wanted) => found.includes(wanted),
  sw: (found, wanted) => found.startsWith(wanted),
  ew: (found, wanted) => found.endsWith(wanted),
  gt: (found, wanted) => bytes(found, wanted) > 0,
  ge: (found, wanted) => bytes(found, wanted) >= 0,
  lt: (found, wanted) => bytes(found, wanted) < 0,
  le: (found, wanted) => bytes(found, wanted) <= 0,
};
const operator = fc.constantFrom(...Object.keys(operators));

function dig(value: Value | undefined, path: readonly string[]): Value | undefined {
  return path.reduce<Value | undefined>((found, name) => (found as Resource | undefined)?.[name], value);
}

function compares(found: Value | undefined, name: string, wanted: string, caseExact = false): boolean {
  if (typeof found !== "string") return name === "ne";
  return operators[name]!(caseExact ? found : fold(found), caseExact ? wanted : fold(wanted));
}

const comparison = fc
  .tuple(fc.constantFrom(...singles), operator, text)
  .map(([{ name, path, caseExact }, op, wanted]): Expectation => ({
    text: `${name} ${op} ${JSON.stringify(wanted)}`,
    matches: (resource) => compares(dig(resource, path), op, wanted, caseExact),
  }));

const presence = fc.constantFrom(...singles).map(({ name, path }): Expectation => ({
  text: `${name} pr`,
  matches: (resource) => dig(resource, path) !== undefined,
}));

const activity = fc.tuple(fc.constantFrom("eq", "ne"), fc.boolean()).map(([op, wanted]): Expectation => ({
  text: `active ${op} ${wanted}`,
  matches: ({ active }) => (active === wanted) === (op === "eq"),
}));

const elementTest = fc
  .tuple(fc.constantFrom("value", "type"), operator, fc.oneof(text, type))
  .map(([name, op, wanted]) => ({
    text: `${name} ${op} ${JSON.stringify(wanted)}`,
    matches: (one: Value) => compares(dig(one, [name]), op, wanted),
  }));

const lists = fc.constantFrom("emails", "phoneNumbers");
const elementsOf = (resource: Resource, name: string) => (resource[name] as Value[] | undefined) ?? [];

const anyElement = fc.tuple(lists, elementTest).map(([list, test]): Expectation => ({
  text: `${list}.${test.text}`,
  matches: (resource) => elementsOf(resource, list).some(test.matches),
}));

const valuePath = fc
  .tuple(lists, elementTest, elementTest, fc.constantFrom("and", "or"), fc.boolean())
  .map(([list, one, other, word, negated]): Expectation => ({
    text: `${list}[${negated ? `not (${one.text})` : one.text} ${word} ${other.text}]`,
    matches: (resource) =>
      elementsOf(resource, list).some((each) => {
        const first = one.matches(each) !== negated;
        return word === "and" ? first && other.matches(each) : first || other.matches(each);
      }),
  }));

const listPresence = lists.map((list): Expectation => ({
  text: `${list} pr`,
  matches: (resource) => elementsOf(resource, list).length > 0,
}));

const term = fc.oneof(comparison, comparison, presence, activity, anyElement, valuePath, listPresence);

/** Any filter over users, terms joined by `and`, `or`, `not` and brackets. */
export const randomFilter = fc.letrec<{ node: Expectation }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    term,
    tie("node").map(({ text: inner, matches }) => ({
      text: `not (${inner})`,
      matches: (resource: Resource) => !matches(resource),
    })),
    fc.tuple(tie("node"), tie("node")).map(([one, other]) => ({
      text: `(${one.text}) and (${other.text})`,
      matches: (resource: Resource) => one.matches(resource) && other.matches(resource),
    })),
    fc.tuple(tie("node"), tie("node"), tie("node")).map(([one, other, third]) => ({
      text: `(${one.text}) or (${other.text}) and (${third.text})`,
      matches: (resource: Resource) =>
        one.matches(resource) || (other.matches(resource) && third.matches(resource)),
    })),
  ),
})).node;
