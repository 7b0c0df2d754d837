import { expect } from "chai";
import fc from "fast-check";
import type { JsonObject, JsonValue } from "../../src/domain/values/json.js";
import { readPatchRequest } from "../../src/scim/requests/patch-request.js";
import { ScimError } from "../../src/scim/errors.js";
import type { ScimType } from "../../src/scim/errors.js";
import { applyPatch } from "../../src/scim/patch/apply.js";
import type { Attribute, ResourceSchema } from "../../src/scim/schema/attribute.js";
import { userSchema } from "../../src/scim/resources/user-schema.js";
import { ENTERPRISE_USER } from "../support/factories.js";
import { refusal } from "../support/refusal.js";

/** Applies operations as a client would write them. */
function patch(resource: JsonObject, operations: readonly JsonValue[], schema = userSchema): JsonObject {
  return applyPatch(schema, resource, readPatchRequest(schema, { Operations: [...operations] }));
}

const patchUser = (others: JsonObject, ...operations: JsonValue[]): JsonObject => {
  const after = patch({ userName: "dana", ...others }, operations);
  return Object.fromEntries(Object.entries(after).filter(([name]) => name !== "userName"));
};

type Case = [statement: string, before: JsonObject, operations: JsonValue[], after: JsonObject];

function cases(title: string, table: Case[]): void {
  describe(title, () => {
    for (const [statement, before, operations, after] of table) {
      it(statement, () => expect(patchUser(before, ...operations)).to.deep.equal(after));
    }
  });
}

const work = { value: "w@x", type: "work" };
const home = { value: "h@x", type: "home" };

describe("Applying a PATCH", () => {
  cases("add (RFC 7644 section 3.5.2.1)", [
    ["sets a single value", {}, [{ op: "add", path: "title", value: "T" }], { title: "T" }],
    ["replaces a single value", { title: "S" }, [{ op: "add", path: "title", value: "T" }], { title: "T" }],
    [
      "sets sub-attributes and leaves the others",
      { name: { givenName: "D", familyName: "R" } },
      [{ op: "add", path: "name", value: { givenName: "E" } }],
      { name: { givenName: "E", familyName: "R" } },
    ],
    [
      "sets a sub-attribute",
      {},
      [{ op: "add", path: "name.givenName", value: "D" }],
      { name: { givenName: "D" } },
    ],
    [
      "appends to a list",
      { emails: [work] },
      [{ op: "add", path: "emails", value: [home] }],
      { emails: [work, home] },
    ],
    [
      "does not add an element twice, in any case of letters",
      { emails: [work] },
      [{ op: "add", path: "emails", value: [{ value: "W@X", type: "WORK" }] }],
      { emails: [{ value: "W@X", type: "WORK" }] },
    ],
    [
      "does not add twice what one request names twice",
      {},
      [{ op: "add", path: "emails", value: [work, work] }],
      { emails: [work] },
    ],
    [
      "merges into an element of the same value and type",
      { emails: [work] },
      [{ op: "add", path: "emails", value: [{ ...work, display: "W" }] }],
      { emails: [{ ...work, display: "W" }] },
    ],
    [
      "knows an element by its value when no type is given",
      { roles: [{ value: "r", type: "t" }] },
      [{ op: "add", path: "roles", value: [{ value: "r", display: "R" }] }],
      { roles: [{ value: "r", type: "t", display: "R" }] },
    ],
    [
      "takes the same value of another type for another element",
      { phoneNumbers: [{ value: "1", type: "work" }] },
      [{ op: "add", path: "phoneNumbers", value: [{ value: "1", type: "fax" }] }],
      {
        phoneNumbers: [
          { value: "1", type: "work" },
          { value: "1", type: "fax" },
        ],
      },
    ],
    [
      "without a path merges into what is there",
      { emails: [work], name: { familyName: "R" } },
      [{ op: "add", value: { emails: [home], nickName: "B", name: { givenName: "D" } } }],
      { emails: [work, home], nickName: "B", name: { familyName: "R", givenName: "D" } },
    ],
    [
      "creates an extension",
      {},
      [{ op: "add", path: `${ENTERPRISE_USER}:department`, value: "Ops" }],
      { [ENTERPRISE_USER]: { department: "Ops" } },
    ],
    [
      "sets a sub-attribute of the elements that a value path selects",
      { emails: [work, home] },
      [{ op: "add", path: 'emails[type eq "work"].display', value: "W" }],
      { emails: [{ ...work, display: "W" }, home] },
    ],
    [
      "merges into the elements that a value path selects",
      { emails: [work, home] },
      [{ op: "add", path: 'emails[type eq "work"]', value: { display: "W" } }],
      { emails: [{ ...work, display: "W" }, home] },
    ],
    [
      "builds one element by three value paths that are the same",
      {},
      ["country", "locality", "formatted"].map((part) => ({
        op: "add",
        path: `addresses[type eq "work"].${part}`,
        value: part,
      })),
      { addresses: [{ type: "work", country: "country", locality: "locality", formatted: "formatted" }] },
    ],
    [
      "creates an element of all terms of the filter",
      {},
      [{ op: "add", path: 'roles[type eq "t" and primary eq "True"].value', value: "r" }],
      { roles: [{ type: "t", primary: true, value: "r" }] },
    ],
    [
      "creates an element of the filter alone",
      {},
      [
        { op: "add", path: 'roles[value eq "r"]' },
        { op: "add", path: 'roles[value eq "R"]' },
      ],
      { roles: [{ value: "r" }] },
    ],
  ]);

  cases("replace (RFC 7644 section 3.5.2.3)", [
    [
      "replaces a single value",
      { title: "S" },
      [{ op: "replace", path: "title", value: "T" }],
      { title: "T" },
    ],
    ["adds what is not there", {}, [{ op: "replace", path: "title", value: "T" }], { title: "T" }],
    [
      "leaves sub-attributes that are not given",
      { name: { givenName: "D", familyName: "R" } },
      [{ op: "replace", path: "name", value: { givenName: "E" } }],
      { name: { givenName: "E", familyName: "R" } },
    ],
    [
      "removes sub-attributes that are null",
      { name: { givenName: "D", familyName: "R" } },
      [{ op: "replace", path: "name", value: { givenName: "E", familyName: null } }],
      { name: { givenName: "E" } },
    ],
    [
      "replaces a whole list",
      { emails: [work] },
      [{ op: "replace", path: "emails", value: [home] }],
      { emails: [home] },
    ],
    ["empties a list", { emails: [work] }, [{ op: "replace", path: "emails", value: [] }], {}],
    [
      "replaces a sub-attribute of the elements that a value path selects",
      { emails: [{ ...work, primary: true }, home] },
      [{ op: "replace", path: 'emails[type eq "work"].value', value: "new@x" }],
      { emails: [{ value: "new@x", type: "work", primary: true }, home] },
    ],
    [
      "leaves what is not given of the elements that a value path selects",
      { emails: [{ ...work, primary: true }, home] },
      [{ op: "replace", path: 'emails[type eq "work"]', value: { value: "new@x" } }],
      { emails: [{ value: "new@x", type: "work", primary: true }, home] },
    ],
    [
      "creates the element that a value path does not find",
      { emails: [home] },
      [{ op: "replace", path: 'emails[type eq "work"].value', value: "w@x" }],
      { emails: [home, work] },
    ],
    [
      "sets a sub-attribute of every element when there is no value path",
      { roles: [{ value: "a" }, { value: "b" }] },
      [{ op: "replace", path: "roles.type", value: "t" }],
      {
        roles: [
          { value: "a", type: "t" },
          { value: "b", type: "t" },
        ],
      },
    ],
    [
      "creates an element for a sub-attribute when there is none",
      {},
      [{ op: "replace", path: "emails.value", value: "w@x" }],
      { emails: [{ value: "w@x" }] },
    ],
    [
      "clears a manager and leaves the rest of the extension",
      { [ENTERPRISE_USER]: { manager: { value: "m" }, department: "D" } },
      [{ op: "replace", path: `${ENTERPRISE_USER}:manager`, value: "" }],
      { [ENTERPRISE_USER]: { department: "D" } },
    ],
    ["sets a password", {}, [{ op: "replace", value: { password: "s3cret" } }], { password: "s3cret" }],
  ]);

  cases("remove (RFC 7644 section 3.5.2.2)", [
    ["removes an attribute", { title: "T" }, [{ op: "remove", path: "title" }], {}],
    ["does not mind what is not there", {}, [{ op: "remove", path: "title" }], {}],
    [
      "removes a sub-attribute",
      { name: { givenName: "D", familyName: "R" } },
      [{ op: "remove", path: "name.givenName" }],
      { name: { familyName: "R" } },
    ],
    [
      "removes an attribute with its last sub-attribute",
      { name: { givenName: "D" } },
      [{ op: "remove", path: "name.givenName" }],
      {},
    ],
    ["removes a list", { emails: [work, home] }, [{ op: "remove", path: "emails" }], {}],
    [
      "removes the elements selected",
      { emails: [work, home] },
      [{ op: "remove", path: 'emails[type eq "work"]' }],
      { emails: [home] },
    ],
    [
      "removes a list with its last element",
      { emails: [work] },
      [{ op: "remove", path: 'emails[type eq "work"]' }],
      {},
    ],
    [
      "does not mind when nothing is selected",
      { emails: [home] },
      [{ op: "remove", path: 'emails[type eq "work"]' }],
      { emails: [home] },
    ],
    [
      "removes a sub-attribute of the elements selected",
      { emails: [work, home] },
      [{ op: "remove", path: 'emails[type eq "work"].type' }],
      { emails: [{ value: "w@x" }, home] },
    ],
    [
      "removes elements whose value is removed, since nothing is left of them",
      { emails: [work, home] },
      [{ op: "remove", path: 'emails[type eq "work"].value' }],
      { emails: [home] },
    ],
    [
      "removes the elements given in the value, in any case of letters",
      { emails: [work, home] },
      [{ op: "remove", path: "emails", value: [{ value: "W@X" }] }],
      { emails: [home] },
    ],
    [
      "removes of a value with several types the one given",
      {
        phoneNumbers: [
          { value: "1", type: "work" },
          { value: "1", type: "fax" },
        ],
      },
      [{ op: "remove", path: "phoneNumbers", value: { value: "1", type: "fax" } }],
      { phoneNumbers: [{ value: "1", type: "work" }] },
    ],
    [
      "removes by all that is given when there is no value",
      { emails: [work, { ...home, primary: true }] },
      [{ op: "remove", path: "emails", value: [{ type: "home", primary: true }] }],
      { emails: [work] },
    ],
    [
      "removes nothing when the list is empty",
      { emails: [work] },
      [{ op: "remove", path: "emails", value: [] }],
      { emails: [work] },
    ],
    [
      "removes nothing that differs",
      { emails: [work] },
      [{ op: "remove", path: "emails", value: "other@x" }],
      { emails: [work] },
    ],
    [
      "removes an extension",
      { title: "T", [ENTERPRISE_USER]: { department: "D", manager: { value: "m" } } },
      [{ op: "remove", path: ENTERPRISE_USER }],
      { title: "T" },
    ],
    [
      "removes an extension with its last attribute",
      { [ENTERPRISE_USER]: { department: "D" } },
      [{ op: "remove", path: `${ENTERPRISE_USER}:department` }],
      {},
    ],
  ]);

  cases("the primary element", [
    [
      "is the one added last as such",
      { emails: [{ ...work, primary: true }] },
      [{ op: "add", path: "emails", value: [{ ...home, primary: true }] }],
      {
        emails: [
          { ...work, primary: false },
          { ...home, primary: true },
        ],
      },
    ],
    [
      "moves by a value path",
      { emails: [{ ...work, primary: true }, home] },
      [{ op: "replace", path: 'emails[type eq "home"].primary', value: "True" }],
      {
        emails: [
          { ...work, primary: false },
          { ...home, primary: true },
        ],
      },
    ],
    [
      "is only one when a path selects several",
      { emails: [work, home] },
      [{ op: "replace", path: "emails.primary", value: true }],
      {
        emails: [
          { ...work, primary: false },
          { ...home, primary: true },
        ],
      },
    ],
    [
      "stays when others change",
      { emails: [{ ...work, primary: true }, home] },
      [{ op: "replace", path: 'emails[type eq "home"].value', value: "n@x" }],
      {
        emails: [
          { ...work, primary: true },
          { value: "n@x", type: "home" },
        ],
      },
    ],
  ]);

  it("applies operations one after another", () => {
    const operations = [
      { op: "remove", path: "displayName" },
      { op: "add", path: "displayName", value: "A" },
      { op: "replace", path: "displayName", value: "B" },
    ];
    expect(patchUser({ displayName: "D" }, ...operations)).to.deep.equal({ displayName: "B" });
  });

  describe("refuses", () => {
    const refusals: [statement: string, operations: JsonValue[], type: ScimType, says: string][] = [
      ["to remove what is required", [{ op: "remove", path: "userName" }], "mutability", "userName"],
      [
        "a required attribute that is blank",
        [{ op: "replace", path: "userName", value: " " }],
        "invalidValue",
        "userName",
      ],
      [
        "to create from something else than eq",
        [{ op: "add", path: 'emails[value co "x"].type', value: "work" }],
        "noTarget",
        "emails",
      ],
      [
        "to create from or",
        [{ op: "replace", path: 'emails[type eq "a" or type eq "b"].value', value: "x" }],
        "noTarget",
        "emails",
      ],
      [
        "to create from a contradiction",
        [{ op: "add", path: 'emails[type eq "a" and type eq "b"].value', value: "x" }],
        "noTarget",
        "emails",
      ],
      [
        "U+0000 in a filter that would be created from",
        [{ op: "add", path: 'emails[type eq "\\u0000"].value', value: "x" }],
        "invalidValue",
        "emails",
      ],
      [
        "everything for the sake of the last operation",
        [
          { op: "replace", path: "title", value: "T" },
          { op: "remove", path: "userName" },
        ],
        "mutability",
        "userName",
      ],
    ];
    for (const [statement, operations, type, says] of refusals) {
      it(statement, () => {
        const { status, scimType, message } = refusal(() => patchUser({ title: "S" }, ...operations));
        expect({ status, scimType }).to.deep.equal({ status: 400, scimType: type });
        expect(message).to.include(says);
      });
    }

    it("a number of operations on a long list that would take too long", () => {
      const roles = Array.from({ length: 1000 }, (_, at) => ({ value: String(at) }));
      const operations = Array.from({ length: 1000 }, () => ({ op: "remove", path: 'roles[value eq "x"]' }));
      expect(refusal(() => patchUser({ roles }, ...operations)).status).to.equal(413);
    });
  });

  describe("with immutable attributes", () => {
    const schema = withImmutable("title", "manager", "roles.value");
    const before = {
      userName: "d",
      title: "T",
      roles: [{ value: "r" }],
      [ENTERPRISE_USER]: { manager: { value: "m" } },
    };

    const accepted: JsonValue[] = [
      { op: "replace", path: "title", value: "T" },
      { op: "add", path: `${ENTERPRISE_USER}:manager`, value: "m" },
      { op: "add", path: "roles", value: [{ value: "r" }] },
      { op: "remove", path: 'roles[value eq "x"].value' },
    ];
    for (const operation of accepted) {
      it(`accepts what changes nothing: ${JSON.stringify(operation)}`, () =>
        expect(patch(before, [operation], schema)).to.deep.equal(before));
    }

    it("sets them once", () => {
      const after = patch({ userName: "d" }, [{ op: "replace", path: "title", value: "T" }], schema);
      expect(after).to.deep.equal({ userName: "d", title: "T" });
    });

    const refused: JsonValue[] = [
      { op: "replace", path: "title", value: "S" },
      { op: "remove", path: "title" },
      { op: "replace", path: "title", value: null },
      { op: "replace", path: `${ENTERPRISE_USER}:manager`, value: "n" },
      { op: "remove", path: `${ENTERPRISE_USER}:manager` },
      { op: "remove", path: ENTERPRISE_USER },
      { op: "replace", path: 'roles[value eq "r"].value', value: "s" },
      { op: "remove", path: 'roles[value eq "r"].value' },
    ];
    for (const operation of refused) {
      it(`refuses ${JSON.stringify(operation)}`, () =>
        expect(refusal(() => patch(before, [operation], schema)).scimType).to.equal("mutability"));
    }

    it("removes elements with immutable sub-attributes", () => {
      expect(patch(before, [{ op: "remove", path: "roles" }], schema)).to.not.have.property("roles");
    });
  });

  it("shortens a list from before that is longer than one can be, and takes no such list", () => {
    const roles = Array.from({ length: 10_000 }, (_, at) => ({ value: `role ${at}` }));
    const shorter = patchUser({ roles }, { op: "remove", path: "roles", value: roles.slice(0, 1000) });
    expect(shorter.roles).to.have.length(9000);
    for (const op of ["add", "replace"]) {
      expect(() => patchUser({ roles }, { op, path: "roles", value: roles })).to.throw(/10000 elements/);
    }
  });

  describe("refuses with 413 what is too much work:", () => {
    const many = (count: number, length = 10) =>
      Array.from({ length: count }, (_, at) => ({ value: `${at}${"x".repeat(length)}`, type: "work" }));
    const times = (count: number, make: (at: number) => object) =>
      Array.from({ length: count }, (_, at) => make(at) as JsonValue);
    const terms = times(90, (at) => ({ at })).map((_, at) => `value eq "no ${at}"`);
    const heavy: Record<string, readonly [elements: object[], operations: JsonValue[]]> = {
      "many terms": [
        many(1000),
        times(20, () => ({
          op: "replace",
          path: `emails[${terms.join(" or ")} or value pr].type`,
          value: "home",
        })),
      ],
      "many additions": [
        many(90, 30_000),
        times(1000, (at) => ({ op: "add", path: "emails", value: [{ value: `new ${at}` }] })),
      ],
      "much text to look through": [
        many(100, 30_000),
        times(100, () => ({ op: "replace", path: 'emails[not (value co "yes")].type', value: "home" })),
      ],
      "one text for many elements": [
        many(1250),
        [{ op: "replace", path: "emails.display", value: "x".repeat(8000) }],
      ],
      "elements named in many ways": [
        many(500),
        times(60, (at) => ({
          op: "remove",
          path: "emails",
          value: ["type", "display", "primary"].map((name) => ({
            [name]: name === "primary" ? true : `${at}`,
          })),
        })),
      ],
    };
    for (const [what, [emails, operations]] of Object.entries(heavy)) {
      it(what, () => {
        const given = { emails: emails as unknown as JsonValue };
        expect(refusal(() => patchUser(given, ...operations)).status).to.equal(413);
      });
    }
  });

  describe("whatever the operations", () => {
    it("does not change what it is given", () => {
      fc.assert(
        fc.property(resources, operationLists(anyOperation), (resource, operations) => {
          const before = structuredClone(resource);
          outcome(resource, operations);
          expect(resource).to.deep.equal(before);
        }),
      );
    });

    it("adds once what is added twice", () => {
      fc.assert(
        fc.property(resources, addition, (resource, operation) => {
          const once = patch(resource, [operation]);
          expect(patch(once, [operation])).to.deep.equal(once);
        }),
      );
    });

    it("leaves at most one primary element, and nothing empty", () => {
      fc.assert(
        fc.property(resources, operationLists(anyOperation), (resource, operations) => {
          const after = outcome(resource, operations);
          if (!after) return;
          expect(hasEmpty(after)).to.be.false;
          const emails = Array.isArray(after.emails) ? after.emails : [];
          expect(emails.filter((email) => (email as JsonObject).primary === true).length).to.be.at.most(1);
        }),
      );
    });
  });
});

/** The User schema with some attributes made immutable. */
function withImmutable(...names: string[]): ResourceSchema {
  const change = (attributes: ReadonlyMap<string, Attribute>, prefix: string): Map<string, Attribute> =>
    new Map(
      [...attributes].map(([key, attribute]): [string, Attribute] => {
        const name = `${prefix}${attribute.name}`;
        const subAttributes = change(attribute.subAttributes, `${name}.`);
        return [
          key,
          { ...attribute, subAttributes, ...(names.includes(name) && { mutability: "immutable" }) },
        ];
      }),
    );
  const { core, extensions } = userSchema;
  return {
    ...userSchema,
    core: { ...core, attributes: change(core.attributes, "") },
    extensions: new Map(
      [...extensions].map(([urn, each]) => [urn, { ...each, attributes: change(each.attributes, "") }]),
    ),
  };
}

const outcome = (resource: JsonObject, operations: readonly JsonValue[]): JsonObject | undefined => {
  try {
    return patch(resource, operations);
  } catch (error) {
    expect(error).to.be.instanceOf(ScimError);
    return undefined;
  }
};

function hasEmpty(value: JsonValue): boolean {
  if (typeof value !== "object" || value === null) return value === null;
  const inner = Object.values(value);
  return inner.length === 0 || inner.some(hasEmpty);
}

const text = fc.constantFrom("a", "b", "B", "c");
const email = fc.record(
  { value: text, type: fc.constantFrom("work", "home"), display: text },
  { requiredKeys: ["value"] },
);
const withPrimary = fc
  .tuple(fc.array(email, { minLength: 1, maxLength: 3 }), fc.boolean())
  .map(([[first, ...others], primary]) => [{ ...first, ...(primary && { primary }) }, ...others]);

const resources: fc.Arbitrary<JsonObject> = fc.record(
  {
    userName: fc.constant("dana"),
    title: text,
    name: fc.record({ givenName: text, familyName: text }),
    emails: withPrimary,
    [ENTERPRISE_USER]: fc.record({ department: text }),
  },
  { requiredKeys: ["userName"] },
);

const addition: fc.Arbitrary<JsonObject> = fc
  .oneof(
    fc.record({
      path: fc.constantFrom("title", "name.givenName", `${ENTERPRISE_USER}:department`),
      value: text,
    }),
    fc.record({ path: fc.constant("emails"), value: withPrimary }),
    fc.record({
      path: fc.constantFrom(
        'emails[type eq "work"].display',
        'emails[value eq "a"].display',
        "emails.display",
      ),
      value: text,
    }),
    fc.record({ path: fc.constant('emails[type eq "work"].primary'), value: fc.boolean() }),
  )
  .map((operation) => ({ op: "add", ...operation }));

const anyOperation: fc.Arbitrary<JsonValue> = fc.oneof<fc.Arbitrary<JsonValue>[]>(
  addition,
  addition.map((operation) => ({ ...operation, op: "replace" })),
  addition.map(({ path }) => ({ op: "remove", path: path ?? null })),
  fc.record({ op: fc.constant("remove"), path: fc.constant("emails"), value: fc.array(email) }),
  fc.record({
    op: fc.constant("replace"),
    path: fc.constant("emails"),
    value: fc.constantFrom(null, [], "a"),
  }),
);

const operationLists = (operation: fc.Arbitrary<JsonValue>) =>
  fc.array(operation, { minLength: 1, maxLength: 5 });
