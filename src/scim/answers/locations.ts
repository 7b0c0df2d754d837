import type { Locations } from "../../domain/listing.js";
import type { ResourceType } from "../resources/resource-type.js";

/** The addresses of resources (RFC 7643 section 3.1, `meta.location`), below the SCIM base. */
export function locationsBelow(
  baseUrl: string,
  types: readonly Pick<ResourceType, "name" | "endpoint">[],
): Locations {
  const collections = new Map(types.map(({ name, endpoint }) => [name, `${baseUrl}${endpoint}/`]));
  return (resourceType, id) => {
    const collection = collections.get(resourceType);
    if (collection === undefined) throw new RangeError(`There is no resource type '${resourceType}'`);
    return collection + id;
  };
}
