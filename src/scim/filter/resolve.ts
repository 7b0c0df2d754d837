import type { Field, Filter } from "../../domain/listing.js";
import { invalidFilter } from "../errors.js";
import { findAttribute } from "../schema/attribute.js";
import type { Attribute, AttributeReference, ResourceSchema } from "../schema/attribute.js";
import { resolveField, toField } from "./fields.js";
import type { ResolvedField } from "./fields.js";
import { readLiteral } from "./literals.js";
import { parseFilter } from "./parser.js";
import type { Name, SyntaxNode, Test } from "./parser.js";

/** What a name stands for in some place: in a resource, or in an element of a multi-valued attribute. */
type Lookup = (name: Name, options: { toValue: boolean }) => ResolvedField;

/**
 * Parses a filter and resolves its names against a resource type's schema (RFC 7644 section 3.4.2.2).
 *
 * @throws ScimError 400 `invalidFilter`
 */
export function compileFilter(schema: ResourceSchema, text: string): Filter {
  return resolve(parseFilter(text), inResource(schema), schema);
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

/** @param schema present where value paths can stand: not inside of another one */
function resolve(node: SyntaxNode, lookup: Lookup, schema?: ResourceSchema): Filter {
  switch (node.type) {
    case "and":
    case "or":
      return { type: node.type, filters: node.nodes.map((each) => resolve(each, lookup, schema)) };
    case "not":
      return { type: "not", filter: resolve(node.node, lookup, schema) };
    case "test":
      return resolveTest(node.attribute, node.test, lookup);
    case "valuePath": {
      if (!schema) throw invalidFilter(`'${node.attribute.text}[' stands inside of other square brackets`);
      return resolveValuePath(node, schema);
    }
  }
}

function resolveTest(name: Name, test: Test, lookup: Lookup): Filter {
  const { attribute, field, collection } = lookup(name, { toValue: test.operator !== "pr" });
  const filter = testFilter(name, test, attribute, field);
  if (!collection) return filter;
  // `emails pr`: any element at all. Its own fields are not asked for.
  const isWhole = test.operator === "pr" && field.path.length === 0;
  return isWhole
    ? { type: "match", collection }
    : absentOr(test, { type: "match", collection, filter }, collection);
}

/** A multi-valued attribute equals null when it has no element. */
function absentOr(test: Test, match: Filter, collection: Field): Filter {
  if (test.operator === "pr" || test.value !== null) return match;
  const any: Filter = { type: "match", collection };
  return test.operator === "eq" ? { type: "not", filter: any } : any;
}

function testFilter(name: Name, test: Test, attribute: Attribute, field: Field): Filter {
  if (attribute.returned === "never")
    throw invalidFilter(`The attribute '${name.text}' cannot be filtered by`);
  if (test.operator === "pr") return { type: "present", field };
  const value = readLiteral(attribute, name.text, test.operator, test.value);
  if (value !== null) return { type: "compare", field, operator: test.operator, value };
  const present: Filter = { type: "present", field };
  return test.operator === "eq" ? { type: "not", filter: present } : present;
}

function resolveValuePath(node: SyntaxNode & { type: "valuePath" }, schema: ResourceSchema): Filter {
  const reference = find(schema, node.attribute);
  const { extension, attribute } = reference;
  if (!attribute || reference.subAttribute || attribute.type !== "complex") {
    throw invalidFilter(
      `The attribute '${node.attribute.text}' has no elements that square brackets could filter`,
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

function inResource(schema: ResourceSchema): Lookup {
  return (name, options) => resolveField(find(schema, name), options);
}

function inElement(attribute: Attribute, prefix: readonly string[]): Lookup {
  return (name) => {
    const subAttribute = attribute.subAttributes.get(name.text.toLowerCase());
    if (subAttribute)
      return { attribute: subAttribute, field: toField(subAttribute, [...prefix, subAttribute.name]) };
    throw invalidFilter(
      `The attribute '${attribute.name}' has no sub-attribute '${name.text}' (character ${name.position})`,
    );
  };
}

function find(schema: ResourceSchema, name: Name): AttributeReference {
  const reference = findAttribute(schema, name.text);
  if (reference) return reference;
  throw invalidFilter(
    `A ${schema.resourceType} has no attribute '${name.text}' (character ${name.position})`,
  );
}
