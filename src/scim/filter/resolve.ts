import type { Field, Filter } from "../../domain/listing.js";
import { findAttribute } from "../schema/attribute.js";
import type { Attribute, AttributeReference, ResourceSchema } from "../schema/attribute.js";
import { resolveField, toField } from "./fields.js";
import type { ResolvedField } from "./fields.js";
import { storedTag } from "../answers/versions.js";
import { filterError } from "./lexer.js";
import { readLiteral } from "./literals.js";
import { parseFilter } from "./parser.js";
import type { Name, SyntaxNode, Test } from "./parser.js";

/**
 * Resolves a name in a resource, or in an element of a multi-valued attribute. Undefined for an attribute that resources
 * of this type do not have.
 */
type Lookup = (name: Name, options: { toValue: boolean }) => ResolvedField | undefined;

/** Resolves the attribute before square brackets, which can be in a resource, but not in other square brackets. */
type Find = (name: Name) => AttributeReference | undefined;

const ALWAYS: Filter = { type: "and", filters: [] };
const NEVER: Filter = { type: "or", filters: [] };

/**
 * Parses a filter and resolves its names against a resource type's schema (RFC 7644 section 3.4.2.2).
 *
 * @param others the schemas of other resource types that are searched together with this one: attributes
 *   that only they have count as absent here (section 3.4.2.1)
 * @throws ScimError 400 `invalidFilter` that says what is wrong, and where
 */
export function compileFilter(
  schema: ResourceSchema,
  text: string,
  others: readonly ResourceSchema[] = [],
): Filter {
  const find: Find = (name) => {
    const reference = findAttribute(schema, name.text);
    if (reference || others.some((other) => findAttribute(other, name.text))) return reference;
    const what = others.length === 0 ? `a ${schema.resourceType}` : "no resource";
    throw filterError(
      name.position,
      `${what} has ${others.length === 0 ? "no" : "an"} attribute '${name.text}'`,
    );
  };
  const lookup: Lookup = (name, options) => {
    const reference = find(name);
    return reference && resolveField(reference, options);
  };
  return resolve(parseFilter(text), lookup, find);
}

/**
 * Resolves a filter in square brackets.
 *
 * @param attribute the multi-valued attribute in front of the brackets; fields are relative to its elements
 * @throws ScimError 400 `invalidFilter`
 */
export function resolveValueFilter(attribute: Attribute, node: SyntaxNode): Filter {
  return resolve(node, inElement(attribute, []));
}

function resolve(node: SyntaxNode, lookup: Lookup, find?: Find): Filter {
  switch (node.type) {
    case "and":
    case "or":
      return { type: node.type, filters: node.nodes.map((each) => resolve(each, lookup, find)) };
    case "not":
      return { type: "not", filter: resolve(node.node, lookup, find) };
    case "test":
      return resolveTest(node.attribute, node.test, lookup);
    case "valuePath": {
      const { text, position } = node.attribute;
      if (!find)
        throw filterError(position, `'${text}[' is inside other square brackets; they cannot be nested`);
      return resolveValuePath(node, find);
    }
  }
}

function resolveTest(name: Name, test: Test, lookup: Lookup): Filter {
  const found = lookup(name, { toValue: test.operator !== "pr" });
  if (!found) return isTrueOfAbsent(test) ? ALWAYS : NEVER;
  const { attribute, field, collection } = found;
  const filter = testFilter(name, test, attribute, field);
  if (!collection) return filter;
  // `emails pr` is true for any element, whatever its fields.
  const isWhole = test.operator === "pr" && field.path.length === 0;
  return isWhole
    ? { type: "match", collection }
    : absentOr(test, { type: "match", collection, filter }, collection);
}

/** Only `eq null`, and `ne` with a value, are true for an absent value. */
function isTrueOfAbsent(test: Test): boolean {
  if (test.operator === "pr") return false;
  return test.value === null ? test.operator === "eq" : test.operator === "ne";
}

/** A multi-valued attribute equals null when it has no elements. */
function absentOr(test: Test, match: Filter, collection: Field): Filter {
  if (test.operator === "pr" || test.value !== null) return match;
  const any: Filter = { type: "match", collection };
  return test.operator === "eq" ? { type: "not", filter: any } : any;
}

function testFilter(name: Name, test: Test, attribute: Attribute, field: Field): Filter {
  if (attribute.returned === "never")
    throw filterError(name.position, `filters on the attribute '${name.text}' are not supported`);
  if (test.operator === "pr") return { type: "present", field };
  const value = readLiteral(attribute, name, test.operator, test.value);
  if (value !== null) {
    const stored = isVersion(field) ? storedTag(String(value)) : value;
    return { type: "compare", field, operator: test.operator, value: stored };
  }
  const present: Filter = { type: "present", field };
  return test.operator === "eq" ? { type: "not", filter: present } : present;
}

const isVersion = ({ path }: Field) => path.join(".") === "meta.version";

function resolveValuePath(node: SyntaxNode & { type: "valuePath" }, find: Find): Filter {
  const { text, position } = node.attribute;
  const reference = find(node.attribute);
  if (!reference) return NEVER;
  const { extension, attribute } = reference;
  if (!attribute || reference.subAttribute || attribute.type !== "complex") {
    throw filterError(
      position,
      `the attribute '${text}' does not support a filter in square brackets; only complex multi-valued attributes do`,
    );
  }
  const path = [...(extension ? [extension.id] : []), attribute.name];
  const lookup = inElement(attribute, attribute.multiValued ? [] : path);
  const inner = resolve(node.node, lookup);
  const filter: Filter = node.then
    ? { type: "and", filters: [inner, resolveTest(node.then.subAttribute, node.then.test, lookup)] }
    : inner;
  return attribute.multiValued ? { type: "match", collection: toField(attribute, path), filter } : filter;
}

function inElement(attribute: Attribute, prefix: readonly string[]): Lookup {
  return ({ text, position }) => {
    const subAttribute = attribute.subAttributes.get(text.toLowerCase());
    if (subAttribute)
      return { attribute: subAttribute, field: toField(subAttribute, [...prefix, subAttribute.name]) };
    throw filterError(position, `the attribute '${attribute.name}' has no sub-attribute '${text}'`);
  };
}
