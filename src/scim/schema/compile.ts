import type { Attribute, ResourceSchema, Schema } from "./attribute.js";
import { attributesOf, extensionsOf } from "./definition.js";
import type { DefinedAttribute, Definition } from "./definition.js";

/** Attributes that hold names, with their sub-attributes, and the one that holds addresses for mail. */
const NAMES = new Set(["userName", "displayName", "nickName", "name", "givenName", "familyName"]);
const ADDRESS = "emails.value";

function compileAttribute(source: DefinedAttribute, parent?: string): Attribute {
  const described = source.toJSON() as unknown as {
    mutability: Attribute["mutability"];
    returned: Attribute["returned"];
  };
  const subAttributes = source.subAttributes ?? [];
  const isAddress = `${parent ?? ""}.${source.name}` === ADDRESS;
  return {
    name: source.name,
    type: source.type,
    multiValued: source.config.multiValued === true,
    required: source.config.required === true,
    caseExact: source.config.caseExact === true || source.type === "reference" || source.type === "binary",
    isName: NAMES.has(parent ?? source.name) || isAddress,
    isAddress,
    mutability: described.mutability,
    returned: described.returned,
    subAttributes: byLowerName(subAttributes.map((each) => compileAttribute(each, source.name))),
  };
}

function byLowerName(attributes: Attribute[]): ReadonlyMap<string, Attribute> {
  return new Map(attributes.map((attribute) => [attribute.name.toLowerCase(), attribute] as const));
}

function compileOne(definition: Definition): Schema {
  const attributes = attributesOf(definition).map((each) => compileAttribute(each));
  return { id: definition.id, attributes: byLowerName(attributes) };
}

/** Turns a SCIMMY definition with its extensions into the form that the engines look attributes up in. */
export function compileSchema(definition: Definition): ResourceSchema {
  const extensions = extensionsOf(definition);
  return {
    resourceType: definition.name,
    core: compileOne(definition),
    extensions: new Map(extensions.map((each) => [each.id.toLowerCase(), compileOne(each)])),
  };
}
