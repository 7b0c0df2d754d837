import type { Filter } from "../../domain/listing.js";
import { invalidPath, ScimError } from "../errors.js";
import { findAttribute } from "../schema/attribute.js";
import type { AttributeReference, ResourceSchema } from "../schema/attribute.js";
import { parsePathSyntax } from "./parser.js";
import type { PathSyntax } from "./parser.js";
import { resolveValueFilter } from "./resolve.js";

/** The target of a PATCH operation (RFC 7644 section 3.5.2). */
export interface PatchPath {
  /** The attribute; `subAttribute` can also come after a value path. */
  readonly reference: AttributeReference;
  /** Selects elements of a multi-valued attribute; fields are relative to an element. */
  readonly filter?: Filter;
  /** As the client wrote it. */
  readonly text: string;
}

/**
 * Parses the path of a PATCH operation: `name.familyName`, `emails[type eq "work"].value`,
 * `urn:...:User:department`, an extension's URN.
 *
 * @throws ScimError 400 `invalidPath`, or `invalidFilter` for an error inside the square brackets
 */
export function parsePath(schema: ResourceSchema, text: string): PatchPath {
  const { attribute: name, node, subAttribute } = parse(text);
  const reference = findAttribute(schema, name.text);
  if (!reference) throw invalidPath(`A ${schema.resourceType} has no attribute '${name.text}'`);
  if (!node) return { reference, text };
  const { attribute } = reference;
  if (!attribute?.multiValued || attribute.type !== "complex" || reference.subAttribute) {
    throw invalidPath(
      `The attribute '${name.text}' does not support a filter in square brackets; only complex multi-valued attributes do`,
    );
  }
  const filter = resolveValueFilter(attribute, node);
  if (!subAttribute) return { reference, filter, text };
  const found = attribute.subAttributes.get(subAttribute.text.toLowerCase());
  if (!found)
    throw invalidPath(`The attribute '${attribute.name}' has no sub-attribute '${subAttribute.text}'`);
  return { reference: { ...reference, subAttribute: found }, filter, text };
}

function parse(text: string): PathSyntax {
  try {
    return parsePathSyntax(text);
  } catch (error) {
    if (!(error instanceof ScimError)) throw error;
    throw invalidPath(`The path '${text.slice(0, 200)}' is not valid. ${error.message}`);
  }
}
