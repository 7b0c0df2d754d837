import type { FieldType } from "../../domain/listing.js";

/** A SCIM attribute and its characteristics (RFC 7643 section 2.2), as the engines use them. */
export interface Attribute {
  /** The name in the schema's own case. */
  readonly name: string;
  readonly type: FieldType;
  readonly multiValued: boolean;
  readonly required: boolean;
  readonly caseExact: boolean;
  /** Whether it is a name or an address, which must be one line of plain text. */
  readonly isName: boolean;
  /** Whether mail is sent to it. */
  readonly isAddress: boolean;
  readonly mutability: "readOnly" | "readWrite" | "immutable" | "writeOnly";
  readonly returned: "always" | "never" | "default" | "request";
  /** By lower-case name; empty unless the type is complex. */
  readonly subAttributes: ReadonlyMap<string, Attribute>;
}

/** Whether Muster sets the attribute itself: clients may send it, and their value is ignored. */
export const isComputed = ({ name, mutability }: Attribute) => mutability === "readOnly" || name === "$ref";

/** One schema: the core schema of a resource type, or an extension of it. */
export interface Schema {
  readonly id: string;
  /** By lower-case name. */
  readonly attributes: ReadonlyMap<string, Attribute>;
}

/** A resource type's core schema, with the attributes common to all resources, and its extensions. */
export interface ResourceSchema {
  /** `User`, `Group`, ... as in `meta.resourceType`. */
  readonly resourceType: string;
  readonly core: Schema;
  /** By lower-case URN. */
  readonly extensions: ReadonlyMap<string, Schema>;
}

/** The attribute that a name in a filter, a path or a projection refers to. */
export interface AttributeReference {
  /** The extension that the attribute belongs to; absent for the core schema. */
  readonly extension?: Schema;
  /** Absent when the name is an extension's URN alone: the whole extension object. */
  readonly attribute?: Attribute;
  readonly subAttribute?: Attribute;
}

/**
 * Finds the attribute that a name refers to: `userName`, `name.familyName`, `urn:...:User:department`, an extension's
 * URN, in any case (RFC 7643 section 2.1, RFC 7644 section 3.10).
 *
 * @param name attribute name, optionally qualified by a schema URN and followed by a sub-attribute
 * @returns undefined when the schema has no such attribute
 */
export function findAttribute(schema: ResourceSchema, name: string): AttributeReference | undefined {
  const lower = name.toLowerCase();
  if (!lower.startsWith("urn:")) return findIn(schema.core, lower);
  const extension = schema.extensions.get(lower);
  if (extension) return { extension };
  for (const candidate of [schema.core, ...schema.extensions.values()]) {
    const { length } = candidate.id;
    // Entra ID's inbound synchronization writes a dot behind the URN of an extension.
    if (!lower.startsWith(candidate.id.toLowerCase()) || !/[:.]/.test(lower.charAt(length))) continue;
    const found = findIn(candidate, lower.slice(length + 1));
    return found && candidate !== schema.core ? { ...found, extension: candidate } : found;
  }
  return undefined;
}

function findIn(schema: Schema, lowerName: string): AttributeReference | undefined {
  const dot = lowerName.indexOf(".");
  const attribute = schema.attributes.get(dot < 0 ? lowerName : lowerName.slice(0, dot));
  if (!attribute) return undefined;
  if (dot < 0) return { attribute };
  const subAttribute = attribute.subAttributes.get(lowerName.slice(dot + 1));
  return subAttribute && { attribute, subAttribute };
}

/** A complex attribute whose elements refer to other resources by their `value`. */
export function isReference({ subAttributes }: Attribute): boolean {
  return subAttributes.get("value")?.mutability === "immutable";
}
