import type { JsonObject } from "../../domain/values/json.js";
import type { Member } from "../../domain/memberships/membership.js";
import type { Locations } from "../../domain/listing.js";
import type { Projection } from "../answers/projection.js";

/** How many members are read, rendered and sent at a time. */
const MEMBERS_AT_A_TIME = 500;

/** Reads the members after an account id, in the order of the ids. */
type ReadMembers = (after: string | undefined, limit: number) => Promise<Member[]>;

/**
 * A resource with its members as JSON in pieces, so that a long one is sent while it is read.
 *
 * @param resource all of it but the members
 */
export async function* renderWithMembers(
  resource: JsonObject,
  read: ReadMembers,
  locations: Locations,
  projection: Projection,
): AsyncGenerator<string, void, undefined> {
  const text = JSON.stringify(projection.apply(resource));
  if (!projection.includes("members")) {
    yield text;
    return;
  }
  const beginning = `${text.slice(0, -1)},"members":[`;
  let separator = beginning;
  for await (const members of pages(read)) {
    const elements = members.map((member) =>
      JSON.stringify(projection.applyTo("members", toMemberElement(member, locations))),
    );
    yield separator + elements.join(",");
    separator = ",";
  }
  yield separator === beginning ? text : "]}";
}

async function* pages(read: ReadMembers) {
  let after: string | undefined;
  do {
    const page = await read(after, MEMBERS_AT_A_TIME);
    if (page.length > 0) yield page;
    after = page.length < MEMBERS_AT_A_TIME ? undefined : page.at(-1)?.accountId;
  } while (after !== undefined);
}

/** One element of `members`. */
const toMemberElement = ({ accountId, display, role }: Member, locations: Locations): JsonObject => ({
  value: accountId,
  $ref: locations("User", accountId),
  display,
  type: "User",
  ...(role !== undefined && { role }),
});
