import fc from "fast-check";

/**
 * What filters and sorting mean, written down a second time and as plainly as possible: the server's answers
 * are compared with this.
 */

export type Value = string | number | boolean | null | Value[] | { [name: string]: Value };
export type Resource = Record<string, Value>;

/** How values compare: text without case, text with case, and so on. */
type Type = "text" | "exact" | "boolean" | "integer" | "dateTime" | "binary";

/** A single-valued attribute of a resource, or of one element of a list. */
export interface Attribute {
  /** As a filter names it. */
  readonly name: string;
  /** Where it is in a resource or an element; empty for an element that is a simple value. */
  readonly path: readonly string[];
  readonly type: Type;
}

/** A multi-valued attribute. */
export interface List {
  readonly name: string;
  readonly path: readonly string[];
  /** The sub-attributes of its elements, or one with an empty path for simple values. */
  readonly parts: readonly Attribute[];
}

/** What there is in resources of one type, and what to compare it with. */
export interface Vocabulary {
  readonly singles: readonly Attribute[];
  readonly lists: readonly List[];
  readonly literals: Readonly<Record<Type, readonly string[]>>;
}

/** A filter as text, and whether it matches a resource. */
export interface Expectation {
  readonly text: string;
  readonly matches: (resource: Resource) => boolean;
}

const fold = (value: string) => value.toLowerCase().toUpperCase().normalize("NFC");
const bytes = (one: string, other: string) => Buffer.compare(Buffer.from(one), Buffer.from(other));

/** What must be a string. */
export function asText(value: Value | undefined): string {
  if (typeof value !== "string") throw new TypeError(`${JSON.stringify(value)} is no string`);
  return value;
}

export function dig(value: Value | undefined, path: readonly string[]): Value | undefined {
  return path.reduce<Value | undefined>((found, name) => (found as Resource | undefined)?.[name], value);
}

/** Nanoseconds since 1970, exactly. */
function instant(text: string): bigint {
  const [, seconds = "", fraction = "", zone = ""] = /^(.{19})(?:\.(\d+))?(.*)$/.exec(text) ?? [];
  return BigInt(Date.parse(seconds + zone)) * 1_000_000n + BigInt(fraction.padEnd(9, "0").slice(0, 9));
}

/** Below 0, 0 or above 0, as the first comes before, with or behind the second. */
function order(type: Type, one: Value, other: Value): number {
  switch (type) {
    case "text":
      return bytes(fold(asText(one)), fold(asText(other)));
    case "boolean":
    case "integer":
      return Number(one) - Number(other);
    case "dateTime": {
      const difference = instant(asText(one)) - instant(asText(other));
      return difference === 0n ? 0 : difference < 0n ? -1 : 1;
    }
    default:
      return bytes(asText(one), asText(other));
  }
}

const BY_ORDER: Record<string, (order: number) => boolean> = {
  eq: (each) => each === 0,
  ne: (each) => each !== 0,
  gt: (each) => each > 0,
  ge: (each) => each >= 0,
  lt: (each) => each < 0,
  le: (each) => each <= 0,
};

const BY_PART: Record<string, (found: string, wanted: string) => boolean> = {
  co: (found, wanted) => found.includes(wanted),
  sw: (found, wanted) => found.startsWith(wanted),
  ew: (found, wanted) => found.endsWith(wanted),
};

const OPERATORS: Record<Type, readonly string[]> = {
  text: [...Object.keys(BY_ORDER), ...Object.keys(BY_PART)],
  exact: [...Object.keys(BY_ORDER), ...Object.keys(BY_PART)],
  boolean: ["eq", "ne"],
  integer: Object.keys(BY_ORDER),
  dateTime: Object.keys(BY_ORDER),
  binary: ["eq", "ne", ...Object.keys(BY_PART)],
};

function compares(type: Type, found: Value | undefined, operator: string, wanted: Value): boolean {
  if (wanted === null) return isPresent(found) === (operator === "ne");
  if (found === undefined) return operator === "ne";
  const byPart = BY_PART[operator];
  if (!byPart) return BY_ORDER[operator]!(order(type, found, wanted));
  const [one, other] = [asText(found), asText(wanted)];
  return type === "text" ? byPart(fold(one), fold(other)) : byPart(one, other);
}

const isPresent = (found: Value | undefined) => found !== undefined && found !== "";

/** Comparisons of one attribute; `matches` is given what the attribute is a part of. */
function comparisons({ name, path, type }: Attribute, literals: Vocabulary["literals"]) {
  const literal =
    type === "boolean"
      ? fc.boolean()
      : type === "integer"
        ? fc.constantFrom(-1, 0, 1, 2, 2.5, 1e12)
        : fc.constantFrom(...literals[type]);
  const compare = fc.tuple(fc.constantFrom(...OPERATORS[type]), literal as fc.Arbitrary<Value>);
  const missing = fc.tuple(fc.constantFrom("eq", "ne"), fc.constant(null));
  const test = fc.oneof({ weight: 9, arbitrary: compare }, { weight: 1, arbitrary: missing });
  const compared = test.map(([operator, wanted]) => ({
    text: `${name} ${operator} ${JSON.stringify(wanted)}`,
    matches: (whole: Value) => compares(type, dig(whole, path), operator, wanted),
  }));
  const present = fc.constant({ text: `${name} pr`, matches: (whole: Value) => isPresent(dig(whole, path)) });
  return fc.oneof({ weight: 5, arbitrary: compared }, { weight: 1, arbitrary: present });
}

const elementsOf = (resource: Resource, { path }: List) => (dig(resource, path) as Value[] | undefined) ?? [];

function listTerms(list: List, literals: Vocabulary["literals"]): fc.Arbitrary<Expectation> {
  const presence = fc.constant({
    text: `${list.name} pr`,
    matches: (resource: Resource) => elementsOf(resource, list).length > 0,
  });
  const test = fc.oneof(...list.parts.map((part) => comparisons(part, literals)));
  const isSimple = list.parts[0]?.path.length === 0;
  const any = test.map(({ text, matches }): Expectation => {
    const isOfWhole = / (eq|ne) null$/.exec(text);
    const prefix = isSimple ? "" : `${list.name}.`;
    return {
      text: prefix + text,
      matches: (resource) =>
        isOfWhole
          ? elementsOf(resource, list).length > 0 === text.includes(" ne ")
          : elementsOf(resource, list).some(matches),
    };
  });
  if (isSimple) return any;
  const path = fc
    .tuple(test, test, fc.constantFrom("and", "or"), fc.boolean())
    .map(([one, other, word, negated]): Expectation => ({
      text: `${list.name}[${negated ? `not (${one.text})` : one.text} ${word} ${other.text}]`,
      matches: (resource) =>
        elementsOf(resource, list).some((each) => {
          const first = one.matches(each) !== negated;
          return word === "and" ? first && other.matches(each) : first || other.matches(each);
        }),
    }));
  const behind = fc.tuple(test, test).map(([one, other]): Expectation => ({
    text: `${list.name}[${one.text}].${other.text}`,
    matches: (resource) =>
      elementsOf(resource, list).some((each) => one.matches(each) && other.matches(each)),
  }));
  return fc.oneof(presence, any, path, behind);
}

/** Any filter, its terms joined by `and`, `or`, `not` and brackets. */
export function randomFilter({ singles, lists, literals }: Vocabulary): fc.Arbitrary<Expectation> {
  const term: fc.Arbitrary<Expectation> = fc.oneof(
    ...singles.map((attribute) => comparisons(attribute, literals)),
    ...lists.map((list) => listTerms(list, literals)),
  );
  return fc.letrec<{ node: Expectation }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      term,
      tie("node").map(({ text, matches }) => ({
        text: `not (${text})`,
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
}

/** An order as `sortBy` names it, and how it compares two resources. */
export interface Ordering {
  readonly sortBy: string;
  readonly compare: (one: Resource, other: Resource) => number;
}

/** Every order that the vocabulary knows; ids settle what is equal, and resources without a value come last. */
export function orderings({ singles, lists }: Vocabulary): Ordering[] {
  const bySingle = singles.map(({ name, path, type }) =>
    ordering(name, type, (resource) => dig(resource, path)),
  );
  const byElement = lists.flatMap((list) =>
    list.parts.map((part) => {
      const name = part.path.length === 0 ? list.name : `${list.name}.${part.name}`;
      return ordering(name, part.type, (resource) => dig(firstOf(elementsOf(resource, list)), part.path));
    }),
  );
  return [...bySingle, ...byElement];
}

const firstOf = (elements: Value[]) =>
  elements.find((each) => dig(each, ["primary"]) === true) ?? elements[0];

function ordering(sortBy: string, type: Type, valueOf: (resource: Resource) => Value | undefined): Ordering {
  return {
    sortBy,
    compare: (one, other) => {
      const [first, second] = [valueOf(one), valueOf(other)];
      const byId = bytes(asText(one.id), asText(other.id));
      if (first === undefined || second === undefined) {
        return Number(first === undefined) - Number(second === undefined) || byId;
      }
      return order(type, first, second) || byId;
    },
  };
}
