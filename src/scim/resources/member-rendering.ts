import type { JsonObject } from "../../domain/values/json.js";
import type { Member } from "../../domain/memberships/membership.js";
import { userLocation } from "../answers/locations.js";
import type { Projection } from "../answers/projection.js";

/** How many members are read, rendered and sent at a time. */
export const MEMBERS_AT_A_TIME = 500;

/** Reads the members behind an account id, in the order of the ids. */
export type ReadMembers = (after: string | undefined) => Promise<Member[]>;

/**
 * A resource with its members as JSON in pieces, so that a long one is sent while it is read.
 *
 * @param resource all of it but the members
 * @param read undefined when it is known to have none
 */
export async function* renderWithMembers(
  resource: JsonObject,
  read: ReadMembers | undefined,
  baseUrl: string,
  projection: Projection,
): AsyncGenerator<string, void, undefined> {
  const text = JSON.stringify(projection.apply(resource));
  if (!read || !projection.includes("members")) {
    yield text;
    return;
  }
  const beginning = `${text.slice(0, -1)},"members":[`;
  let separator = beginning;
  for await (const members of pages(read)) {
    const elements = members.map((member) =>
      JSON.stringify(projection.applyTo("members", toMemberElement(member, baseUrl))),
    );
    yield separator + elements.join(",");
    separator = ",";
  }
  yield separator === beginning ? text : "]}";
}

async function* pages(read: ReadMembers) {
  let after: string | undefined;
  do {
    const page = await read(after);
    if (page.length > 0) yield page;
    after = page.length < MEMBERS_AT_A_TIME ? undefined : page.at(-1)?.accountId;
  } while (after !== undefined);
}

/** One element of `members`. */
const toMemberElement = ({ accountId, display, role }: Member, baseUrl: string): JsonObject => ({
  value: accountId,
  $ref: userLocation(accountId, baseUrl),
  display,
  type: "User",
  ...(role !== undefined && { role }),
});
