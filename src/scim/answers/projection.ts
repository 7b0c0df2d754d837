import { isJsonObject } from "../../domain/values/json.js";
import type { JsonObject, JsonValue } from "../../domain/values/json.js";
import type { Query } from "../requests/query.js";
import { findAttribute } from "../schema/attribute.js";
import type { Attribute, ResourceSchema, Schema } from "../schema/attribute.js";

/** A set of attribute names; a nested selection when only some sub-attributes are selected. */
type Selection = Map<string, Selection | true>;

/** The attribute that is in every answer. */
const SCHEMAS = "schemas";

/**
 * Which attributes of a resource go into an answer (RFC 7644 section 3.9, RFC 7643 section 7 `returned`):
 * `attributes` names those that the client wants, `excludedAttributes` those to leave out of the default ones. Unknown
 * names are ignored.
 */
export class Projection {
  private constructor(
    private readonly always: ReadonlySet<string>,
    private readonly included: Selection | undefined,
    private readonly excluded: Selection | undefined,
    /** Whether the client names no attribute, and gets the default ones. */
    readonly isDefault: boolean,
    private readonly core: string,
  ) {}

  static of(schema: ResourceSchema, query: Query): Projection {
    const { always, onRequest } = characteristicsOf(schema);
    const { id } = schema.core;
    if (query.attributes) {
      return new Projection(always, select(schema, query.attributes), undefined, false, id);
    }
    const excluded = select(schema, query.excludedAttributes ?? []);
    const isDefault = excluded.size === 0;
    for (const path of onRequest) add(excluded, path);
    return new Projection(always, undefined, excluded.size > 0 ? excluded : undefined, isDefault, id);
  }

  /** Whether the client asks for ids, and for nothing else. */
  get isOfIds(): boolean {
    const names = [...(this.included?.keys() ?? [])].filter((name) => name !== SCHEMAS);
    return names.length === 1 && names[0] === "id";
  }

  /** Whether the client names an attribute, or a part of it. */
  asksFor(name: string): boolean {
    return this.included?.has(name) ?? false;
  }

  /** Whether an attribute, or a part of it, goes into the answer. */
  includes(name: string): boolean {
    if (this.always.has(name)) return true;
    return this.included ? this.included.has(name) : this.excluded?.get(name) !== true;
  }

  /** The part of a resource that goes into the answer. */
  apply(resource: JsonObject): JsonObject {
    // The schemas of what is there (RFC 7643 section 3): an id has no extension.
    if (this.isOfIds) return { schemas: [this.core], id: resource.id ?? null };
    if (this.included) return keep(resource, this.included, this.always);
    return this.excluded ? drop(resource, this.excluded, this.always) : resource;
  }

  /** The part of one element of a multi-valued attribute that goes into the answer. */
  applyTo(attribute: string, element: JsonObject): JsonObject {
    const included = this.included?.get(attribute);
    if (included instanceof Map) return keep(element, included);
    const excluded = this.excluded?.get(attribute);
    return excluded instanceof Map ? drop(element, excluded) : element;
  }
}

/** Which attributes are always returned, and which only on request. */
interface Characteristics {
  readonly always: ReadonlySet<string>;
  readonly onRequest: readonly (readonly string[])[];
}

const known = new WeakMap<ResourceSchema, Characteristics>();

function characteristicsOf(schema: ResourceSchema): Characteristics {
  const found = known.get(schema) ?? {
    always: new Set([SCHEMAS, ...pathsOf(schema, "always").map(([name]) => name ?? "")]),
    onRequest: pathsOf(schema, "request"),
  };
  known.set(schema, found);
  return found;
}

function pathsOf({ core, extensions }: ResourceSchema, returned: Attribute["returned"]): string[][] {
  const within = (attributes: Schema["attributes"], prefix: readonly string[]): string[][] =>
    [...attributes.values()].flatMap((attribute) => {
      const path = [...prefix, attribute.name];
      return attribute.returned === returned ? [path] : within(attribute.subAttributes, path);
    });
  return [
    ...within(core.attributes, []),
    ...[...extensions.values()].flatMap(({ id, attributes }) => within(attributes, [id])),
  ];
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
  const result: JsonObject = {};
  for (const [name, inner] of Object.entries(value)) {
    const selected = always?.has(name) ? true : selection.get(name);
    if (selected === true) result[name] = inner;
    else if (selected)
      put(
        result,
        name,
        each(inner, (element) => keep(element, selected)),
      );
  }
  return result;
}

function drop(value: JsonObject, selection: Selection, always?: ReadonlySet<string>): JsonObject {
  const result: JsonObject = {};
  for (const [name, inner] of Object.entries(value)) {
    const selected = always?.has(name) ? undefined : selection.get(name);
    if (selected === undefined) result[name] = inner;
    else if (selected !== true)
      put(
        result,
        name,
        each(inner, (element) => drop(element, selected)),
      );
  }
  return result;
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
