import type { AskedRequest } from "../../domain/audit/asked-request.js";
import type { Locations } from "../../domain/listing.js";
import type { Member, MembershipChange, MemberTurns } from "../../domain/memberships/membership.js";
import type { JsonObject } from "../../domain/values/json.js";
import type { Projection } from "../answers/projection.js";
import type { ScimContext } from "../context.js";
import type { Query } from "../requests/query.js";
import type { Definition } from "../schema/definition.js";
import type { Lists } from "./lists.js";
import type { ResourceType } from "./resource-type.js";

/** The declaration of a resource type. @typeParam Item the type that its service returns */
export interface Declaration<Item extends { readonly id: string }> extends Lists<Item> {
  readonly definition: Definition;
  readonly endpoint: string;
  readonly isSingle?: boolean;
  readonly isListed?: ResourceType["isListed"];
  readonly unlistedExtensions?: readonly string[];
  readonly onlyInOrganizations?: readonly string[];
  readonly showsSecretOnce?: boolean;
  readonly inDirectory?: ResourceType["inDirectory"];

  /** All attributes of an answer, except `schemas`, `id`, `members` and `meta`. */
  readonly toAttributes: (item: Item, locations: Locations) => JsonObject;
  readonly toMeta: (item: Item) => Meta;
  /** Whether an answer has attributes that change without a new version, so that it never is 304. */
  readonly hasUnversioned?: (projection: Projection) => boolean;
  /** The attributes that clients can write, without members, in canonical form; PATCH works on these. By default all. */
  readonly toWritable?: (item: Item, locations: Locations) => JsonObject;
  /** The attributes that stay when a PUT does not name them; in an extension, after its URN and a colon. */
  readonly staysUnnamed?: readonly string[];
  /** Renders items instead of `toAttributes`. @param items those that are rendered next */
  readonly renderer?: (
    context: ScimContext,
    projection: Projection,
    items: readonly Item[],
  ) => Promise<(item: Item, meta: JsonObject) => string>;

  readonly get: (context: ScimContext, id: string, query: Query) => Promise<Item>;
  /** Reads a page of an item's members, after an account id. */
  readonly members?: (
    context: ScimContext,
    item: Item,
    after: string | undefined,
    limit: number,
  ) => Promise<Member[]>;

  /** @param resource in canonical form */
  readonly create?: (context: ScimContext, resource: JsonObject) => Promise<Item>;
  readonly change?: (context: ScimContext, id: string, change: Change<Item>) => Promise<Item>;
  readonly remove?: (context: ScimContext, id: string, expected: number[] | undefined) => Promise<void>;
  /** Changes members several times, with few statements for all of them. @returns the item after each turn */
  readonly changeInTurn?: (context: ScimContext, id: string, turns: MemberTurns) => Promise<Item[]>;
  /** What else can be done with an item, by its name. */
  readonly actions?: Readonly<
    Record<string, (context: ScimContext, id: string, body: unknown) => Promise<Item>>
  >;

  /** Reads the body of a POST or PUT instead of `readResource`. */
  readonly read?: (body: unknown, asked?: AskedRequest) => JsonObject;
  /** Reads the body of a PATCH, instead of `readPatchRequest` and `applyPatch`. @returns what it makes of a resource */
  readonly readPatch?: (body: unknown, asked?: AskedRequest) => (current: JsonObject) => JsonObject;
  /** Handles PUT instead of `change`. */
  readonly replace?: (context: ScimContext, id: string, body: unknown) => Promise<Item>;
  /** Handles PATCH instead of `change`. */
  readonly modify?: (context: ScimContext, id: string, body: unknown) => Promise<Item>;
}

/** The attributes of `meta` besides the type and the address (RFC 7643 section 3.1). */
export interface Meta {
  readonly version: number;
  /** A digest of attributes that change with other resources, as part of the version. */
  readonly digest?: string | undefined;
  readonly created?: string;
  readonly lastModified?: string;
}

/** The `meta` of an item with its own version and times. */
export const versioned = (item: {
  readonly version: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}): Meta => ({ version: item.version, created: item.createdAt, lastModified: item.updatedAt });

/** A change of an item. */
export interface Change<Item> {
  /** Returns the changed resource, in canonical form. */
  readonly next: (current: Item) => JsonObject;
  /** Whether nothing but members changes, so that `next` need not be called. */
  readonly isOfMembersAlone: boolean;
  /** Changes of its members, in order. */
  readonly members: readonly MembershipChange[];
  readonly expected: number[] | undefined;
}
