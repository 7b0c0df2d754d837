import fc from "fast-check";
import type { RandomRequest, Target } from "./requests.js";

/**
 * Requests that have too much of something: long, deep, many or repeated. The sizes are around the limits and beyond,
 * and what is asked for is such that a server without limits would work for long.
 */

/** The larger ones are beyond all limits, but for members of a Group: there may be more than anybody waits a second for. */
const SIZES = [30, 101, 501, 1001, 10_001, 100_001];
const MOST_MEMBERS = 10_001;
/** Node.js ends a connection with headers beyond 16 KiB; the longest address is 32 KiB. */
const MOST_IN_HEADER = 8000;
const MOST_IN_ADDRESS = 40_000;
/** A Bulk that is taken is as much work as its operations are one by one. */
const MOST_IN_BULK = 101;
const TOO_MANY_FOR_BULK = 10_001;

const PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const BULK_REQUEST = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
const SEARCH_REQUEST = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";

/** What a heavy request is made of. */
interface Ingredients {
  readonly size: number;
  /** Of a resource type. */
  readonly endpoint: string;
  readonly ids: readonly string[];
  readonly id: string;
  readonly attribute: string;
  readonly schemas: readonly string[];
  readonly element: string;
  readonly link: string;
}

type Heavy = Partial<RandomRequest> & Pick<RandomRequest, "method" | "path">;

const many = <T>(count: number, make: (at: number) => T): T[] =>
  Array.from({ length: count }, (_, at) => make(at));
const repeated = (text: string, count: number, separator = "") =>
  Array<string>(count).fill(text).join(separator);
const nested = (open: string, inner: string, close: string, depth: number) =>
  open.repeat(depth) + inner + close.repeat(depth);

const resource = ({ schemas }: Ingredients, more: object) => ({
  schemas,
  userName: "heavy",
  displayName: "heavy",
  ...more,
});
const write = (given: Ingredients, more: object): Heavy => ({
  method: given.size % 2 === 0 ? "PUT" : "POST",
  path: given.size % 2 === 0 ? `${given.endpoint}/${given.id}` : given.endpoint,
  raw: JSON.stringify(resource(given, more)),
});
const rawly = ({ endpoint, id }: Ingredients, raw: string): Heavy => ({
  method: "PATCH",
  path: `${endpoint}/${id}`,
  raw,
});
const patch = (given: Ingredients, ...operations: readonly object[]): Heavy =>
  rawly(given, JSON.stringify({ schemas: [PATCH_OP], Operations: operations }));
const search = ({ endpoint, size }: Ingredients, more: object): Heavy => ({
  method: "POST",
  path: size === 501 ? "/.search" : `${endpoint}/.search`,
  raw: JSON.stringify({ schemas: [SEARCH_REQUEST], ...more }),
});
const list = ({ endpoint, size }: Ingredients, query: Record<string, string>): Heavy => {
  const path = size === 501 ? "/" : endpoint;
  return {
    method: "GET",
    path: `${path}?${new URLSearchParams(query).toString()}`.slice(0, MOST_IN_ADDRESS),
  };
};
const withHeader = ({ endpoint, id }: Ingredients, name: string, value: string): Heavy => ({
  method: name === "if-match" ? "DELETE" : "GET",
  path: `${endpoint}/${name === "if-match" ? "none" : id}`,
  headers: { [name]: value.slice(0, MOST_IN_HEADER) },
});
const bulk = ({ size }: Ingredients, make: (at: number) => object): Heavy => {
  const count = size >= TOO_MANY_FOR_BULK ? TOO_MANY_FOR_BULK : Math.min(size, MOST_IN_BULK);
  return {
    method: "POST",
    path: "/Bulk",
    raw: JSON.stringify({ schemas: [BULK_REQUEST], Operations: many(count, make) }),
  };
};
const membersOf = (
  { size, ids }: Ingredients,
  id: (at: number) => string = (at) => ids[at % ids.length] ?? "",
) => many(Math.min(size, MOST_MEMBERS), (at) => ({ value: id(at) }));
const byLink = ({ link }: Ingredients, type: string, raw: string): Heavy => ({
  method: "POST",
  path: link,
  raw,
  headers: { "content-type": type },
});
const FORM = "application/x-www-form-urlencoded";
const JSON_TYPE = "application/json";

const KINDS: Readonly<Record<string, (given: Ingredients) => Heavy>> = {
  "long id": ({ endpoint, size }) => ({
    method: "GET",
    path: `${endpoint}/${"x".repeat(size)}`.slice(0, MOST_IN_ADDRESS),
  }),
  "long address": ({ size }) => ({ method: "POST", path: repeated("/x", size).slice(0, MOST_IN_ADDRESS) }),
  "long text": (given) => write(given, { [given.attribute]: "é".repeat(given.size * 20) }),
  "long name": (given) => write(given, { ["x".repeat(given.size * 20)]: 1 }),
  "long text in a filter": (given) =>
    search(given, { filter: `${given.attribute} co "${"x".repeat(given.size)}"` }),
  "long filter in an address": (given) =>
    list(given, { filter: `${given.attribute} eq "${"x".repeat(given.size)}"` }),
  "long cursor": (given) => list(given, { cursor: "x".repeat(given.size) }),
  "long parameters": (given) => {
    const text = "x.".repeat(given.size);
    return search(given, { sortBy: text, sortOrder: text, attributes: [text], cursor: text, filter: text });
  },
  "long number": (given) =>
    list(given, { count: "9".repeat(given.size), startIndex: "1".repeat(given.size) }),
  "long path of an operation": (given) =>
    patch(given, {
      op: "replace",
      path: `${given.element}[value eq "${"x".repeat(given.size)}"]`,
      value: {},
    }),
  "long op": (given) => patch(given, { op: "x".repeat(given.size * 20), path: "x".repeat(given.size * 20) }),
  "long header": (given) => withHeader(given, "accept", "a/b,".repeat(given.size)),
  "long operation of a Bulk": ({ size }) => {
    const text = "x".repeat(size * 20);
    const operation = { method: text, path: `/${text}`, bulkId: text, version: text };
    return bulk({ size: 3 } as Ingredients, () => operation);
  },

  "deep objects": (given) => rawly(given, nested('{"x":', "1", "}", given.size)),
  "deep lists": (given) =>
    write(given, { [given.attribute]: many(1, () => nestedList(Math.min(given.size, 1001))) }),
  "deep brackets": (given) =>
    search(given, { filter: nested("(", `${given.attribute} pr`, ")", given.size) }),
  "deep negation": (given) =>
    search(given, { filter: nested("not (", `${given.attribute} pr`, ")", given.size) }),
  "deep value paths": (given) =>
    patch(given, { op: "add", path: nested(`${given.element}[`, "value pr", "]", given.size), value: "x" }),
  "deep schemas": (given) => rawly(given, nested(`{"${given.schemas[0]}":`, "{}", "}", given.size)),

  "many operations": (given) =>
    patch(given, ...many(given.size, (at) => ({ op: "replace", path: "title", value: `${at}` }))),
  "many operations with terms": (given) =>
    patch(
      given,
      ...many(Math.min(given.size, 1001), (at) => ({
        op: "replace",
        path: `${given.element}[value eq "${at}" or type pr].display`,
        value: "x",
      })),
    ),
  "many attributes of operations": (given) =>
    patch(
      given,
      ...many(given.size / 10, () => ({ op: "add", value: { title: "x", "name.givenName": "y" } })),
    ),
  "many operations of a Bulk": (given) =>
    bulk(given, (at) => ({ method: "DELETE", path: `${given.endpoint}/none${at}` })),
  "many references in a Bulk": (given) =>
    bulk(given, (at) => ({
      method: "POST",
      path: "/Groups",
      bulkId: `b${at}`,
      data: { schemas: given.schemas, displayName: `b${at}`, members: [{ value: `bulkId:b${at + 1}` }] },
    })),
  "many members": (given) => write({ ...given, endpoint: "/Groups" }, { members: membersOf(given) }),
  "many unknown members": (given) =>
    patch(
      { ...given, endpoint: "/Groups" },
      { op: given.size % 2 === 0 ? "remove" : "add", path: "members", value: membersOf(given, String) },
    ),
  "many elements": (given) =>
    write(given, {
      [given.element]: many(given.size, (at) => ({ value: `${at}@example.com`, type: "work" })),
    }),
  "many elements by an operation": (given) =>
    patch(given, { op: "add", path: given.element, value: many(given.size, String) }),
  "many values": (given) => rawly(given, `{"x":[${repeated("{}", given.size * 10, ",")}]}`),
  "many names": (given) => write(given, Object.fromEntries(many(given.size, (at) => [`n${at}`, at]))),
  "many schemas": (given) => write({ ...given, schemas: many(given.size, (at) => `urn:x:${at}`) }, {}),
  "many terms": (given) =>
    search(given, { filter: many(given.size, (at) => `${given.attribute} eq "${at}"`).join(" or ") }),
  "many parameters": (given) => list(given, Object.fromEntries(many(given.size, (at) => [`p${at}`, ""]))),
  "many attributes": (given) => search(given, { attributes: many(given.size, (at) => `x${at}`) }),
  "many tags": (given) => withHeader(given, "if-match", many(given.size, (at) => `W/"${at}"`).join()),

  "repeated terms": (given) =>
    search(given, { filter: repeated(`${given.attribute} pr`, given.size, " and "), count: 1 }),
  "repeated searches in texts": (given) =>
    search(given, { filter: repeated(`${given.element} co "x"`, given.size, " or ") }),
  "repeated names": (given) => rawly(given, `{${repeated('"title":"x",', given.size)}"title":"y"}`),
  "repeated names in other cases": (given) => {
    const elements = many(20, (at) => ({ value: `${at}` }));
    const cased = (at: number) =>
      given.element.replace(/./g, (message, bit: number) =>
        (at >> bit) & 1 ? message.toUpperCase() : message,
      );
    return write(given, Object.fromEntries(many(Math.min(given.size, 999), (at) => [cased(at), elements])));
  },
  "repeated members": (given) =>
    write({ ...given, endpoint: "/Groups" }, { members: membersOf(given, () => given.id) }),
  "repeated operations": (given) =>
    patch(
      { ...given, endpoint: "/Groups" },
      ...many(Math.min(given.size, 1001), (at) => ({
        op: at % 2 === 0 ? "add" : "remove",
        path: "members",
        value: [{ value: given.id }],
      })),
    ),
  "repeated bulkIds": (given) =>
    bulk(given, () => ({
      method: "POST",
      path: given.endpoint,
      bulkId: "b",
      data: resource(given, { manager: "bulkId:b" }),
    })),
  "repeated text of references": (given) =>
    bulk(given, () => ({ method: "PATCH", path: `/Users/${'"bulkId:\\'.repeat(100)}`, data: {} })),
  "repeated attributes": (given) =>
    list(given, { excludedAttributes: repeated(given.attribute, given.size, ",") }),
  "repeated schemas": (given) =>
    write({ ...given, schemas: many(given.size, () => given.schemas[0] ?? "") }, {}),
  "repeated commas": (given) => search(given, { attributes: ",".repeat(given.size * 20) }),

  "long text by a link": (given) =>
    byLink(given, JSON_TYPE, JSON.stringify({ password: "aB3$".repeat(given.size) })),
  "deep objects by a link": (given) => byLink(given, JSON_TYPE, nested('{"password":', "1", "}", given.size)),
  "many fields by a link": (given) => byLink(given, FORM, many(given.size, (at) => `f${at}=1`).join("&")),
  "repeated fields by a link": (given) => byLink(given, FORM, repeated("password=aB3", given.size, "&")),
  "long link": (given) => ({
    method: "GET",
    path: `${given.link}${"x".repeat(given.size)}`.slice(0, MOST_IN_ADDRESS),
  }),
  "a path that takes no body with one": (given) => ({
    method: "POST",
    path: `${given.size % 2 === 0 ? "/AccessTokens" : "/Invitations"}/${given.id}/${["rotate", "keep", "resend"][given.size % 3] ?? ""}`,
    raw: JSON.stringify({ overlap: "1".repeat(given.size), x: many(given.size, String) }),
  }),
  "many attributes of oneself": (given) => ({
    method: given.size % 2 === 0 ? "GET" : "PATCH",
    path: `/Me?attributes=${repeated(given.attribute, given.size, ",")}`.slice(0, MOST_IN_ADDRESS),
    raw: JSON.stringify({ schemas: [PATCH_OP], Operations: [] }),
  }),
};

function nestedList(depth: number): unknown {
  let made: unknown = [];
  for (let level = 0; level < depth; level += 1) made = [made];
  return made;
}

const ELEMENTS = ["emails", "phoneNumbers", "roles", "members", "addresses", "x509Certificates"];
const LINKS = ["accept", "decline", "codes", "proof"]
  .map((action) => `/invitations/id.secret/${action}`)
  .concat("/account-setup/id.secret/complete");

/** Requests that say, when a test fails, what they are instead of all that they have. */
export function heavyRequest({ endpoints, ids, attributes }: Target): fc.Arbitrary<RandomRequest> {
  const given = fc.record({
    kind: fc.constantFrom(...Object.keys(KINDS)),
    size: fc.constantFrom(...SIZES),
    endpoint: fc.constantFrom(...endpoints),
    id: fc.constantFrom(...ids),
    attribute: fc.constantFrom(...attributes),
    element: fc.constantFrom(...ELEMENTS),
    link: fc.constantFrom(...LINKS),
  });
  const schemas = attributes.filter((name) => name.startsWith("urn:") && !name.includes(" ")).slice(0, 50);
  return given.map(({ kind, ...ingredients }) => {
    const made = KINDS[kind]?.({ ...ingredients, ids, schemas });
    return {
      ...{ method: "GET", path: "/", headers: {} },
      ...made,
      [fc.toStringMethod]: () => JSON.stringify({ kind, ...ingredients }),
    };
  });
}
