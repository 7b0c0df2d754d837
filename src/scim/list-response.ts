const LIST_RESPONSE = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

/** What a ListResponse says besides its resources (RFC 7644 section 3.4.2, RFC 9865 section 2). */
export interface ListHeader {
  readonly totalResults: number;
  /** Only of pages by index. */
  readonly startIndex?: number;
  /** How many resources this page really has. */
  readonly itemsPerPage: number;
  /** Only of pages by cursor, and not of the last. */
  readonly nextCursor?: string;
}

/**
 * A ListResponse as JSON in pieces.
 *
 * @param resources each the text of one resource, in pieces again where it may be long
 */
export async function* listResponse<T>(
  header: ListHeader,
  items: readonly T[],
  render: (item: T) => string | AsyncIterable<string>,
): AsyncGenerator<string, void, undefined> {
  let separator = `${JSON.stringify({ schemas: [LIST_RESPONSE], ...header }).slice(0, -1)},"Resources":[`;
  for (const item of items) {
    yield separator;
    const text = render(item);
    if (typeof text === "string") yield text;
    else yield* text;
    separator = ",";
  }
  yield items.length === 0 ? `${separator}]}` : "]}";
}
