import SCIMMY from "scimmy";
import type { Attribute, ResourceSchema, Schema } from "./attribute.js";
import { AccessTokenSchema } from "./access-token.js";
import { AuditEventSchema } from "./audit-event.js";
import { CandidateSchema } from "./candidate.js";
import { InvitationSchema } from "./invitation.js";
import { TeamSchema } from "./team.js";
import { groupDefinition, userDefinition } from "./definitions.js";

type Definition = InstanceType<typeof SCIMMY.Types.SchemaDefinition>;
type DefinedAttribute = InstanceType<typeof SCIMMY.Types.Attribute>;

const { Attribute: ScimmyAttribute, SchemaDefinition } = SCIMMY.Types;

/** What somebody or something is called, and where mail goes: attributes, with all that they have, and one in a list. */
const NAMES = new Set(["userName", "displayName", "nickName", "name", "givenName", "familyName"]);
const ADDRESS = "emails.value";

function compileAttribute(source: DefinedAttribute, parent?: string): Attribute {
  const described = source.toJSON() as unknown as {
    mutability: Attribute["mutability"];
    returned: Attribute["returned"];
  };
  const subAttributes = source.subAttributes ?? [];
  return {
    name: source.name,
    type: source.type,
    multiValued: source.config.multiValued === true,
    required: source.config.required === true,
    caseExact: source.config.caseExact === true || source.type === "reference" || source.type === "binary",
    isName: NAMES.has(parent ?? source.name) || `${parent ?? ""}.${source.name}` === ADDRESS,
    mutability: described.mutability,
    returned: described.returned,
    subAttributes: byLowerName(subAttributes.map((each) => compileAttribute(each, source.name))),
  };
}

function byLowerName(attributes: Attribute[]): ReadonlyMap<string, Attribute> {
  return new Map(attributes.map((attribute) => [attribute.name.toLowerCase(), attribute] as const));
}

function compileSchema(definition: Definition): Schema {
  const attributes = definition.attributes.filter(
    (each): each is DefinedAttribute => each instanceof ScimmyAttribute,
  );
  return { id: definition.id, attributes: byLowerName(attributes.map((each) => compileAttribute(each))) };
}

/** Turns a SCIMMY definition with its extensions into the form that the engines look attributes up in. */
function compileResourceSchema(definition: Definition): ResourceSchema {
  // SCIMMY keeps extensions among the attributes, and does not say so in its types.
  const members: unknown[] = definition.attributes;
  const extensions = members.filter((each): each is Definition => each instanceof SchemaDefinition);
  return {
    resourceType: definition.name,
    core: compileSchema(definition),
    extensions: new Map(extensions.map((each) => [each.id.toLowerCase(), compileSchema(each)])),
  };
}

export const accessTokenSchema = compileResourceSchema(AccessTokenSchema.definition);
export const auditEventSchema = compileResourceSchema(AuditEventSchema.definition);
export const candidateSchema = compileResourceSchema(CandidateSchema.definition);
export const invitationSchema = compileResourceSchema(InvitationSchema.definition);
export const teamSchema = compileResourceSchema(TeamSchema.definition);
export const userSchema = compileResourceSchema(userDefinition);
export const groupSchema = compileResourceSchema(groupDefinition);
