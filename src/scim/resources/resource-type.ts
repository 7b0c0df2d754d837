import type { ScimAnswer } from "../answers/answer.js";
import type { Render } from "../answers/list-response.js";
import type { ScimContext } from "../context.js";
import type { Query } from "../requests/query.js";
import type { ResourceSchema } from "../schema/attribute.js";
import type { Definition } from "../schema/definition.js";

/** A resource type, as the rest of the code uses it. `crud` makes one from a declaration. */
export interface ResourceType {
  /** The name in `meta.resourceType` and in the audit log. */
  readonly name: string;
  /** The path of its collection below the SCIM base: `/Users`. */
  readonly endpoint: string;
  /** As `/Schemas` shows it. */
  readonly definition: Definition;
  readonly schema: ResourceSchema;
  /** Whether there is one alone, at the endpoint itself. */
  readonly isSingle: boolean;
  /** Whether `/ResourceTypes` lists it, or does so for one client; it can be read there by its name in any case. */
  readonly isListed: boolean | "for Okta";
  /** The extensions that `/ResourceTypes` leaves out of its list. */
  readonly unlistedExtensions: readonly string[];
  /** The attributes of extensions that exist in organizations' realms alone: `<URN>:roles`. */
  readonly onlyInOrganizations: readonly string[];
  /** Whether the answer to a POST has a secret that no later answer has. */
  readonly showsSecretOnce: boolean;
  /** By which key a list of all types together names it (RFC 7644 section 3.4.2.1); undefined: it is not in there. */
  readonly inDirectory: "accounts" | "groups" | undefined;
  readonly operations: Operations;
  readonly methods: Methods;
  /** What else can be done with a resource, by its name: `POST /AccessTokens/{id}/rotate`. */
  readonly actions: Readonly<Record<string, Action>>;
  /** Makes ready to render resources in a list. */
  readonly renderer: (context: ScimContext, query: Query) => Renderer;
}

/** Renders items of the type that the resource type's service returns, which only the resource type knows. */
export type Renderer = (items: readonly never[]) => Render<never> | Promise<Render<never>>;

/** Does one thing with one resource. */
export type Action = (context: ScimContext, id: string, body: unknown) => Promise<ScimAnswer>;

/** What clients can do with resources of a type. What is absent cannot be done: 405. */
export interface Operations {
  readonly get: (context: ScimContext, id: string, query: Query) => Promise<ScimAnswer>;
  readonly list?: (context: ScimContext, query: Query) => Promise<ScimAnswer>;
  readonly create?: (context: ScimContext, body: unknown, query: Query) => Promise<ScimAnswer>;
  readonly replace?: (context: ScimContext, id: string, body: unknown, query: Query) => Promise<ScimAnswer>;
  readonly modify?: (context: ScimContext, id: string, body: unknown, query: Query) => Promise<ScimAnswer>;
  readonly remove?: (context: ScimContext, id: string) => Promise<ScimAnswer>;
  /**
   * Applies several PATCHes of one resource, one after another, at the cost of one.
   *
   * @returns the answers; undefined when they have to be done one by one, as they have when this throws
   */
  readonly modifyTogether?: (
    context: ScimContext,
    id: string,
    bodies: readonly unknown[],
  ) => Promise<ScimAnswer[] | undefined>;
}

/** The methods that a collection supports, and those that one resource supports. */
export interface Methods {
  readonly collection: readonly string[];
  readonly resource: readonly string[];
}

/** The methods of what can be done. */
export function methodsOf({ list, create, replace, modify, remove }: Operations): Methods {
  return {
    collection: [...(list ? ["GET", "HEAD"] : []), ...(create ? ["POST"] : [])],
    resource: [
      ...["GET", "HEAD"],
      ...(replace ? ["PUT"] : []),
      ...(modify ? ["PATCH"] : []),
      ...(remove ? ["DELETE"] : []),
    ],
  };
}
