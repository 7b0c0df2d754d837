import { expect } from "chai";
import fc from "fast-check";
import { isJsonObject } from "../../src/domain/values/json.js";
import type { JsonObject, JsonValue } from "../../src/domain/values/json.js";
import { ScimError } from "../../src/scim/errors.js";
import type { ScimType } from "../../src/scim/errors.js";
import { readResource } from "../../src/scim/requests/resource.js";
import { groups } from "../../src/scim/resources/group.js";
import { userSchema } from "../../src/scim/resources/user-schema.js";
import { ENTERPRISE_USER, ORGANIZATION } from "../support/factories.js";

const CORE_USER = "urn:ietf:params:scim:schemas:core:2.0:User";
const CORE_GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group";

const readUser = (others: JsonObject) =>
  readResource(userSchema, { schemas: [CORE_USER], userName: "dana", ...others });

function refusal(body: unknown, schema = userSchema): ScimError {
  try {
    readResource(schema, isJsonObject(body) ? { schemas: [schema.core.id], ...body } : body);
  } catch (error) {
    if (error instanceof ScimError) return error;
    throw error;
  }
  throw new Error("The body was accepted");
}

describe("Reading a whole resource", () => {
  const readings: [statement: string, sent: JsonObject, read: JsonObject][] = [
    [
      "names in any case are the schema's",
      { USERNAME: "erin", DisplayName: "Erin", name: { GivenName: "E" } },
      { userName: "erin", displayName: "Erin", name: { givenName: "E" } },
    ],
    [
      "read-only attributes are ignored",
      { id: "1", meta: { resourceType: "User" }, groups: [{ value: "g" }], title: "Lead" },
      { title: "Lead" },
    ],
    ["`schemas` is computed, not stored", { schemas: [CORE_USER, ENTERPRISE_USER] }, {}],
    ["null is unassigned", { title: null, addresses: null, name: { givenName: null } }, {}],
    [
      "the empty string is unassigned",
      { title: "", name: { givenName: "", familyName: "R" } },
      { name: { familyName: "R" } },
    ],
    ["empty lists and objects are unassigned", { roles: [], name: {}, emails: [{}, null, ""] }, {}],
    [
      "unknown attributes and schemas are ignored",
      { adreses: [], "urn:x:y": { a: 1 }, name: { nick: 1 } },
      {},
    ],
    ["a blank string of an optional attribute is kept", { title: " " }, { title: " " }],
    ["'True' is a boolean", { active: "True" }, { active: true }],
    ["'FALSE' is a boolean", { active: "FALSE" }, { active: false }],
    [
      "numbers and booleans are taken as strings",
      { title: 7, nickName: true },
      { title: "7", nickName: "true" },
    ],
    [
      "any `type` goes",
      { emails: [{ value: "a@b", type: "fax" }] },
      { emails: [{ value: "a@b", type: "fax" }] },
    ],
    ["a URL is not checked", { profileUrl: "ROQHEOEENWTS" }, { profileUrl: "ROQHEOEENWTS" }],
    ["one object stands for a list", { emails: { value: "a@b" } }, { emails: [{ value: "a@b" }] }],
    ["one string stands for a list", { emails: "a@b" }, { emails: [{ value: "a@b" }] }],
    ["strings stand for elements", { roles: ["a", 7] }, { roles: [{ value: "a" }, { value: "7" }] }],
    [
      "an element may have a type alone",
      { addresses: [{ type: "work" }] },
      { addresses: [{ type: "work" }] },
    ],
    [
      "an address that is empty besides its type is none",
      { addresses: [{ type: "work", primary: true, streetAddress: "", region: null }] },
      {},
    ],
    [
      "elements may be JSON text, or the whole list",
      {
        emails: ['{"value":"a@b"}'],
        ims: '[{"value":"i","type":"aim"}]',
        addresses: ['{"locality":"Bonn"}'],
      },
      {
        emails: [{ value: "a@b" }],
        ims: [{ value: "i", type: "aim" }],
        addresses: [{ locality: "Bonn" }],
      },
    ],
    [
      "a complex attribute may be JSON text",
      { name: '{"givenName":"D"}', [ENTERPRISE_USER]: { manager: '{"value":"m"}' } },
      { name: { givenName: "D" }, [ENTERPRISE_USER]: { manager: { value: "m" } } },
    ],
    [
      "primary may be a string",
      { roles: [{ value: "a", primary: "True" }] },
      { roles: [{ value: "a", primary: true }] },
    ],
    [
      "base64 with the alphabet of URLs is base64",
      { x509Certificates: [{ value: "MIID-_A=" }] },
      { x509Certificates: [{ value: "MIID-_A=" }] },
    ],
    [
      "a dotted name reaches into a complex attribute",
      { "name.givenName": "D" },
      { name: { givenName: "D" } },
    ],
    [
      "a dotted name goes with the object, whichever comes first",
      { "name.givenName": "D", name: { familyName: "R" }, "Name.Formatted": "D R" },
      { name: { givenName: "D", familyName: "R", formatted: "D R" } },
    ],
    ["a name may be qualified by the core schema", { [`${CORE_USER}:title`]: "Lead" }, { title: "Lead" }],
    [
      "an extension is an object under its URN, in any case",
      { [ENTERPRISE_USER.toUpperCase()]: { Department: "Ops", unknown: 1 } },
      { [ENTERPRISE_USER]: { department: "Ops" } },
    ],
    [
      "an extension's attributes may stand beside it",
      {
        [`${ENTERPRISE_USER}:department`]: "Ops",
        [ENTERPRISE_USER]: { division: "D" },
        [`${ENTERPRISE_USER}:manager.value`]: "m",
      },
      { [ENTERPRISE_USER]: { department: "Ops", division: "D", manager: { value: "m" } } },
    ],
    ["an extension may be unassigned", { [ENTERPRISE_USER]: null }, {}],
    ["an extension may be empty", { [ENTERPRISE_USER]: {} }, {}],
    [
      "a manager may be a bare id",
      { [ENTERPRISE_USER]: { manager: "m" } },
      { [ENTERPRISE_USER]: { manager: { value: "m" } } },
    ],
    [
      "a manager may be a list of one, and its read-only parts are ignored",
      { [ENTERPRISE_USER]: { manager: [{ value: "m", displayName: "M", $ref: "../Users/m" }] } },
      { [ENTERPRISE_USER]: { manager: { value: "m" } } },
    ],
    [
      "an empty manager is none",
      { [ENTERPRISE_USER]: { manager: "", department: "D" } },
      { [ENTERPRISE_USER]: { department: "D" } },
    ],
  ];
  for (const [statement, sent, read] of readings) {
    it(`${statement}: ${JSON.stringify(sent)}`, () => {
      expect(readUser(sent)).to.deep.equal({ userName: "dana", ...read });
    });
  }

  it("leaves out of the members of a Group what is computed", () => {
    const body = {
      schemas: [CORE_GROUP],
      displayName: "Corp",
      members: [{ value: "a", display: "A", $ref: null, type: "User" }, { value: "b" }],
      [ORGANIZATION]: { description: "D", memberCount: 7 },
    };
    expect(readResource(groups.schema, body)).to.deep.equal({
      displayName: "Corp",
      members: [{ value: "a", type: "User" }, { value: "b" }],
      [ORGANIZATION]: { description: "D" },
    });
  });

  it("is not led astray by the names of JavaScript's own properties", () => {
    const body: unknown = JSON.parse(
      `{"schemas":["${CORE_USER}"],"userName":"dana","__proto__":{"title":"x"},"constructor":{"a":1},"name":{"__proto__":{"givenName":"x"},"toString":"y"}}`,
    );
    const resource = readResource(userSchema, body);
    expect(resource).to.deep.equal({ userName: "dana" });
    expect(resource.title).to.be.undefined;
    expect(({} as JsonObject).title).to.be.undefined;
  });

  describe("accepts `schemas`", () => {
    const accepted: JsonValue[] = [
      [CORE_USER],
      [CORE_USER.toUpperCase()],
      [ENTERPRISE_USER, CORE_USER],
      ["urn:scim:schemas:core:2.0", "urn:scim:schemas:extension:enterprise:2.0"],
      // Without any, the resource is what its endpoint says.
      null,
      [],
      [CORE_USER, "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"],
    ];
    for (const schemas of accepted) {
      it(JSON.stringify(schemas), () => expect(readUser({ schemas })).to.deep.equal({ userName: "dana" }));
    }
  });

  describe("refuses", () => {
    const refusals: [statement: string, body: unknown, type: ScimType, says: string][] = [
      ["a list", [], "invalidSyntax", "object"],
      ["nothing", undefined, "invalidSyntax", "object"],
      ["null", null, "invalidSyntax", "object"],
      ["a string", "dana", "invalidSyntax", "object"],
      ["`schemas` that is no list", { userName: "d", schemas: CORE_USER }, "invalidSyntax", "schemas"],
      ["an extension alone", { userName: "d", schemas: [ENTERPRISE_USER] }, "invalidSyntax", "core:2.0:User"],
      ["unknown schemas alone", { userName: "d", schemas: ["urn:x"] }, "invalidSyntax", "urn:x"],
      [
        "`schemas` with something else than strings",
        { userName: "d", schemas: [7] },
        "invalidSyntax",
        "schemas",
      ],
      ["another resource type", { userName: "d", schemas: [CORE_GROUP] }, "invalidSyntax", "Group"],
      [
        "another resource type of Muster's own",
        { userName: "d", schemas: ["urn:muster:params:scim:schemas:core:2.0:Team"] },
        "invalidSyntax",
        "Team",
      ],
      ["a missing required attribute", { displayName: "D" }, "invalidValue", "userName"],
      ["an empty required attribute", { userName: "" }, "invalidValue", "userName"],
      ["a blank required attribute", { userName: " \t" }, "invalidValue", "userName"],
      ["a required attribute that is null", { userName: null }, "invalidValue", "userName"],
      ["an object for a string", { userName: "d", title: { a: 1 } }, "invalidValue", "title"],
      ["a list for a string", { userName: "d", title: ["a", "b"] }, "invalidValue", "title"],
      ["a word for a boolean", { userName: "d", active: "maybe" }, "invalidValue", "active"],
      ["a number for a boolean", { userName: "d", active: 1 }, "invalidValue", "active"],
      ["a string for a complex attribute", { userName: "d", name: "Dana" }, "invalidValue", "name"],
      [
        "two managers",
        { userName: "d", [ENTERPRISE_USER]: { manager: ["a", "b"] } },
        "invalidValue",
        "manager",
      ],
      [
        "what is no base64",
        { userName: "d", x509Certificates: [{ value: "%%" }] },
        "invalidValue",
        "x509Certificates.value",
      ],
      [
        "a wrong type in an element",
        { userName: "d", emails: [{ value: {} }] },
        "invalidValue",
        "emails.value",
      ],
      [
        "two primary elements",
        {
          userName: "d",
          emails: [
            { value: "a", primary: true },
            { value: "b", primary: "true" },
          ],
        },
        "invalidValue",
        "emails",
      ],
      [
        "an extension that is no object",
        { userName: "d", [ENTERPRISE_USER]: "Ops" },
        "invalidValue",
        ENTERPRISE_USER,
      ],
      ["U+0000, which PostgreSQL cannot store", { userName: "a\0b" }, "invalidValue", "userName"],
      [
        "half of a surrogate pair",
        { userName: "d", name: { givenName: "\ud800" } },
        "invalidValue",
        "name.givenName",
      ],
    ];
    for (const [statement, body, type, says] of refusals) {
      it(statement, () => {
        const { status, scimType, message } = refusal(body);
        expect({ status, scimType }).to.deep.equal({ status: 400, scimType: type });
        expect(message).to.include(says);
      });
    }

    for (const member of [{}, { display: "A" }]) {
      it(`a member without a value: ${JSON.stringify(member)}`, () => {
        const { scimType, message } = refusal(
          { displayName: "Corp", members: [{ value: "a" }, member] },
          groups.schema,
        );
        expect(scimType).to.equal("invalidValue");
        expect(message).to.include("members");
      });
    }

    for (const members of [[{ value: "" }], { value: null }, [null], [" "]]) {
      it(`members that are all empty: ${JSON.stringify(members)}`, () => {
        expect(refusal({ displayName: "Corp", members }, groups.schema).scimType).to.equal("invalidValue");
      });
    }

    for (const emails of ['{"value":"a@b.c"}', "{'value': 'a@b.c'}", '["a@b.c"]']) {
      it(`what is no address, but text of an object: ${emails}`, () => {
        const { scimType, message } = refusal({ userName: "d", emails: [{ value: emails }] });
        expect(scimType).to.equal("invalidValue");
        expect(message).to.include("emails.value");
      });
    }

    it("a Group without a name", () => {
      expect(refusal({ members: [] }, groups.schema).message).to.include("displayName");
    });
  });

  it("keeps characters outside of the basic plane", () => {
    expect(readUser({ displayName: "Dana 🦊" })).to.deep.equal({ userName: "dana", displayName: "Dana 🦊" });
  });

  it("reads its own result as it is", () => {
    fc.assert(
      fc.property(userLike, (body) => {
        const read = outcome(() => readResource(userSchema, body));
        if (read) expect(readResource(userSchema, read)).to.deep.equal(read);
      }),
    );
  });

  it("refuses whatever it refuses with a ScimError", () => {
    fc.assert(fc.property(fc.anything(), (body) => void outcome(() => readResource(userSchema, body))));
    fc.assert(fc.property(fc.jsonValue(), (body) => void outcome(() => readResource(groups.schema, body))));
  });
});

/** Bodies with the right names and any values. */
const userLike = fc.dictionary(
  fc.constantFrom(
    "userName",
    "Active",
    "name",
    "emails",
    "name.givenName",
    "roles",
    ENTERPRISE_USER,
    "title",
  ),
  fc.oneof(
    fc.jsonValue(),
    fc.record({ value: fc.string(), type: fc.string(), primary: fc.boolean() }, { requiredKeys: [] }),
    fc.array(fc.record({ value: fc.string(), primary: fc.boolean() }, { requiredKeys: [] })),
    fc.record(
      { givenName: fc.string(), department: fc.string(), manager: fc.jsonValue() },
      { requiredKeys: [] },
    ),
  ),
);

/** What a function returns, or undefined when it throws a ScimError. */
function outcome<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    expect(error).to.be.instanceOf(ScimError);
    return undefined;
  }
}
