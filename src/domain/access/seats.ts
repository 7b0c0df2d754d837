import { ForbiddenError } from "../errors.js";
import type { Criteria, Filter } from "../listing.js";

/** What a person without an administrator's role may do in one team, by the role that they have there. */
export interface Seat {
  readonly teamId: string;
  readonly power:
    /** Reads the team, by a read-only token. */
    | "reader"
    /** Adds and removes members who have no role in the team. */
    | "manager"
    /** Also gives roles in the team, and changes its description. */
    | "admin";
}

/** A caller who may have seats, as a principal. */
interface Seated {
  readonly seats?: readonly Seat[];
}

/** The roles in a team that have power over it, in lower case. */
const POWERS: Readonly<Record<string, Seat["power"]>> = { "team-admin": "admin", "team-manager": "manager" };

export const TEAM_ROLES: readonly string[] = Object.keys(POWERS);

/** The seats of a person by the roles in teams. @param isReadOnly whether their token is */
export const seatsOf = (
  roles: readonly { readonly teamId: string; readonly role: string }[],
  isReadOnly: boolean,
): Seat[] =>
  roles.flatMap(({ teamId, role }) => {
    const power = POWERS[role.toLowerCase()];
    return power === undefined ? [] : [{ teamId, power: isReadOnly ? "reader" : power }];
  });

/** The caller's seat in a team, if that is all the power that the caller has over it. */
export const seatIn = ({ seats = [] }: Seated, teamId: string): Seat | undefined =>
  seats.find((seat) => seat.teamId === teamId);

/** Whether the caller sees of the people of the organization no more than who they are. */
export const seesNamesOnly = ({ seats = [] }: Seated): boolean => seats.length > 0;

const NAMES = ["id", "userName", "displayName"];

/**
 * Requires that a list of people is filtered and sorted by who they are, and by nothing else that it would tell of them but
 * whether they are in a team of the caller's.
 *
 * @throws ForbiddenError
 */
export function requireNamesOnly({ seats = [] }: Seated, { filter, sort }: Criteria): void {
  const isSortable = !sort || (sort.collection === undefined && isName(sort.field.path));
  if ((!filter || isOnNames(filter, seats)) && isSortable) return;
  throw new ForbiddenError(
    "With a role in a team, you can filter people by 'id', 'userName', 'displayName' and 'groups.value' of your teams, and sort them by the first three, only",
  );
}

const isName = (path: readonly string[]) => NAMES.includes(path.join("."));

function isOnNames(filter: Filter, seats: readonly Seat[]): boolean {
  switch (filter.type) {
    case "and":
    case "or":
      return filter.filters.every((each) => isOnNames(each, seats));
    case "not":
      return isOnNames(filter.filter, seats);
    case "compare":
    case "present":
      return isName(filter.field.path);
    case "match":
      return isOnOwnTeam(filter, seats);
  }
}

/** Whether it asks who is in a team of the caller's, which the team itself says. */
function isOnOwnTeam({ collection, filter }: Filter & { type: "match" }, seats: readonly Seat[]): boolean {
  return (
    collection.path.join(".") === "groups" &&
    filter?.type === "compare" &&
    filter.field.path.join(".") === "value" &&
    filter.operator === "eq" &&
    seats.some(({ teamId }) => teamId === filter.value)
  );
}

/** The criteria for those of the caller's teams that match. */
export function withinSeats<T extends Criteria>({ seats = [] }: Seated, criteria: T): T {
  const field = { path: ["id"], type: "string", caseExact: true } as const;
  const own: Filter = {
    type: "or",
    filters: seats.map(({ teamId }) => ({ type: "compare", field, operator: "eq", value: teamId })),
  };
  return { ...criteria, filter: criteria.filter ? { type: "and", filters: [criteria.filter, own] } : own };
}
