import SCIMMY from "scimmy";

const { Attribute, SchemaDefinition } = SCIMMY.Types;

export type Definition = InstanceType<typeof SchemaDefinition>;
export type DefinedAttribute = InstanceType<typeof Attribute>;
export type AttributeConfig = Partial<DefinedAttribute["config"]>;

/**
 * A schema of Muster's own.
 *
 * @param urn any URN; SCIMMY accepts only IETF URNs, so the constructor gets another one first
 */
export function ownDefinition(
  name: string,
  urn: string,
  description: string,
  attributes: DefinedAttribute[],
): Definition {
  const definition = new SchemaDefinition(
    name,
    `urn:ietf:params:scim:schemas:extension:${name}`,
    description,
    attributes,
  );
  return exactMeta(Object.assign(definition, { id: urn }));
}

/**
 * A definition that can be changed and extended, without the extensions that other code has added. SCIMMY's own are
 * shared by everything in the process that uses SCIMMY, and stay as they are.
 */
export function copyOf(source: Definition): Definition {
  const copy = new SchemaDefinition(source.name, source.id, source.description);
  copy.attributes = attributesOf(source).map(copyOfAttribute);
  return exactMeta(copy);
}

/** RFC 7643 section 3.1: both are compared with case. */
function exactMeta(definition: Definition): Definition {
  for (const name of ["meta.location", "meta.version"]) configure(definition, name, { caseExact: true });
  return definition;
}

function copyOfAttribute({ type, name, config, subAttributes = [] }: DefinedAttribute): DefinedAttribute {
  return new Attribute(type, name, { ...config }, subAttributes.map(copyOfAttribute));
}

/** Changes an attribute of a definition. @param attribute its name, or its path: `members.value` */
export function configure(definition: Definition, attribute: string, config: AttributeConfig): void {
  Object.assign(definition.attribute(attribute).config, config);
}

/** A schema that extends another one. */
export type Extension = Definition & { readonly required: boolean };

/** The extensions of a definition. SCIMMY has them among the attributes, which its types do not show. */
export function extensionsOf({ attributes }: Definition): Extension[] {
  const members: unknown[] = attributes;
  return members.filter((each): each is Extension => each instanceof SchemaDefinition);
}

/** The attributes of a definition, without its extensions. */
export const attributesOf = ({ attributes }: Definition) =>
  attributes.filter((each) => each instanceof Attribute);

/** An attribute that clients read and do not write. */
export const readOnly = (
  type: DefinedAttribute["type"],
  name: string,
  description: string,
  config: AttributeConfig = {},
  subAttributes: DefinedAttribute[] = [],
): DefinedAttribute => new Attribute(type, name, { mutable: false, ...config, description }, subAttributes);

/** A reference that clients read and do not write: an id, its address and the name. */
export const readOnlyReference = (name: string, type: string, description: string): DefinedAttribute =>
  readOnly("complex", name, description, {}, [
    readOnly("string", "value", "The id.", { caseExact: true }),
    readOnly("reference", "$ref", "The address.", { referenceTypes: [type] }),
    readOnly("string", "display", "The name.", { caseExact: true }),
  ]);
