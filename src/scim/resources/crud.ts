import type { JsonObject } from "../../domain/values/json.js";
import { noContent } from "../answers/answer.js";
import type { ScimAnswer } from "../answers/answer.js";
import { Projection } from "../answers/projection.js";
import { entityTag, notModified, resourceAnswer } from "../answers/versions.js";
import type { Identity } from "../answers/versions.js";
import { askedIn, willAnswer } from "../context.js";
import type { ScimContext } from "../context.js";
import { applyPatch } from "../patch/apply.js";
import { keepImmutable } from "../requests/immutable.js";
import { readPatchRequest } from "../requests/patch-request.js";
import { expectedVersions } from "../requests/preconditions.js";
import type { Query } from "../requests/query.js";
import { readResource } from "../requests/resource.js";
import { keepUnnamed } from "../requests/unnamed.js";
import { compileSchema } from "../schema/compile.js";
import type { Change, Declaration } from "./declaration.js";
import { answerList } from "./lists.js";
import { memberEntries, memberTurns, splitOperations } from "./member-operations.js";
import { renderWithMembers } from "./member-rendering.js";
import { methodsOf } from "./resource-type.js";
import type { Action, Operations, ResourceType } from "./resource-type.js";

/** Makes a resource type from its declaration: its operations read, map, call the service, and answer. */
export function crud<Item extends { readonly id: string }>(declaration: Declaration<Item>): ResourceType {
  const { definition, endpoint } = declaration;
  const engine = new Engine(declaration);
  const operations = engine.operations();
  return {
    name: definition.name,
    endpoint,
    definition,
    schema: engine.schema,
    isSingle: declaration.isSingle ?? false,
    isListed: declaration.isListed ?? false,
    unlistedExtensions: declaration.unlistedExtensions ?? [],
    onlyInOrganizations: declaration.onlyInOrganizations ?? [],
    showsSecretOnce: declaration.showsSecretOnce ?? false,
    inDirectory: declaration.inDirectory,
    ...{ operations, methods: methodsOf(operations) },
    actions: engine.actions(),
    renderer: (context, query) => engine.renderer(context, Projection.of(engine.schema, query)),
  };
}

const NO_MEMBERS = { members: [], isOfMembersAlone: false } as const;

type MetaAttributes = JsonObject & { readonly location: string; readonly version: string };

class Engine<Item extends { readonly id: string }> {
  readonly schema;

  constructor(private readonly declared: Declaration<Item>) {
    this.schema = compileSchema(declared.definition);
  }

  operations(): Operations {
    const { list, create, change, remove, changeInTurn, replace, modify } = this.declared;
    return {
      get: async (context, id, query) => {
        const item = await this.declared.get(context, id, query);
        const meta = this.#meta(item, context);
        const hasUnversioned = this.declared.hasUnversioned?.(Projection.of(this.schema, query)) ?? false;
        const unmodified = hasUnversioned ? undefined : notModified(context, identityOf(meta));
        return unmodified ?? this.#answer(200, context, item, query, meta);
      },
      ...(list && { list: (context, query) => this.#list(context, query, list) }),
      ...(create && {
        create: async (context, body, query) =>
          this.#answer(201, context, await create(context, this.#read(context, body)), query),
      }),
      ...((replace ?? change) && {
        replace: async (context, id, body, query) =>
          this.#answer(200, context, await this.#replace(context, id, body), query),
      }),
      ...((modify ?? change) && {
        modify: async (context, id, body, query) => {
          willAnswer(context, this.#answersChange(query) ? 200 : 204);
          return this.#answerChange(context, await this.#modify(context, id, body), query);
        },
      }),
      ...(remove && {
        remove: async (context, id) => {
          await remove(context, id, expectedVersions(context));
          return noContent();
        },
      }),
      ...(changeInTurn && {
        modifyTogether: async (context, id, bodies) => {
          const patches = bodies.map((body) =>
            splitOperations(readPatchRequest(this.schema, body, askedIn(context))),
          );
          const turns = memberTurns(patches);
          const items = turns && (await changeInTurn(context, id, turns));
          return items?.map((item) => this.#changed(context, item));
        },
      }),
    };
  }

  actions(): Record<string, Action> {
    const actions = Object.entries(this.declared.actions ?? {});
    return Object.fromEntries(
      actions.map(([name, act]): [string, Action] => [
        name,
        async (context, id, body) => this.#answer(200, context, await act(context, id, body), {}),
      ]),
    );
  }

  renderer(context: ScimContext, projection: Projection) {
    const { renderer } = this.declared;
    return async (items: readonly Item[]) => {
      const render = renderer
        ? await renderer(context, projection, items)
        : (item: Item, meta: JsonObject) => this.#render(context, projection, item, meta);
      return (item: Item, meta: JsonObject = this.#meta(item, context)) => render(item, meta);
    };
  }

  #list(
    context: ScimContext,
    query: Query,
    list: NonNullable<Declaration<Item>["list"]>,
  ): Promise<ScimAnswer> {
    return answerList(context, query, {
      ...this.declared,
      schema: this.schema,
      list,
      renderer: (asked) => this.renderer(context, Projection.of(this.schema, asked)),
    });
  }

  #replace(context: ScimContext, id: string, body: unknown): Promise<Item> {
    if (this.declared.replace) return this.declared.replace(context, id, body);
    const resource = this.#read(context, body);
    const members = memberEntries(resource.members);
    const { staysUnnamed = [] } = this.declared;
    return this.#change(context, id, {
      next: (current) => keepUnnamed(this.schema, body, staysUnnamed, current, resource),
      isOfMembersAlone: false,
      members: this.declared.members ? [{ type: "replace", entries: members }] : [],
    });
  }

  #modify(context: ScimContext, id: string, body: unknown): Promise<Item> {
    const { modify, readPatch, members } = this.declared;
    const asked = askedIn(context);
    if (modify) return modify(context, id, body);
    if (readPatch) return this.#change(context, id, { ...NO_MEMBERS, next: readPatch(body, asked) });
    const operations = readPatchRequest(this.schema, body, asked);
    const next = (current: JsonObject) => applyPatch(this.schema, current, attributes, asked?.understood);
    const { attributes, ...split } = members
      ? splitOperations(operations)
      : { attributes: operations, members: [] };
    return this.#change(context, id, { ...split, next, isOfMembersAlone: attributes.length === 0 });
  }

  #change(
    context: ScimContext,
    id: string,
    { next, ...others }: Omit<Change<JsonObject>, "expected">,
  ): Promise<Item> {
    const { change, toWritable, toAttributes } = this.declared;
    if (!change) throw new TypeError(`A ${this.schema.resourceType} cannot be changed`);
    const immutableKept = (item: Item) => {
      const current = (toWritable ?? toAttributes)(item, context.locations);
      return keepImmutable(this.schema, current, next(current));
    };
    return change(context, id, { ...others, next: immutableKept, expected: expectedVersions(context) });
  }

  #read(context: ScimContext, body: unknown): JsonObject {
    const asked = askedIn(context);
    return this.declared.read?.(body, asked) ?? readResource(this.schema, body, asked);
  }

  async #answer(
    status: number,
    context: ScimContext,
    item: Item,
    query: Query,
    meta = this.#meta(item, context),
  ): Promise<ScimAnswer> {
    const render = await this.renderer(context, Projection.of(this.schema, query))([item]);
    return resourceAnswer(status, identityOf(meta), render(item, meta));
  }

  /** A resource with members may be very long, so a PATCH is answered with 204 unless the client asks for attributes. */
  #answerChange(context: ScimContext, item: Item, query: Query): Promise<ScimAnswer> | ScimAnswer {
    return this.#answersChange(query)
      ? this.#answer(200, context, item, query)
      : this.#changed(context, item);
  }

  #answersChange({ attributes, excludedAttributes }: Query): boolean {
    return !this.declared.members || attributes !== undefined || excludedAttributes !== undefined;
  }

  #changed(context: ScimContext, item: Item): ScimAnswer {
    return resourceAnswer(204, identityOf(this.#meta(item, context)), undefined);
  }

  #render(context: ScimContext, projection: Projection, item: Item, meta: JsonObject) {
    const { members, toAttributes } = this.declared;
    const { core, extensions } = this.schema;
    const attributes = toAttributes(item, context.locations);
    const urns = [...extensions.values()].map(({ id }) => id).filter((id) => id in attributes);
    const resource = { schemas: [core.id, ...urns], id: item.id, ...attributes, meta };
    if (!members) return JSON.stringify(projection.apply(resource));
    const read = (after: string | undefined, limit: number) => members(context, item, after, limit);
    return renderWithMembers(resource, read, context.locations, projection);
  }

  #meta(item: Item, { locations }: ScimContext): MetaAttributes {
    const { version, digest, ...times } = this.declared.toMeta(item);
    const { resourceType } = this.schema;
    const location = locations(resourceType, item.id);
    return { resourceType, ...times, location, version: entityTag(version, digest) };
  }
}

const identityOf = ({ version, location }: MetaAttributes): Identity => ({ tag: version, location });
