import type { Field } from "../../domain/listing.js";
import type { Attribute, AttributeReference } from "../schema/attribute.js";

/** An attribute as a field of the domain's listings: single-valued, or part of a collection. */
export interface ResolvedField {
  readonly attribute: Attribute;
  readonly field: Field;
  /** The multi-valued attribute whose elements `field` is a part of. */
  readonly collection?: Field;
}

/**
 * Turns a reference into fields. In comparisons and sorting, the name of a complex attribute with a `value` means that
 * value (RFC 7643 section 2.4).
 */
export function resolveField(
  reference: AttributeReference,
  { toValue }: { toValue: boolean },
): ResolvedField {
  const { extension, attribute } = reference;
  const prefix = extension ? [extension.id] : [];
  if (!attribute) {
    const whole: Attribute = wholeExtension(extension?.id ?? "", extension?.attributes ?? new Map());
    return { attribute: whole, field: toField(whole, prefix) };
  }
  const path = [...prefix, attribute.name];
  const subAttribute = reference.subAttribute ?? (toValue ? attribute.subAttributes.get("value") : undefined);
  const target = subAttribute ?? attribute;
  const below = subAttribute ? [subAttribute.name] : [];
  if (!attribute.multiValued) return { attribute: target, field: toField(target, [...path, ...below]) };
  return { attribute: target, field: toField(target, below), collection: toField(attribute, path) };
}

export function toField(attribute: Attribute, path: readonly string[]): Field {
  return { path, type: attribute.type, caseExact: attribute.caseExact };
}

const wholeExtension = (name: string, subAttributes: Attribute["subAttributes"]): Attribute => ({
  name,
  type: "complex",
  multiValued: false,
  required: false,
  caseExact: false,
  isName: false,
  isAddress: false,
  mutability: "readWrite",
  returned: "default",
  subAttributes,
});
