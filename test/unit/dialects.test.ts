import { expect } from "chai";
import fc from "fast-check";
import type { JsonValue } from "../../src/domain/values/json.js";
import { readPatchRequest } from "../../src/scim/requests/patch-request.js";
import { ScimError } from "../../src/scim/errors.js";
import type { ScimType } from "../../src/scim/errors.js";
import { groups } from "../../src/scim/resources/group.js";
import { userSchema } from "../../src/scim/resources/user-schema.js";
import type { ResourceSchema } from "../../src/scim/schema/attribute.js";
import { ENTERPRISE_USER, ORGANIZATION } from "../support/factories.js";
import { refusal } from "../support/refusal.js";

const PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const CORE_USER = "urn:ietf:params:scim:schemas:core:2.0:User";

/** Operations as they are easy to compare: `[op, path]` or `[op, path, value]`. */
type Short = [op: string, path: string, value?: JsonValue];

function read(operation: JsonValue, schema: ResourceSchema = userSchema): Short[] {
  const operations = readPatchRequest(schema, { schemas: [PATCH_OP], Operations: [operation] });
  return operations.map(({ op, path, value }) =>
    value === undefined ? [op, path.text] : [op, path.text, value],
  );
}

describe("Reading a PATCH request", () => {
  describe("turns into canonical operations", () => {
    const readings: [statement: string, operation: JsonValue, canonical: Short[]][] = [
      [
        "the RFC's form",
        { op: "replace", path: "displayName", value: "D" },
        [["replace", "displayName", "D"]],
      ],
      ["an op in any case", { op: "REPLACE", path: "title", value: "D" }, [["replace", "title", "D"]]],
      ["keys in any case", { Op: "Add", Path: "title", Value: "D" }, [["add", "title", "D"]]],
      [
        "unknown keys beside op",
        { op: "add", name: "addTitle", path: "title", value: "D" },
        [["add", "title", "D"]],
      ],
      [
        "a boolean as a string",
        { op: "Replace", path: "active", value: "False" },
        [["replace", "active", false]],
      ],
      ["a number as a string's value", { op: "add", path: "title", value: 7 }, [["add", "title", "7"]]],
      [
        "one element without a list",
        { op: "add", path: "emails", value: { value: "a@b" } },
        [["add", "emails", [{ value: "a@b" }]]],
      ],
      [
        "elements as bare strings",
        { op: "add", path: "roles", value: "r" },
        [["add", "roles", [{ value: "r" }]]],
      ],
      [
        "a single value wrapped in Microsoft's way",
        { op: "Replace", path: "displayName", value: [{ $ref: null, value: "Dana" }] },
        [["replace", "displayName", "Dana"]],
      ],
      [
        "a single value of an element wrapped so",
        { op: "Replace", path: 'emails[type eq "work"].primary', value: { value: "True" } },
        [["replace", 'emails[type eq "work"].primary', true]],
      ],
      [
        "a manager as a bare id",
        { op: "Add", path: `${ENTERPRISE_USER}:manager`, value: "m" },
        [["add", `${ENTERPRISE_USER}:manager`, { value: "m" }]],
      ],
      [
        "a manager as a list of one",
        { op: "Add", path: `${ENTERPRISE_USER}:manager`, value: [{ $ref: "../Users/m", value: "m" }] },
        [["add", `${ENTERPRISE_USER}:manager.value`, "m"]],
      ],
      [
        "a list of one for a value path",
        { op: "replace", path: 'emails[type eq "work"]', value: [{ value: "a@b" }] },
        [["replace", 'emails[type eq "work"]', { value: "a@b" }]],
      ],
      [
        "JSON text as the value of a role, as it is",
        { op: "Add", path: "roles", value: [{ value: '{"id":"1"}' }] },
        [["add", "roles", [{ value: '{"id":"1"}' }]]],
      ],
      ...[
        ['{"value":"a@b.c","type":"work"}'],
        [' {"Value":"a@b.c","Type":"work"} '],
        '{"value":"a@b.c","type":"work"}',
        '[{"value":"a@b.c","type":"work"}]',
      ].map((value): [string, JsonValue, Short[]] => [
        `elements as JSON text: ${JSON.stringify(value)}`,
        { op: "add", path: "emails", value },
        [["add", "emails", [{ value: "a@b.c", type: "work" }]]],
      ]),
      [
        "an element as JSON text for a value path",
        { op: "replace", path: 'emails[type eq "work"]', value: '{"value":"a@b.c"}' },
        [["replace", 'emails[type eq "work"]', { value: "a@b.c" }]],
      ],
      [
        "a single complex value as JSON text",
        { op: "replace", path: `${ENTERPRISE_USER}:manager`, value: '{"value":"m"}' },
        [["replace", `${ENTERPRISE_USER}:manager.value`, "m"]],
      ],
      [
        "JSON text without a path",
        { op: "replace", value: { roles: ['{"value":"r"}'], name: '{"givenName":"D"}' } },
        [
          ["replace", "roles", [{ value: "r" }]],
          ["replace", "name.givenName", "D"],
        ],
      ],
      [
        "a role in brackets",
        { op: "add", path: "roles", value: "[x]" },
        [["add", "roles", [{ value: "[x]" }]]],
      ],
    ];
    for (const [statement, operation, canonical] of readings) {
      it(statement, () => expect(read(operation)).to.deep.equal(canonical));
    }
  });

  describe("without a path takes each key of the value as one", () => {
    const readings: [statement: string, value: JsonValue, canonical: Short[]][] = [
      ["a plain name", { active: "False" }, [["replace", "active", false]]],
      ["names in any case", { DisplayName: "D" }, [["replace", "DisplayName", "D"]]],
      ["a dotted name", { "name.givenName": "D" }, [["replace", "name.givenName", "D"]]],
      [
        "an object, sub-attribute by sub-attribute",
        { name: { givenName: "D", familyName: null } },
        [
          ["replace", "name.givenName", "D"],
          ["remove", "name.familyName"],
        ],
      ],
      ["an empty object says nothing", { name: {} }, []],
      ["a whole list", { emails: [{ value: "a@b" }] }, [["replace", "emails", [{ value: "a@b" }]]]],
      [
        "a name qualified by a URN",
        { [`${ENTERPRISE_USER}:department`]: "Ops" },
        [["replace", `${ENTERPRISE_USER}:department`, "Ops"]],
      ],
      [
        "a name qualified by the core URN",
        { [`${CORE_USER}:title`]: "T" },
        [["replace", `${CORE_USER}:title`, "T"]],
      ],
      [
        "an extension as an object",
        { [ENTERPRISE_USER]: { department: "Ops", manager: { value: "m" }, unknown: 1 } },
        [
          ["replace", `${ENTERPRISE_USER}:department`, "Ops"],
          ["replace", `${ENTERPRISE_USER}:manager.value`, "m"],
        ],
      ],
      [
        "a value path",
        { 'phoneNumbers[type eq "work"].value': "+1" },
        [["replace", 'phoneNumbers[type eq "work"].value', "+1"]],
      ],
      [
        "what is read-only is passed over",
        { id: "1", meta: {}, groups: [{ value: "g" }], "manager.displayName": "M" },
        [],
      ],
      ["a read-only sub-attribute is passed over", { [`${ENTERPRISE_USER}:manager.displayName`]: "M" }, []],
      ["a read-only list behind a value path, too", { 'groups[value eq "g"].display': "G" }, []],
      ["`schemas` is passed over", { schemas: [CORE_USER] }, []],
      ["what is unknown is passed over", { adreses: [], "name.nick": "N", "urn:x:y": { a: 1 }, "": 1 }, []],
    ];
    for (const [statement, value, canonical] of readings) {
      it(statement, () => expect(read({ op: "replace", value })).to.deep.equal(canonical));
    }

    for (const path of ["", null]) {
      it(`also when the path is ${JSON.stringify(path)}`, () =>
        expect(read({ op: "add", path, value: { title: "T" } })).to.deep.equal([["add", "title", "T"]]));
    }
  });

  describe("knows what leaves an attribute unassigned", () => {
    const manager = `${ENTERPRISE_USER}:manager`;
    const readings: [operation: JsonValue, canonical: Short[]][] = [
      [{ op: "replace", path: "nickName", value: null }, [["remove", "nickName"]]],
      [{ op: "replace", path: "nickName", value: "" }, [["remove", "nickName"]]],
      [{ op: "replace", path: "phoneNumbers", value: [] }, [["remove", "phoneNumbers"]]],
      [{ op: "replace", path: "emails", value: [null, {}, ""] }, [["remove", "emails"]]],
      [{ op: "replace", path: "emails", value: [{ type: "work", Value: "" }] }, [["remove", "emails"]]],
      [{ op: "add", path: "emails", value: [{ type: "work", value: "" }] }, []],
      [{ op: "add", path: "emails", value: [{ type: "work", value: "  " }, " "] }, []],
      [{ op: "add", path: "emails", value: ['{"type":"work","value":""}'] }, []],
      [{ op: "replace", path: "emails", value: '{"value":null}' }, [["remove", "emails"]]],
      [
        { op: "replace", value: { emails: [{ value: "" }], photos: "" } },
        [
          ["remove", "emails"],
          ["remove", "photos"],
        ],
      ],
      [
        {
          op: "add",
          path: "addresses",
          value: [{ type: "work", primary: true, locality: "", country: null }],
        },
        [],
      ],
      [
        { op: "replace", path: "addresses", value: [{ type: "work", formatted: "" }, { locality: "Bonn" }] },
        [["replace", "addresses", [{ locality: "Bonn" }]]],
      ],
      [
        { op: "add", path: "emails", value: [{ type: "work", value: null }, { value: "a@x" }] },
        [["add", "emails", [{ value: "a@x" }]]],
      ],
      [
        { op: "replace", path: 'emails[type eq "work"]', value: { type: "work", value: "" } },
        [["remove", 'emails[type eq "work"]']],
      ],
      [{ op: "replace", path: manager, value: "" }, [["remove", manager]]],
      [{ op: "replace", path: manager, value: [] }, [["remove", manager]]],
      [{ op: "replace", path: manager, value: { value: "" } }, [["remove", `${manager}.value`]]],
      [
        { op: "replace", path: 'emails[type eq "work"]', value: null },
        [["remove", 'emails[type eq "work"]']],
      ],
      [
        { op: "replace", path: 'emails[type eq "work"].value', value: "" },
        [["remove", 'emails[type eq "work"].value']],
      ],
      [{ op: "replace", value: { title: null } }, [["remove", "title"]]],
      [{ op: "add", path: "nickName", value: null }, []],
      [{ op: "add", path: "emails", value: [] }, []],
      [{ op: "add", value: { [ENTERPRISE_USER]: null } }, []],
      [
        { op: "add", path: manager, value: { value: "m", displayName: null } },
        [["add", `${manager}.value`, "m"]],
      ],
      // Only read-only parts: nothing is said about the manager that could be changed.
      [{ op: "replace", path: manager, value: { displayName: "M" } }, []],
    ];
    for (const [operation, canonical] of readings) {
      it(JSON.stringify(operation), () => expect(read(operation)).to.deep.equal(canonical));
    }
  });

  describe("reads removals", () => {
    const readings: [statement: string, operation: JsonValue, canonical: Short[]][] = [
      ["of an attribute", { op: "Remove", path: "title" }, [["remove", "title"]]],
      ["of a sub-attribute", { op: "Remove", path: "name.givenName" }, [["remove", "name.givenName"]]],
      [
        "of elements by a value path, whose value is ignored",
        { op: "remove", path: 'emails[type eq "work"]', value: [{ value: "a" }] },
        [["remove", 'emails[type eq "work"]']],
      ],
      [
        "of the elements in the value",
        { op: "remove", path: "emails", value: [{ value: "a" }, "b"] },
        [["remove", "emails", [{ value: "a" }, { value: "b" }]]],
      ],
      [
        "of one element in the value",
        { op: "remove", path: "emails", value: { value: "a" } },
        [["remove", "emails", [{ value: "a" }]]],
      ],
      [
        "of all elements, null being no value",
        { op: "remove", path: "emails", value: null },
        [["remove", "emails"]],
      ],
      [
        "of no element when the list is empty",
        { op: "remove", path: "emails", value: [] },
        [["remove", "emails", []]],
      ],
      [
        "of a single value, whatever value comes with it",
        { op: "remove", path: "title", value: { a: 1 } },
        [["remove", "title"]],
      ],
      [
        "of an extension: all of it",
        { op: "remove", path: ENTERPRISE_USER },
        ["employeeNumber", "costCenter", "organization", "division", "department", "manager"].map(
          (name): Short => ["remove", `${ENTERPRISE_USER}:${name}`],
        ),
      ],
    ];
    for (const [statement, operation, canonical] of readings) {
      it(statement, () => expect(read(operation)).to.deep.equal(canonical));
    }

    it("of an extension, but for what is read-only", () => {
      expect(read({ op: "remove", path: ORGANIZATION }, groups.schema)).to.deep.equal([
        ["remove", `${ORGANIZATION}:description`],
        ["remove", `${ORGANIZATION}:requiresSecondFactor`],
        ["remove", `${ORGANIZATION}:roles`],
      ]);
    });
  });

  describe("of a Group", () => {
    const readings: [statement: string, operation: JsonValue, canonical: Short[]][] = [
      [
        "takes members by their ids alone",
        {
          op: "Add",
          path: "members",
          value: [{ $ref: null, value: "a", display: "A", displayName: "new" }, "b"],
        },
        [["add", "members", [{ value: "a" }, { value: "b" }]]],
      ],
      [
        "takes a single member",
        { op: "add", path: "members", value: { value: "a" } },
        [["add", "members", [{ value: "a" }]]],
      ],
      [
        "keeps the members to remove",
        { op: "Remove", path: "members", value: [{ $ref: null, value: "a" }] },
        [["remove", "members", [{ value: "a" }]]],
      ],
      [
        "keeps a value path",
        { op: "remove", path: 'members[value eq "a"]', value: null },
        [["remove", 'members[value eq "a"]']],
      ],
      ["reads no members as none", { op: "Replace", path: "members", value: null }, [["remove", "members"]]],
      [
        "passes over its own id",
        { op: "replace", value: { id: "g", displayName: "Corp" } },
        [["replace", "displayName", "Corp"]],
      ],
    ];
    for (const [statement, operation, canonical] of readings) {
      it(statement, () => expect(read(operation, groups.schema)).to.deep.equal(canonical));
    }

    it("has the filter of a value path as a tree", () => {
      const body = { Operations: [{ op: "remove", path: 'members[value eq "a"]' }] };
      expect(readPatchRequest(groups.schema, body)[0]?.path.filter).to.deep.include({
        type: "compare",
        operator: "eq",
        value: "a",
      });
    });

    for (const op of ["add", "replace", "remove"]) {
      for (const member of [{ display: "A" }, {}, { id: "a" }]) {
        it(`refuses to ${op} a member without a value: ${JSON.stringify(member)}`, () => {
          const operation = { op, path: "members", value: [{ value: "b" }, member] };
          const { scimType, message } = refusal(() => read(operation, groups.schema));
          expect(scimType).to.equal("invalidValue");
          expect(message).to.include("members");
        });
      }

      for (const member of [{ value: null }, { value: "", type: "User" }, { Value: " " }, null, ""]) {
        const empty = JSON.stringify(member);
        it(`to ${op} passes over a member whose value is empty: ${empty}`, () => {
          const operation = { op, path: "members", value: [{ value: "b" }, member] };
          expect(read(operation, groups.schema)).to.deep.equal([[op, "members", [{ value: "b" }]]]);
        });

        it(`refuses to ${op} members that are all empty, which would be all or none: ${empty}`, () => {
          const operation = { op, path: "members", value: [member, member] };
          expect(refusal(() => read(operation, groups.schema)).scimType).to.equal("invalidValue");
        });
      }
    }
  });

  it("takes one operation after another, and `operations` in any case", () => {
    const operations = readPatchRequest(userSchema, {
      operations: [
        { op: "remove", path: "title" },
        { op: "add", path: "title", value: "T" },
      ],
    });
    expect(operations.map(({ op }) => op)).to.deep.equal(["remove", "add"]);
  });

  it("takes `schemas` in any case, or none", () => {
    const Operations = [{ op: "remove", path: "title" }];
    for (const schemas of [[PATCH_OP.toLowerCase()], null]) {
      expect(readPatchRequest(userSchema, { schemas, Operations })).to.have.length(1);
    }
  });

  it("passes over `schemas` as a path: it follows from the attributes", () => {
    expect(read({ op: "add", path: "schemas", value: [ENTERPRISE_USER] })).to.deep.equal([]);
  });

  describe("refuses", () => {
    const title = { op: "remove", path: "title" };
    const bodies: [statement: string, body: unknown, type: ScimType][] = [
      ["what is no object", "remove", "invalidSyntax"],
      ["a bare list without operations", [], "invalidSyntax"],
      ["a body without operations", { schemas: [PATCH_OP] }, "invalidSyntax"],
      ["operations that are no list", { Operations: title }, "invalidSyntax"],
      ["no operation at all", { Operations: [] }, "invalidSyntax"],
      ["an operation that is no object", { Operations: ["remove"] }, "invalidSyntax"],
      ["other schemas", { schemas: [CORE_USER], Operations: [title] }, "invalidSyntax"],
      ["an empty list of schemas", { schemas: [], Operations: [title] }, "invalidSyntax"],
    ];
    for (const [statement, body, type] of bodies) {
      it(statement, () => expect(refusal(() => readPatchRequest(userSchema, body)).scimType).to.equal(type));
    }

    it("nothing of a bare list of operations", () => {
      expect(readPatchRequest(userSchema, [title])).to.deep.equal(
        readPatchRequest(userSchema, { schemas: [PATCH_OP], Operations: [title] }),
      );
    });

    const operations: [statement: string, operation: JsonValue, type: ScimType][] = [
      ["no op", { path: "title", value: "T" }, "invalidSyntax"],
      ["an unknown op", { op: "move", path: "title", value: "T" }, "invalidSyntax"],
      ["an op that is no string", { op: 1, path: "title", value: "T" }, "invalidSyntax"],
      ["add without a value", { op: "add", path: "title" }, "invalidSyntax"],
      ["replace without a value", { op: "replace", path: "title" }, "invalidSyntax"],
      ["add with neither path nor value", { op: "add" }, "invalidSyntax"],
      ["an extension without a value", { op: "add", path: ENTERPRISE_USER }, "invalidSyntax"],
      ["remove without a path", { op: "remove" }, "noTarget"],
      ["remove without a path, with a value", { op: "remove", value: { title: "T" } }, "noTarget"],
      ["a value without a path that is no object", { op: "replace", value: "T" }, "invalidValue"],
      ["an unknown attribute as path", { op: "replace", path: "noSuch", value: "T" }, "invalidPath"],
      [
        "a broken path",
        { op: "replace", path: "emails[broken!!!filter", value: { title: "T" } },
        "invalidPath",
      ],
      ["a blank path", { op: "replace", path: " ", value: { title: "T" } }, "invalidPath"],
      ["a broken path as key", { op: "replace", value: { "emails[type": "T" } }, "invalidPath"],
      ["the id", { op: "replace", path: "id", value: "1" }, "mutability"],
      ["the id, by removal", { op: "remove", path: "id" }, "mutability"],
      ["meta", { op: "replace", path: "meta.created", value: "2020-01-01T00:00:00Z" }, "mutability"],
      ["the groups of a User", { op: "add", path: "groups", value: [{ value: "g" }] }, "mutability"],
      [
        "a read-only sub-attribute",
        { op: "add", path: `${ENTERPRISE_USER}:manager.displayName`, value: "M" },
        "mutability",
      ],
      [
        "a required attribute without a value",
        { op: "replace", path: "userName", value: "" },
        "invalidValue",
      ],
      [
        "a required attribute without a value, without a path",
        { op: "replace", value: { userName: null } },
        "invalidValue",
      ],
      ["a wrong type", { op: "replace", path: "active", value: "maybe" }, "invalidValue"],
      [
        "to replace a list by what says nothing that is known",
        { op: "replace", path: "emails", value: [{ address: "a@b" }] },
        "invalidValue",
      ],
      [
        "a wrong type in an element",
        { op: "add", path: "emails", value: [{ primary: "x" }] },
        "invalidValue",
      ],
      ["an extension that is no object", { op: "add", path: ENTERPRISE_USER, value: "x" }, "invalidValue"],
      [
        "two primary elements",
        {
          op: "add",
          path: "emails",
          value: [
            { value: "a", primary: true },
            { value: "b", primary: true },
          ],
        },
        "invalidValue",
      ],
    ];
    for (const [statement, operation, type] of operations) {
      it(statement, () => {
        const { status, scimType } = refusal(() => read(operation));
        expect({ status, scimType }).to.deep.equal({ status: 400, scimType: type });
      });
    }

    it("more operations than a request may have", () => {
      const Operations = Array.from({ length: 1001 }, () => title);
      expect(refusal(() => readPatchRequest(userSchema, { Operations })).status).to.equal(413);
    });
  });

  it("refuses whatever it refuses with a ScimError", () => {
    const operation = fc.record(
      {
        op: fc.constantFrom("add", "Replace", "remove", "x"),
        path: fc.oneof(
          fc.constantFrom("emails", "name", "active", "members", 'emails[type eq "a"]'),
          fc.jsonValue(),
        ),
        value: fc.oneof(
          fc.jsonValue(),
          fc.dictionary(fc.constantFrom("name", "emails", ENTERPRISE_USER), fc.jsonValue()),
        ),
      },
      { requiredKeys: [] },
    );
    const body = fc.oneof(
      fc.anything(),
      fc.record({ Operations: fc.array(fc.oneof(operation, fc.jsonValue())) }),
    );
    fc.assert(
      fc.property(body, fc.constantFrom(userSchema, groups.schema), (given, schema) => {
        try {
          readPatchRequest(schema, given);
        } catch (error) {
          expect(error).to.be.instanceOf(ScimError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
