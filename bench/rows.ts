import { CLIENTS } from "./load.js";
import type { Load } from "./load.js";
import type { Dataset } from "./data.js";
import {
  addAndRemoveMember,
  changeUser,
  createUsers,
  getUser,
  matchByDepartment,
  matchByEmail,
  matchByUserName,
  readPage,
} from "./workloads.js";
import type { Requests } from "./workloads.js";

/** A server with people, and a token to ask it with. */
export interface Target {
  readonly url: string;
  readonly pid: number;
  readonly token: string;
  readonly data: Dataset;
}

/** Whom requests are about: few people, many, or those of one organization among the many, in its own realm. */
export const PLACES = ["few", "many", "organization"] as const;
export type Place = (typeof PLACES)[number];

interface Workload {
  readonly name: string;
  readonly places: readonly Place[];
  readonly requests: (data: Dataset) => Requests;
  readonly clients?: number;
}

const MEMBERSHIP = "urn:muster:params:scim:schemas:extension:membership:2.0:User";
const filtered = (endpoint: string, filter: string, more = "") =>
  `${endpoint}?filter=${encodeURIComponent(filter)}${more}`;

/** A time before which nobody came. */
const SINCE = 'meta.lastModified gt "2020-01-01T00:00:00Z"';

/** As the console sorts people. */
const BY_NAME = "&count=100&sortBy=displayName";

/** What an administrator's search field sends. */
function searchOf(part: string): string {
  const names = ["userName", "displayName", "name.familyName", "emails.value"];
  return names.map((name) => `${name} co "${part}"`).join(" or ");
}

const page = (name: string, path: string): Workload => ({
  ...{ name, places: PLACES },
  requests: () => readPage(path),
});
const members = (size: number, clients?: number): Workload => ({
  name: `PATCH one member of ${size.toLocaleString("en")}${clients === undefined ? "" : ", one client"}`,
  places: size > 1000 ? ["many"] : ["few", "many"],
  requests: (data) => addAndRemoveMember(data, size, clients ?? CLIENTS),
  ...(clients !== undefined && { clients }),
});

/** What identity providers ask. */
const PROVISIONING: readonly Workload[] = [
  { name: "GET by id", places: PLACES, requests: getUser },
  { name: "userName eq", places: PLACES, requests: matchByUserName },
  { name: `emails[type eq "work"].value eq`, places: PLACES, requests: matchByEmail },
  { name: "50 active people of one department", places: PLACES, requests: () => matchByDepartment() },
  page("page of 100", "/Users?count=100"),
  page("page of 100 in the order of family names", "/Users?count=100&sortBy=name.familyName"),
  { name: "create", places: ["few", "many"], requests: () => createUsers() },
  { name: "PATCH a user", places: PLACES, requests: changeUser },
  ...[members(1000, 1), members(10), members(1000), members(100_000)],
];

/** What an administrator's screen asks. */
const ASKED: readonly Workload[] = [
  page("counts", "/Counts"),
  page("counts of active people", filtered("/Counts", "active eq true")),
  page("people since a time, by cursor", filtered("/Users", SINCE, "&count=100&cursor=")),
  page("active people by name, by cursor", filtered("/Users", "active eq true", `${BY_NAME}&cursor=`)),
  page(
    "people whom identity providers added",
    filtered("/Users", `${MEMBERSHIP}:memberships.source eq "scim"`, `${BY_NAME}&cursor=`),
  ),
  page("100 people with who added them", `/Users?count=100&attributes=userName,${MEMBERSHIP}:memberships`),
  page(
    "100 people, the last active first",
    `/Users?count=100&sortBy=${MEMBERSHIP}:lastActiveAt&sortOrder=descending`,
  ),
  page("1,000 ids by cursor", "/Users?count=1000&cursor=&attributes=id"),
  page("invitations by what became of mail", filtered("/Invitations", 'emails.mailStatus eq "failed"')),
  page("search by a part that few have", filtered("/Users", searchOf("ser77@"))),
  page("search by a part that all have", filtered("/Users", searchOf("example.com"), "&count=100")),
  page(
    "search by a part that all have, by cursor",
    filtered("/Users", searchOf("example.com"), `${BY_NAME}&cursor=`),
  ),
  page("the latest 100 audit events", "/AuditEvents?count=100&sortBy=timestamp&sortOrder=descending"),
];

const WORKLOADS = [...PROVISIONING, ...ASKED];

/** A row of the bench: requests to one server. */
export interface Row {
  readonly name: string;
  readonly load: Load;
}

export const rowName = (workload: string, place: string) => `${workload}, ${place}`;

/** All rows for servers. @param names what the places are called */
export function rowsOf(
  targets: Readonly<Record<Place, Target>>,
  names: Readonly<Record<Place, string>>,
): Row[] {
  return WORKLOADS.flatMap(({ name, places, requests, clients }) =>
    places.map((place): Row => {
      const { url, pid, token, data } = targets[place];
      const load = { url, pid, token, requests: requests(data), ...(clients !== undefined && { clients }) };
      return { name: rowName(name, names[place]), load };
    }),
  );
}

/** Pairs of rows that show how the time grows. @returns for each workload that both places have */
export function growthPairs(names: Readonly<Record<Place, string>>, less: Place, more: Place) {
  return WORKLOADS.filter(({ places }) => places.includes(less) && places.includes(more)).map(
    ({ name }) => [name, rowName(name, names[less]), rowName(name, names[more])] as const,
  );
}
