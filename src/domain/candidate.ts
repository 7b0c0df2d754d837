import { ForbiddenError } from "./errors.js";
import type { Filter } from "./listing.js";

/** Somebody who has an account and could become a member: as little as it takes to tell who it is. */
export interface Candidate {
  readonly id: string;
  readonly userName: string;
  readonly displayName: string | undefined;
}

/** Whether organizations can look for candidates: by parts of names, by whole names alone, or not at all. */
export type CandidateSearch = "search" | "exact" | "off";

/** Whoever looks knows at least so much of whom they look for. */
export const LEAST_CHARACTERS = 3;

const NAMES = ["userName", "displayName"];

/** @throws ForbiddenError unless a filter says well enough whom it looks for */
export function requireSpecific(filter: Filter | undefined, search: CandidateSearch): void {
  if (search === "off") throw new ForbiddenError("Looking for candidates is switched off on this server");
  if (filter && isSpecific(filter, search === "exact" ? ["eq"] : ["eq", "sw", "co"])) return;
  const operators = search === "exact" ? "'eq'" : "'eq', 'sw' or 'co'";
  throw new ForbiddenError(
    `Looking for candidates needs a filter on userName, displayName or emails.value by ${operators} and at least ${LEAST_CHARACTERS} characters`,
  );
}

function isSpecific(filter: Filter, operators: readonly string[], inEmails = false): boolean {
  switch (filter.type) {
    case "and":
      return filter.filters.some((each) => isSpecific(each, operators, inEmails));
    case "or":
      return filter.filters.every((each) => isSpecific(each, operators, inEmails));
    case "compare": {
      const name = filter.field.path.join(".");
      const isKnown = inEmails ? name === "value" : NAMES.includes(name);
      const { value, operator } = filter;
      const isLong = typeof value === "string" && Array.from(value.trim()).length >= LEAST_CHARACTERS;
      return isKnown && isLong && operators.includes(operator);
    }
    case "match":
      return filter.filter !== undefined && isSpecific(filter.filter, operators, true);
    default:
      return false;
  }
}
