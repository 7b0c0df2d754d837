import { ScimError } from "./errors.js";
import { ScimAnswer } from "./answers/answer.js";
import { MAX_DRY_OPERATIONS } from "./dry-run/limit.js";
import { LIST_RESPONSE } from "./answers/list-response.js";
import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE } from "../domain/limits/page-size.js";
import type { Realm } from "../domain/access/principal.js";
import type { ResourceType } from "./resources/resource-type.js";
import { extensionsOf } from "./schema/definition.js";
import type { Definition } from "./schema/definition.js";
import { metaSchemas } from "./schema/meta-schemas.js";

/** The properties of a server that discovery describes. */
export interface DiscoveryOptions {
  readonly baseUrl: string;
  readonly bulk: { readonly maxOperations: number; readonly maxPayloadSize: number };
  /** How many seconds a cursor is valid; undefined to leave out `pagination`, and what else is not in RFC 7643. */
  readonly cursorTimeout: number | undefined;
}

/**
 * Discovery (RFC 7644 section 4): the answers to `/ServiceProviderConfig`, `/ResourceTypes` and `/Schemas`, made once.
 *
 * Some clients try to create every type that `/ResourceTypes` lists, and to write all attributes of its extensions,
 * without knowing Muster's rules. So it lists only the types that all identity providers provision, with the extensions
 * that are returned by default. Okta finds the roles that it can assign by this list, so its client gets them in there.
 * `/Schemas` lists the schemas of these types and of discovery itself. All others can be read by name.
 */
export class Discovery {
  readonly #configuration: string;
  readonly #lists: Readonly<Record<Realm["type"], { readonly forAll: Lists; readonly forOkta: Lists }>>;

  constructor(types: readonly ResourceType[], { baseUrl, bulk, cursorTimeout }: DiscoveryOptions) {
    const location = `${baseUrl}/ServiceProviderConfig`;
    this.#configuration = JSON.stringify(serviceProviderConfig(location, bulk, cursorTimeout));
    const allTypes = types.map((type) => describeType(type, baseUrl));
    const listsIn = (hidden: readonly string[]) => {
      const describe = (definition: Definition) => describeSchema(definition, baseUrl, hidden);
      const allSchemas = types
        .flatMap((type) => definitionsOf(type))
        .concat(metaSchemas)
        .map(describe);
      const listsOf = (isInList: (type: ResourceType) => boolean): Lists => {
        const listed = types.filter(isInList);
        const inList = listed.map((type) => describeType(type, baseUrl, type.unlistedExtensions));
        const definitions = listed.flatMap((type) => definitionsOf(type, type.unlistedExtensions));
        return {
          ResourceTypes: described("ResourceType", allTypes, inList),
          Schemas: described("Schema", allSchemas, definitions.concat(metaSchemas).map(describe)),
        };
      };
      return {
        forAll: listsOf(({ isListed }) => isListed === true),
        forOkta: listsOf(({ isListed }) => isListed !== false),
      };
    };
    this.#lists = {
      provider: listsIn(types.flatMap(({ onlyInOrganizations }) => onlyInOrganizations)),
      organization: listsIn([]),
    };
  }

  /**
   * @param endpoint one of the three endpoints of discovery
   * @param id undefined for the whole list
   * @throws ScimError 404
   */
  answer(endpoint: string, id: string | undefined, { realm, isOkta }: Asker): ScimAnswer {
    if (endpoint === "ServiceProviderConfig") return new ScimAnswer(200, this.#configuration);
    const { forAll, forOkta } = this.#lists[realm];
    const lists = isOkta ? forOkta : forAll;
    const { kind, list, byName } = endpoint === "Schemas" ? lists.Schemas : lists.ResourceTypes;
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

interface Lists {
  readonly ResourceTypes: Described;
  readonly Schemas: Described;
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

/** The schema of a type, and its extensions. @param omitted extensions to leave out */
const definitionsOf = ({ definition }: ResourceType, omitted: readonly string[] = []): Definition[] => [
  definition,
  ...extensionsOf(definition).filter(({ id }) => !omitted.includes(id)),
];

/** RFC 7643 section 7. @param hidden attributes to leave out, each as `<URN>:<name>` */
function describeSchema(definition: Definition, baseUrl: string, hidden: readonly string[]) {
  // Rendered by JSON.stringify, since SCIMMY's attributes have their own `toJSON`.
  const description = definition.describe(`${baseUrl}/Schemas`);
  const attributes = description.attributes.filter(
    ({ name }) => !hidden.includes(`${definition.id}:${name}`),
  );
  return { ...description, attributes };
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

/** The service provider configuration (RFC 7643 section 5, RFC 9865 section 4 for `pagination`, and Muster's own `dryRun`). */
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
      dryRun: { supported, maxOperations: MAX_DRY_OPERATIONS },
    }),
  };
}
