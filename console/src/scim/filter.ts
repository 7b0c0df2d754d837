/** A filter of RFC 7644 section 3.4.2.2, or none. */
export type Filter = string | undefined;

/** @param operator of a comparison with a text */
export const compare = (attribute: string, operator: "eq" | "co" | "sw", value: string) =>
  `${attribute} ${operator} ${JSON.stringify(value)}`;

/** What fulfils all of the filters. */
export function all(...filters: Filter[]): Filter {
  const present = filters.filter((filter) => filter !== undefined);
  return present.length > 1 ? present.map((filter) => `(${filter})`).join(" and ") : present[0];
}

/** From this many characters on, a part of a text is found by an index. */
const INDEXED_PART = 3;

/**
 * What has each word of a search field in one of the attributes. Of a word of one or two characters, it is the beginning that
 * is looked for, since no index knows shorter parts.
 */
export function search(text: string, attributes: readonly string[]): Filter {
  const words = text.trim().split(/\s+/).filter(Boolean);
  return all(
    ...words.map((word) => {
      const operator = Array.from(word).length < INDEXED_PART ? "sw" : "co";
      return attributes.map((attribute) => compare(attribute, operator, word)).join(" or ");
    }),
  );
}
