import SCIMMY from "scimmy";
import { DEFAULT_COUNT, MAX_COUNT } from "./requests/pagination.js";
import { AccessTokenResource } from "./resources/access-token.js";
import { AuditEventResource } from "./resources/audit-event.js";
import { CandidateResource } from "./resources/candidate.js";
import { GroupResource } from "./resources/group.js";
import { InvitationResource } from "./resources/invitation.js";
import type { ResourceType } from "./resources/resource.js";
import { TeamResource } from "./resources/team.js";
import { UserResource } from "./resources/user.js";
import { MEMBERSHIP } from "./schema/definitions.js";
import { metaSchemas } from "./schema/meta-schemas.js";

/** All resource types that Muster serves. */
export const resourceTypes: readonly ResourceType[] = [
  UserResource,
  GroupResource,
  TeamResource,
  InvitationResource,
  AccessTokenResource,
  AuditEventResource,
  CandidateResource,
];

/** Declares the resource types to SCIMMY, which describes them at `/ResourceTypes` and `/Schemas`. */
export function declareResourceTypes(): void {
  for (const type of resourceTypes) SCIMMY.Resources.declare(type as never, type.schema.definition.name);
  for (const definition of metaSchemas) SCIMMY.Schemas.declare(definition);
}

/** The resource types that a client finds without asking for them: those of RFC 7643. */
const LISTED = ["User", "Group"];

const RESOURCE_TYPE = "urn:ietf:params:scim:schemas:core:2.0:ResourceType";

/**
 * Corrects what SCIMMY answers in discovery: its lists give the page size for the number of resources that
 * they have, and its configuration knows nothing of pagination (RFC 9865 section 4).
 *
 * Clients that are led by discovery try to create what `/ResourceTypes` lists, and to write whatever an
 * extension has, knowing nothing of Muster's rules. So it lists what every identity provider provisions, with
 * the extensions that go out unasked; Muster's own types are given by name, and `/Schemas` has them all.
 *
 * @param pagination what to say of it; undefined: nothing
 */
export function corrected(body: object, pagination: Pagination | undefined): object {
  if ("Resources" in body && Array.isArray(body.Resources)) {
    const resources = (body.Resources as Described[]).filter(isListed).map(withoutAskedFor);
    return { ...body, totalResults: resources.length, itemsPerPage: resources.length, Resources: resources };
  }
  return "patch" in body && pagination ? { ...body, pagination } : body;
}

interface Described {
  readonly schemas?: readonly string[];
  readonly name?: string;
  readonly schemaExtensions?: readonly { readonly schema: string }[];
}

const isListed = ({ schemas, name }: Described) =>
  !schemas?.includes(RESOURCE_TYPE) || LISTED.includes(name ?? "");

function withoutAskedFor(described: Described): Described {
  const { schemaExtensions } = described;
  return schemaExtensions
    ? { ...described, schemaExtensions: schemaExtensions.filter(({ schema }) => schema !== MEMBERSHIP) }
    : described;
}

/** The attribute `pagination` of RFC 9865 section 4. */
export type Pagination = ReturnType<typeof describePagination>;

/** @param cursorTimeout how many seconds a cursor is valid */
export const describePagination = (cursorTimeout: number) => ({
  cursor: true,
  index: true,
  defaultPaginationMethod: "index",
  defaultPageSize: DEFAULT_COUNT,
  maxPageSize: MAX_COUNT,
  cursorTimeout,
});

/**
 * Says at `/ServiceProviderConfig` what Muster does (RFC 7643 section 5). To be called when the routers
 * are made, since they claim features of their own.
 */
export function declareFeatures(bulk: { maxOperations: number; maxPayloadSize: number }): void {
  SCIMMY.Config.set({
    patch: true,
    filter: { supported: true, maxResults: MAX_COUNT },
    sort: true,
    etag: true,
    changePassword: true,
    bulk: { supported: true, ...bulk },
    authenticationSchemes: [],
  });
  SCIMMY.Config.set("authenticationSchemes", [
    {
      type: "oauthbearertoken",
      name: "OAuth Bearer Token",
      description: "A Muster access token in the Authorization header",
      specUri: "https://www.rfc-editor.org/rfc/rfc6750",
      primary: true,
    },
  ]);
}
