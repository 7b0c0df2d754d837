/** How many matches the server counts for a list by cursor; a list of more has no total. */
const MOST_COUNTED = 20_000;

const count = new Intl.NumberFormat();

/** How many match, for people to read. @param total undefined: more than the server counts */
export const totalText = (total: number | undefined) =>
  total === undefined ? `${count.format(MOST_COUNTED)}+` : count.format(total);
