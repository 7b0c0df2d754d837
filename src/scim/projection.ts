import { isJsonObject } from "../domain/json.js";
import type { JsonObject, JsonValue } from "../domain/json.js";
import type { Query } from "./query.js";
import { findAttribute } from "./schema/attribute.js";
import type { ResourceSchema } from "./schema/attribute.js";

/** Names that are part of a resource or not; a sub-tree where only some sub-attributes are meant. */
type Selection = Map<string, Selection | true>;

/** Attributes that are in every answer (`returned: always`, and what makes a resource one). */
const ALWAYS = new Set(["schemas", "id"]);

/**
 * Which attributes of a resource a client wants to see: `attributes` names them, `excludedAttributes`
 * those to leave out (RFC 7644 section 3.9). Names that the schema does not know are passed over.
 */
export class Projection {
  private constructor(
    private readonly included: Selection | undefined,
    private readonly excluded: Selection | undefined,
  ) {}

  static of(schema: ResourceSchema, query: Query): Projection {
    return new Projection(
      query.attributes && select(schema, query.attributes),
      query.attributes || !query.excludedAttributes ? undefined : select(schema, query.excludedAttributes),
    );
  }

  /** Whether the client wants resources as they are. */
  get isWhole(): boolean {
    return !this.included && !this.excluded;
  }

  /** Whether an attribute is wanted, at least in part. */
  includes(name: string): boolean {
    if (ALWAYS.has(name)) return true;
    return this.included ? this.included.has(name) : this.excluded?.get(name) !== true;
  }

  /** What is wanted of a resource. */
  apply(resource: JsonObject): JsonObject {
    if (this.included) return keep(resource, this.included, ALWAYS);
    return this.excluded ? drop(resource, this.excluded, ALWAYS) : resource;
  }

  /** What is wanted of one element of a multi-valued attribute. */
  applyTo(attribute: string, element: JsonObject): JsonObject {
    const included = this.included?.get(attribute);
    if (included instanceof Map) return keep(element, included);
    const excluded = this.excluded?.get(attribute);
    return excluded instanceof Map ? drop(element, excluded) : element;
  }
}

function select(schema: ResourceSchema, names: readonly string[]): Selection {
  const selection: Selection = new Map();
  for (const name of names) {
    const found = findAttribute(schema, name);
    if (!found) continue;
    const path = [found.extension?.id, found.attribute?.name, found.subAttribute?.name].filter(
      (each) => each !== undefined,
    );
    add(selection, path);
  }
  return selection;
}

function add(selection: Selection, [name, ...rest]: readonly string[]): void {
  if (name === undefined || selection.get(name) === true) return;
  if (rest.length === 0) {
    selection.set(name, true);
    return;
  }
  const inner = selection.get(name);
  const below: Selection = inner instanceof Map ? inner : new Map<string, Selection | true>();
  selection.set(name, below);
  add(below, rest);
}

function keep(value: JsonObject, selection: Selection, always?: ReadonlySet<string>): JsonObject {
  const kept: JsonObject = {};
  for (const [name, inner] of Object.entries(value)) {
    const selected = always?.has(name) ? true : selection.get(name);
    if (selected === true) kept[name] = inner;
    else if (selected)
      put(
        kept,
        name,
        each(inner, (element) => keep(element, selected)),
      );
  }
  return kept;
}

function drop(value: JsonObject, selection: Selection, always?: ReadonlySet<string>): JsonObject {
  const kept: JsonObject = {};
  for (const [name, inner] of Object.entries(value)) {
    const selected = always?.has(name) ? undefined : selection.get(name);
    if (selected === undefined) kept[name] = inner;
    else if (selected !== true)
      put(
        kept,
        name,
        each(inner, (element) => drop(element, selected)),
      );
  }
  return kept;
}

function each(value: JsonValue, change: (element: JsonObject) => JsonObject): JsonValue {
  if (Array.isArray(value)) {
    return value
      .map((element) => (isJsonObject(element) ? change(element) : element))
      .filter((one) => !isEmpty(one));
  }
  return isJsonObject(value) ? change(value) : value;
}

function put(target: JsonObject, name: string, value: JsonValue): void {
  if (!isEmpty(value)) target[name] = value;
}

const isEmpty = (value: JsonValue) =>
  Array.isArray(value) ? value.length === 0 : isJsonObject(value) && Object.keys(value).length === 0;
