import SCIMMY from "scimmy";
import { copyOf, readOnly } from "./definition.js";
import type { Definition } from "./definition.js";

/**
 * The schemas of discovery itself (RFC 7643 section 8.7.2), which `/Schemas` lists beside those of the
 * resource types: SCIMMY's, with what it leaves out of them.
 */

const { SchemaDefinition } = SCIMMY.Types;

const serviceProviderConfig = copyOf(SCIMMY.Schemas.ServiceProviderConfig.definition);
serviceProviderConfig.extend([
  readOnly("complex", "pagination", "How lists are paged through (RFC 9865 section 4).", {}, [
    readOnly("boolean", "cursor", "Whether lists can be paged through by cursor.", { required: true }),
    readOnly("boolean", "index", "Whether lists can be paged through by index.", { required: true }),
    readOnly("string", "defaultPaginationMethod", "The method that is used when a request names none.", {
      canonicalValues: ["cursor", "index"],
    }),
    readOnly("integer", "defaultPageSize", "How many resources a page has when a request does not say."),
    readOnly("integer", "maxPageSize", "How many resources a page has at most."),
    readOnly("integer", "cursorTimeout", "How many seconds a cursor can be used."),
  ]),
  readOnly("complex", "dryRun", "Whether a write can be tried, with the header Muster-Dry-Run.", {}, [
    readOnly("boolean", "supported", "Whether it can.", { required: true }),
    readOnly("integer", "maxOperations", "How many operations a Bulk can have that is tried.", {
      required: true,
    }),
  ]),
]);

/** The attributes that describe an attribute of a schema (RFC 7643 section 7). */
const characteristics = () => [
  readOnly("string", "name", "The attribute's name.", { required: true, caseExact: true }),
  readOnly("string", "type", "The attribute's data type.", {
    required: true,
    canonicalValues: [
      "string",
      "boolean",
      "decimal",
      "integer",
      "dateTime",
      "reference",
      "binary",
      "complex",
    ],
  }),
  readOnly("boolean", "multiValued", "Whether the attribute has several values.", { required: true }),
  readOnly("string", "description", "What the attribute is."),
  readOnly("boolean", "required", "Whether the attribute must have a value."),
  readOnly("string", "canonicalValues", "The values that are suggested.", {
    multiValued: true,
    caseExact: true,
  }),
  readOnly("boolean", "caseExact", "Whether a string compares with regard to case."),
  readOnly("string", "mutability", "When the attribute can be written.", {
    caseExact: true,
    canonicalValues: ["readOnly", "readWrite", "immutable", "writeOnly"],
  }),
  readOnly("string", "returned", "When the attribute is part of an answer.", {
    caseExact: true,
    canonicalValues: ["always", "never", "default", "request"],
  }),
  readOnly("string", "uniqueness", "Among what a value is unique.", {
    caseExact: true,
    canonicalValues: ["none", "server", "global"],
  }),
  readOnly("string", "referenceTypes", "What a reference can refer to.", {
    multiValued: true,
    caseExact: true,
  }),
];

const schema = new SchemaDefinition(
  "Schema",
  "urn:ietf:params:scim:schemas:core:2.0:Schema",
  "Specifies the schema that describes a SCIM schema",
  [
    readOnly("string", "name", "The schema's name."),
    readOnly("string", "description", "What the schema is for."),
    readOnly(
      "complex",
      "attributes",
      "The attributes of the schema.",
      { required: true, multiValued: true },
      [
        ...characteristics(),
        readOnly(
          "complex",
          "subAttributes",
          "The sub-attributes of a complex attribute.",
          { multiValued: true },
          characteristics(),
        ),
      ],
    ),
  ],
);
Object.assign(schema.attribute("id").config, {
  shadow: false,
  description: "The URN that names the schema.",
});

export const metaSchemas: readonly Definition[] = [
  SCIMMY.Schemas.ResourceType.definition,
  serviceProviderConfig,
  schema,
];
