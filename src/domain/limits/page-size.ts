/** How many resources a page of a list has when the client does not say. */
export const DEFAULT_PAGE_SIZE = 100;

/** How many resources a page of a list can have; a client that asks for more gets these, or by cursors an error. */
export const MAX_PAGE_SIZE = 1000;

/** As above, when the client asks for ids alone. */
export const MAX_IDS_PAGE_SIZE = 10_000;
