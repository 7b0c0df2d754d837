const LIST_RESPONSE = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

export interface ListHeader {
  readonly totalResults: number;
  readonly startIndex: number;
  /** How many resources this page really has. */
  readonly itemsPerPage: number;
}

/** The text of a ListResponse (RFC 7644 section 3.4.2) up to its first resource. */
export function listStart({ totalResults, startIndex, itemsPerPage }: ListHeader): string {
  return `{"schemas":["${LIST_RESPONSE}"],"totalResults":${totalResults},"startIndex":${startIndex},"itemsPerPage":${itemsPerPage},"Resources":[`;
}

/** The text of a ListResponse after its last resource. */
export const LIST_END = "]}";
