import type { Sort } from "../../domain/listing.js";
import { invalidPath, invalidValue } from "../errors.js";
import { findAttribute } from "../schema/attribute.js";
import type { ResourceSchema } from "../schema/attribute.js";
import { resolveField } from "./fields.js";

/**
 * Reads `sortBy` and `sortOrder` (RFC 7644 section 3.4.2.3). Multi-valued attributes sort by their
 * primary, else first, element.
 *
 * @param others the schemas of other resource types that are listed together with this one
 * @returns undefined for an attribute that only others have
 * @throws ScimError 400 `invalidPath` for an unknown attribute, `invalidValue` for an unknown order
 */
export function compileSort(
  schema: ResourceSchema,
  sortBy: string,
  sortOrder = "ascending",
  others: readonly ResourceSchema[] = [],
): Sort | undefined {
  const order = sortOrder.toLowerCase();
  if (order !== "ascending" && order !== "descending") {
    throw invalidValue(`The parameter 'sortOrder' must be 'ascending' or 'descending'`);
  }
  const name = sortBy.trim();
  const reference = findAttribute(schema, name);
  if (!reference && others.some((other) => findAttribute(other, name))) return undefined;
  if (!reference?.attribute)
    throw invalidPath(
      `Lists cannot be sorted by '${sortBy}': a ${schema.resourceType} has no such attribute`,
    );
  const { attribute, field, collection } = resolveField(reference, { toValue: true });
  if (attribute.type === "complex" || attribute.returned === "never") {
    throw invalidPath(`Lists cannot be sorted by the attribute '${sortBy}'; use one of its sub-attributes`);
  }
  return { field, ...(collection && { collection }), descending: order === "descending" };
}
