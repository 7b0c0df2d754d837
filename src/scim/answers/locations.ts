import type { Locations } from "../../domain/listing.js";
import type { ResourceType } from "../resources/resource-type.js";

/** The addresses of resources (RFC 7643 section 3.1, `meta.location`), below the SCIM base. */
export function locationsBelow(
  baseUrl: string,
  types: readonly Pick<ResourceType, "name" | "endpoint" | "isSingle">[],
): Locations {
  const addresses = new Map(
    types.map(({ name, endpoint, isSingle }) => {
      const address = baseUrl + endpoint;
      return [name, isSingle ? () => address : (id: string) => `${address}/${id}`] as const;
    }),
  );
  return (resourceType, id) => {
    const address = addresses.get(resourceType);
    if (address === undefined) throw new RangeError(`There is no resource type '${resourceType}'`);
    return address(id);
  };
}
