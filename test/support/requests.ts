import fc from "fast-check";

/**
 * Invalid requests: made of parts that the server knows, combined at random, with values that do not belong there.
 */

export interface RandomRequest {
  readonly method: string;
  /** Below the SCIM base. */
  readonly path: string;
  /** What is sent as it is. */
  readonly raw?: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What a server has that requests can name. */
export interface Target {
  /** The endpoints of its resource types. */
  readonly endpoints: readonly string[];
  readonly ids: readonly string[];
  /** Attributes, qualified or not, and the URNs of schemas. */
  readonly attributes: readonly string[];
}

const { constantFrom, oneof, record, array, string, option } = fc;

const OPERATORS = ["eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le", "EQ", "like"];
const RIGHT_NUMBERS = ["0", "1", "5", "-1", "1000"];
const NUMBERS = ["1001", "1e3", "1.5", "99999999999999999999", "abc", ""];
const LITERALS = [
  '""',
  "true",
  "null",
  "0",
  "1.5",
  "-3e5",
  "1e999",
  '"\\ud800"',
  '"\\u0000"',
  '"\\x"',
  '"',
  "x",
];
const DATES = [
  "2020-01-01T00:00:00Z",
  "0001-01-01T00:00:00.9999999+14:00",
  "9999-12-31T23:59:59-23:59",
  "2020-02-30T25:00:00",
];
const TEXTS = [
  "",
  "x",
  "True",
  "\u0000",
  "\ud800",
  "é",
  "'\"\\%_",
  "a".repeat(500),
  "x".repeat(5000),
  ...DATES,
];
const TAGS = ['W/"1"', '"1"', "*", 'W/"999999999999999999999"', 'W/"1", "2"', "x", '"', ""];

/** Mostly what is right, and now and then something else, so that requests get far before they fail. */
const mostly = <T, U>(right: fc.Arbitrary<T>, other: fc.Arbitrary<U>): fc.Arbitrary<T | U> =>
  oneof({ weight: 30, arbitrary: right }, { weight: 1, arbitrary: other });

/** Text of any kind, and now and then what looks like a part of the protocol. */
const text = oneof(constantFrom(...TEXTS), string({ unit: "binary", maxLength: 20 }));

const literal = oneof(
  constantFrom(...LITERALS),
  text.map((value) => JSON.stringify(value)),
);

/** Filters that are mostly well-formed. */
function filterOver(attribute: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const { filter } = fc.letrec<{ filter: string }>((tie) => ({
    filter: oneof(
      { maxDepth: 4, depthSize: "small" },
      fc.tuple(attribute, constantFrom(...OPERATORS), literal).map((parts) => parts.join(" ")),
      attribute.map((name) => `${name} pr`),
      string({ maxLength: 30 }),
      fc
        .tuple(tie("filter"), constantFrom("and", "or", "OR", "xor"), tie("filter"))
        .map((all) => all.join(" ")),
      tie("filter").map((inner) => `not (${inner})`),
      tie("filter").map((inner) => `(${inner})`),
      fc.tuple(attribute, tie("filter")).map(([name, inner]) => `${name}[${inner}]`),
    ),
  }));
  return filter;
}

/** Values of the right and of any other type. */
function valueOf(ids: readonly string[], attribute: fc.Arbitrary<string>): fc.Arbitrary<unknown> {
  const element = record(
    {
      value: oneof(constantFrom(...ids), text, fc.boolean()),
      type: constantFrom("work", "User", 1, null),
      primary: constantFrom(true, "True", "x"),
      display: text,
    },
    { requiredKeys: [] },
  );
  return oneof(
    constantFrom<unknown>(null, true, false, 0, -1, 1e308, [], {}, [[]], [{}], [null], ["x", "y"]),
    constantFrom(...ids),
    text,
    element,
    array(element, { maxLength: 4 }),
    fc.dictionary(oneof(attribute, constantFrom("__proto__", "constructor", "toString")), text, {
      maxKeys: 3,
    }),
    fc.jsonValue({ maxDepth: 3 }),
  );
}

export function randomRequest({ endpoints, ids, attributes }: Target): fc.Arbitrary<RandomRequest> {
  const id = oneof(
    { weight: 8, arbitrary: constantFrom(...ids) },
    constantFrom("nope", "%00", "%E0%A4%A", "a'b", "%2F", ".search", "00000000-0000-0000-0000-000000000000"),
    string({ maxLength: 8 }).map((name) => escape(name)),
  );
  const plain = mostly(constantFrom(...attributes), string({ maxLength: 8 }));
  const filter = mostly(filterOver(plain), string({ maxLength: 30 }));
  const attribute = oneof(
    { weight: 4, arbitrary: plain },
    fc.tuple(plain, filter, option(plain)).map(([name, inner, rest]) => `${name}[${inner}]${rest ?? ""}`),
  );
  const value = valueOf(ids, plain);
  const names = array(attribute, { maxLength: 3 }).map((all) => all.join());
  const number = mostly(constantFrom(...RIGHT_NUMBERS), constantFrom(...NUMBERS));
  const query = fc
    .record(
      {
        filter,
        sortBy: attribute,
        sortOrder: mostly(constantFrom("ascending", "descending"), text),
        count: number,
        startIndex: number,
        cursor: mostly(fc.constant(""), text),
        attributes: names,
        excludedAttributes: names,
      },
      { requiredKeys: [] },
    )
    .map((parameters) => new URLSearchParams(parameters).toString());
  const typePath = constantFrom(...endpoints);
  const resourcePath = fc.tuple(typePath, id).map((parts) => parts.join("/"));
  const withQuery = (path: fc.Arbitrary<string>) =>
    mostly(
      oneof(
        path,
        fc.tuple(path, query).map((parts) => parts.join("?")),
      ),
      fc.tuple(path, text).map(([before, after]) => `${before}?${escape(after)}`),
    );

  const resource = fc
    .tuple(
      record({ schemas: mostly(fc.constant(attributes.filter(isUrn)), value) }),
      mostly(record({ userName: text, displayName: text }), value),
      fc.dictionary(attribute, value, { maxKeys: 6 }),
    )
    .map((parts): unknown => Object.assign({}, ...parts));
  const operation = record(
    {
      op: mostly(constantFrom("add", "replace", "remove", "Add"), value),
      path: mostly(attribute, value),
      value: oneof(value, fc.dictionary(attribute, value, { maxKeys: 3 })),
    },
    { requiredKeys: ["op"] },
  );
  const patch = record({
    schemas: mostly(fc.constant(["urn:ietf:params:scim:api:messages:2.0:PatchOp"]), value),
    Operations: mostly(array(operation, { maxLength: 3 }), value),
  });
  const searchRequest = record(
    {
      schemas: mostly(fc.constant(["urn:ietf:params:scim:api:messages:2.0:SearchRequest"]), value),
      filter: mostly(filter, value),
      sortBy: mostly(attribute, value),
      sortOrder: mostly(constantFrom("ascending", "descending"), value),
      count: mostly(constantFrom(0, 1, 1000), value),
      startIndex: mostly(constantFrom(-1, 1, 30), value),
      cursor: mostly(fc.constant(""), value),
      attributes: mostly(array(attribute, { maxLength: 3 }), value),
      excludedAttributes: mostly(array(attribute, { maxLength: 3 }), value),
    },
    { requiredKeys: [] },
  );

  const headers = record(
    {
      "if-match": constantFrom(...TAGS),
      "if-none-match": constantFrom(...TAGS),
      accept: constantFrom("text/html", "*/*", "application/json;q=0", ";,"),
      "content-type": constantFrom(
        "application/json",
        "text/plain",
        "application/scim+json;charset=utf-7",
        ";",
      ),
      "accept-encoding": constantFrom("gzip", "gzip;q=x", "identity;q=0", "x"),
    },
    { requiredKeys: [] },
  ).map((given) => given as Record<string, string>);
  const request = (method: fc.Arbitrary<string>, path: fc.Arbitrary<string>, body?: fc.Arbitrary<unknown>) =>
    record({
      method,
      path: withQuery(path),
      ...(body && {
        raw: mostly(
          body.map((json) => JSON.stringify(json)),
          oneof(
            string({ maxLength: 30 }),
            constantFrom("", "[", "null", "[".repeat(5000), '{"a":'.repeat(2000)),
          ),
        ),
      }),
      headers: mostly(fc.constant({}), headers),
    });

  const other = oneof(
    constantFrom(
      "/",
      "/Me",
      "/Schemas",
      "/ResourceTypes",
      "/ServiceProviderConfig",
      "/Nope",
      "//",
      "/Users/a/b",
    ),
    attribute.map((name) => `/Schemas/${escape(name)}`),
    string({ maxLength: 12 }).map((name) => `/${escape(name)}`),
  );
  const search = oneof(
    constantFrom("/.search"),
    typePath.map((path) => `${path}/.search`),
  );
  return oneof(
    { weight: 8, arbitrary: request(fc.constant("GET"), typePath) },
    { weight: 4, arbitrary: request(constantFrom("GET", "HEAD"), resourcePath) },
    { weight: 8, arbitrary: request(fc.constant("POST"), typePath, resource) },
    { weight: 6, arbitrary: request(fc.constant("PUT"), resourcePath, resource) },
    { weight: 16, arbitrary: request(fc.constant("PATCH"), resourcePath, patch) },
    { weight: 6, arbitrary: request(fc.constant("POST"), search, searchRequest) },
    {
      weight: 2,
      arbitrary: request(constantFrom("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"), other, resource),
    },
    { weight: 2, arbitrary: request(fc.constant("GET"), fc.constant("/")) },
  );
}

const isUrn = (name: string) => /^urn:.*:(User|Group)$/.test(name);

/** Turns any text into one that can be in the first line of a request. */
const escape = (value: string) => encodeURIComponent(value.replace(/\p{Surrogate}/gu, "?"));
