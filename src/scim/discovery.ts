import { ScimError } from "./errors.js";
import { ScimAnswer } from "./answers/answer.js";
import { LIST_RESPONSE } from "./answers/list-response.js";
import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE } from "../domain/limits/page-size.js";
import type { Realm } from "../domain/access/principal.js";
import type { ResourceType } from "./resources/resource-type.js";
import { extensionsOf } from "./schema/definition.js";
import { metaSchemas } from "./schema/meta-schemas.js";

/** The properties of a server that discovery describes. */
export interface DiscoveryOptions {
  readonly baseUrl: string;
  readonly bulk: { readonly maxOperations: number; readonly maxPayloadSize: number };
  /** How many seconds a cursor is valid; undefined to leave out `pagination`. */
  readonly cursorTimeout: number | undefined;
}

/**
 * Discovery (RFC 7644 section 4): the answers to `/ServiceProviderConfig`, `/ResourceTypes` and `/Schemas`, made once.
 *
 * Some clients try to create every type that `/ResourceTypes` lists, and to write all attributes of its extensions,
 * without knowing Muster's rules. So it lists only the types that all identity providers provision, with the extensions
 * that are returned by default. Okta finds the roles that it can assign by this list, so its client gets them in there.
 * Muster's own types can be read by name, and `/Schemas` has all schemas.
 */
export class Discovery {
  readonly #configuration: string;
  readonly #resourceTypes: Described;
  readonly #resourceTypesForOkta: Described;
  readonly #schemas: Readonly<Record<Realm["type"], Described>>;

  constructor(types: readonly ResourceType[], { baseUrl, bulk, cursorTimeout }: DiscoveryOptions) {
    const location = `${baseUrl}/ServiceProviderConfig`;
    this.#configuration = JSON.stringify(serviceProviderConfig(location, bulk, cursorTimeout));
    const typesOf = (isInList: (type: ResourceType) => boolean) =>
      described(
        "ResourceType",
        types.map((type) => describeType(type, baseUrl)),
        types.filter(isInList).map((type) => describeType(type, baseUrl, type.unlistedExtensions)),
      );
    this.#resourceTypes = typesOf(({ isListed }) => isListed === true);
    this.#resourceTypesForOkta = typesOf(({ isListed }) => isListed !== false);
    const hidden = types.flatMap(({ onlyInOrganizations }) => onlyInOrganizations);
    this.#schemas = {
      provider: describeSchemas(types, baseUrl, hidden),
      organization: describeSchemas(types, baseUrl, []),
    };
  }

  /**
   * @param endpoint one of the three endpoints of discovery
   * @param id undefined for the whole list
   * @throws ScimError 404
   */
  answer(endpoint: string, id: string | undefined, { realm, isOkta }: Asker): ScimAnswer {
    if (endpoint === "ServiceProviderConfig") return new ScimAnswer(200, this.#configuration);
    const types = isOkta ? this.#resourceTypesForOkta : this.#resourceTypes;
    const { kind, list, byName } = endpoint === "Schemas" ? this.#schemas[realm] : types;
    const text = id === undefined ? list : byName.get(id.toLowerCase());
    if (text === undefined) throw new ScimError(404, undefined, `${kind} ${id} not found`);
    return new ScimAnswer(200, text);
  }
}

/** Who asks: in which realm, and whether it is Okta's client. */
interface Asker {
  readonly realm: Realm["type"];
  readonly isOkta: boolean;
}

/** The answers of one endpoint of discovery, as JSON. */
interface Described {
  readonly kind: string;
  readonly list: string;
  /** By id and by name, in lower case. */
  readonly byName: ReadonlyMap<string, string>;
}

interface Named {
  readonly id: string;
  readonly name: string;
}

function described(kind: string, all: readonly Named[], listed: readonly object[]): Described {
  const list = JSON.stringify({
    schemas: [LIST_RESPONSE],
    Resources: listed,
    startIndex: 1,
    itemsPerPage: listed.length,
    totalResults: listed.length,
  });
  const texts = all.map((each) => ({ ...each, text: JSON.stringify(each) }));
  return {
    kind,
    list,
    byName: new Map(
      texts.flatMap(({ id, name, text }) => [id, name].map((each) => [each.toLowerCase(), text] as const)),
    ),
  };
}

/** RFC 7643 section 7. @param hidden attributes to leave out, each as `<URN>:<name>` */
function describeSchemas(
  types: readonly ResourceType[],
  baseUrl: string,
  hidden: readonly string[],
): Described {
  const definitions = types.map(({ definition }) => definition);
  // Rendered by JSON.stringify, since SCIMMY's attributes have their own `toJSON`.
  const schemas = [...definitions, ...metaSchemas, ...definitions.flatMap(extensionsOf)].map((each) => {
    const description = each.describe(`${baseUrl}/Schemas`);
    const attributes = description.attributes.filter(({ name }) => !hidden.includes(`${each.id}:${name}`));
    return { ...description, attributes };
  });
  return described("Schema", schemas, schemas);
}

/** RFC 7643 section 6. @param omitted extensions to leave out */
function describeType(
  { definition, endpoint }: ResourceType,
  baseUrl: string,
  omitted: readonly string[] = [],
) {
  const { name, description, id } = definition;
  const extensions = extensionsOf(definition)
    .filter((extension) => !omitted.includes(extension.id))
    .map((extension) => ({ schema: extension.id, required: extension.required }));
  return {
    schemas: ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
    id: name,
    meta: { resourceType: "ResourceType", location: `${baseUrl}/ResourceTypes/${name}` },
    name,
    description,
    endpoint,
    schema: id,
    ...(extensions.length > 0 && { schemaExtensions: extensions }),
  };
}

/** The service provider configuration (RFC 7643 section 5, and RFC 9865 section 4 for `pagination`). */
function serviceProviderConfig(
  location: string,
  { maxOperations, maxPayloadSize }: DiscoveryOptions["bulk"],
  cursorTimeout: number | undefined,
): object {
  const supported = true;
  return {
    schemas: ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
    meta: { resourceType: "ServiceProviderConfig", location },
    patch: { supported },
    bulk: { supported, maxOperations, maxPayloadSize },
    filter: { supported, maxResults: MAX_PAGE_SIZE },
    changePassword: { supported },
    sort: { supported },
    etag: { supported },
    authenticationSchemes: [
      {
        type: "oauthbearertoken",
        name: "OAuth Bearer Token",
        description: "A Muster access token in the Authorization header",
        specUri: "https://www.rfc-editor.org/rfc/rfc6750",
      },
    ],
    ...(cursorTimeout !== undefined && {
      pagination: {
        cursor: true,
        index: true,
        defaultPaginationMethod: "index",
        defaultPageSize: DEFAULT_PAGE_SIZE,
        maxPageSize: MAX_PAGE_SIZE,
        cursorTimeout,
      },
    }),
  };
}
