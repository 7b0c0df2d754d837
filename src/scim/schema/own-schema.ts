import SCIMMY from "scimmy";

const { Attribute, SchemaDefinition } = SCIMMY.Types;

export type Definition = InstanceType<typeof SchemaDefinition>;
export type DefinedAttribute = InstanceType<typeof Attribute>;
export type AttributeConfig = Partial<DefinedAttribute["config"]>;

/** SCIMMY insists on IETF URNs; a URN of our own is put in afterwards. */
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
  return Object.assign(definition, { id: urn });
}

/** A resource type's schema of our own, in the form that SCIMMY's resources name it. */
export function ownSchema(name: string, urn: string, description: string, attributes: DefinedAttribute[]) {
  const definition = ownDefinition(name, urn, description, attributes);
  return class extends SCIMMY.Types.Schema {
    static override get id(): string {
      return urn;
    }

    static override get definition(): Definition {
      return definition;
    }
  };
}

/** An attribute that clients read and do not write. */
export const readOnly = (
  type: DefinedAttribute["type"],
  name: string,
  description: string,
  config: AttributeConfig = {},
  subAttributes: DefinedAttribute[] = [],
): DefinedAttribute => new Attribute(type, name, { mutable: false, ...config, description }, subAttributes);
