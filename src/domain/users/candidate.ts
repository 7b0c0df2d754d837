import { ForbiddenError } from "../errors.js";
import type { ComparisonOperator, ComparisonValue, Criteria, Field, Filter } from "../listing.js";

/** A person who has an account and could become a member, with only the attributes that identify the person. */
export interface Candidate {
  readonly id: string;
  readonly userName: string;
  readonly displayName: string | undefined;
}

/** Whether organizations can look for candidates: by parts of names, by whole names alone, or not at all. */
export type CandidateSearch = "search" | "exact" | "off";

/** The least number of characters that a search needs, so that only people who know the person find the account. */
export const LEAST_CHARACTERS = 3;

const NAMES = ["userName", "displayName"];

/** A search may use a part of a name, but only a whole address: by parts, a caller could guess an address step by step. */
const OPERATORS: Readonly<Record<"search" | "exact", readonly ComparisonOperator[]>> = {
  search: ["eq", "sw", "co"],
  exact: ["eq"],
};

/**
 * Requires that every term of a search is specific enough, so that a search cannot probe other attributes, and that the
 * order depends on no other attribute.
 *
 * @throws ForbiddenError
 */
export function requireSpecific({ filter, sort }: Criteria, search: CandidateSearch): void {
  if (search === "off") throw new ForbiddenError("The search for candidates is disabled on this server");
  if (!filter || !isSpecific(filter, OPERATORS[search])) {
    const operators = search === "exact" ? "'eq'" : "'eq', 'sw' or 'co'";
    throw new ForbiddenError(
      `Each term of a filter for candidates must compare userName or displayName by ${operators}, or emails.value by 'eq', with at least ${LEAST_CHARACTERS} characters; terms can be joined by 'and' or 'or'`,
    );
  }
  if (sort && (sort.collection !== undefined || !NAMES.includes(nameOf(sort.field)))) {
    throw new ForbiddenError("Candidates can only be sorted by userName or displayName");
  }
}

function isSpecific(filter: Filter, operators: readonly ComparisonOperator[]): boolean {
  switch (filter.type) {
    case "and":
    case "or":
      return filter.filters.every((each) => isSpecific(each, operators));
    case "compare":
      return (
        NAMES.includes(nameOf(filter.field)) && operators.includes(filter.operator) && isLong(filter.value)
      );
    case "match":
      return filter.filter !== undefined && isWholeAddress(filter.filter);
    default:
      return false;
  }
}

/** @param filter on the elements of `emails` */
const isWholeAddress = (filter: Filter) =>
  filter.type === "compare" &&
  nameOf(filter.field) === "value" &&
  filter.operator === "eq" &&
  isLong(filter.value);

const isLong = (value: ComparisonValue) =>
  typeof value === "string" && Array.from(value.normalize("NFC").trim()).length >= LEAST_CHARACTERS;

const nameOf = ({ path }: Field) => path.join(".");
