import type { AuditAction } from "../../domain/audit/audit-event.js";
import type { ScimAnswer } from "../answers/answer.js";
import type { ScimContext } from "../context.js";
import { ScimError } from "../errors.js";
import { readQuery } from "../requests/query.js";
import type { Query } from "../requests/query.js";
import { refusal } from "../answers/refusal.js";
import type { Definition } from "../schema/definition.js";

/** A resource type. */
export interface ResourceType {
  new (id: string | undefined, query: object): ScimResource;
  /** Where its resources are, below the SCIM base. */
  readonly endpoint: string;
  readonly definition: Definition;
  /** Whether clients can write resources of this type. */
  readonly isWritable: boolean;
  /** Whether the answer to a POST has what is never told again. */
  readonly tellsOnce: boolean;
  /**
   * Does several PATCHes of one resource, one after another, at the cost of one.
   *
   * @returns the answers; undefined when they have to be done one by one, as they have when this throws
   */
  readonly patchInTurn?: (
    context: ScimContext,
    id: string,
    bodies: readonly unknown[],
  ) => Promise<ScimAnswer[] | undefined>;
}

/**
 * What the resource types have in common: the work is done by the operations that a resource type defines. Errors
 * become answers here.
 */
export abstract class ScimResource {
  static readonly isWritable: boolean = true;
  static readonly tellsOnce: boolean = false;

  readonly #query: Readonly<Record<string, unknown>>;

  /** @param id undefined: the collection */
  constructor(
    private readonly id: string | undefined,
    query: object,
  ) {
    this.#query = query as Record<string, unknown>;
  }

  /** GET of one resource, or of a collection (RFC 7644 section 3.4). */
  read(context: ScimContext): Promise<ScimAnswer> {
    return this.#answer(context, this.id === undefined ? "search" : "read", (given, query) =>
      this.id === undefined ? this.list(given, query) : this.get(given, this.id, query),
    );
  }

  /** POST to a collection, or PUT of a resource (RFC 7644 sections 3.3 and 3.5.1). */
  write(body: unknown, context: ScimContext): Promise<ScimAnswer> {
    return this.#answer(context, this.id === undefined ? "create" : "replace", (given, query) =>
      this.id === undefined ? this.create(given, body, query) : this.replace(given, this.id, body, query),
    );
  }

  /** PATCH of a resource (RFC 7644 section 3.5.2). */
  patch(body: unknown, context: ScimContext): Promise<ScimAnswer> {
    return this.#answer(context, "change", (given, query) => this.modify(given, this.id ?? "", body, query));
  }

  /** DELETE of a resource (RFC 7644 section 3.6). */
  dispose(context: ScimContext): Promise<ScimAnswer> {
    return this.#answer(context, "delete", (given) => this.remove(given, this.id ?? ""));
  }

  protected abstract get(context: ScimContext, id: string, query: Query): Promise<ScimAnswer>;
  protected abstract list(context: ScimContext, query: Query): Promise<ScimAnswer>;
  protected abstract create(context: ScimContext, body: unknown, query: Query): Promise<ScimAnswer>;
  protected abstract replace(
    context: ScimContext,
    id: string,
    body: unknown,
    query: Query,
  ): Promise<ScimAnswer>;
  protected abstract modify(
    context: ScimContext,
    id: string,
    body: unknown,
    query: Query,
  ): Promise<ScimAnswer>;
  protected abstract remove(context: ScimContext, id: string): Promise<ScimAnswer>;

  async #answer(
    context: ScimContext,
    action: AuditAction,
    operation: (context: ScimContext, query: Query) => Promise<ScimAnswer>,
  ): Promise<ScimAnswer> {
    try {
      return await operation(context, readQuery(this.#query));
    } catch (error) {
      const target = { type: (this.constructor as ResourceType).definition.name, id: this.id };
      return refusal(context, { action, target }, error);
    }
  }
}

/** A resource type that clients can only read; other methods do not get this far. */
export abstract class ReadOnlyResource extends ScimResource {
  static override readonly isWritable: boolean = false;

  protected override create = notPossible;
  protected override replace = notPossible;
  protected override modify = notPossible;
  protected override remove = notPossible;
}

function notPossible(): never {
  throw new ScimError(405, undefined, "This can only be read");
}
