import type { Organization } from "../../domain/organization.js";
import type { ScimContext } from "../context.js";
import type { Projection } from "../projection.js";
import { toGroup, toMemberElement } from "./group-mapping.js";

/** How many members are read, rendered and sent at a time. */
const MEMBERS_AT_A_TIME = 500;

/** The Group as JSON in pieces, so that a long one is sent while it is read. */
export async function* renderGroup(
  context: ScimContext,
  organization: Organization,
  projection: Projection,
): AsyncGenerator<string, void, undefined> {
  const group = JSON.stringify(projection.apply(toGroup(organization, context.baseUrl)));
  if (organization.memberCount === 0 || !projection.includes("members")) {
    yield group;
    return;
  }
  let separator = `${group.slice(0, -1)},"members":[`;
  for await (const members of memberPages(context, organization.id)) {
    const elements = members.map((member) =>
      JSON.stringify(projection.applyTo("members", toMemberElement(member, context.baseUrl))),
    );
    yield separator + elements.join(",");
    separator = ",";
  }
  yield separator === "," ? "]}" : `${separator}]}`;
}

async function* memberPages({ principal, services }: ScimContext, organizationId: string) {
  let after: string | undefined;
  do {
    const page = await services.organizations.members(principal, organizationId, after, MEMBERS_AT_A_TIME);
    if (page.length > 0) yield page;
    after = page.length < MEMBERS_AT_A_TIME ? undefined : page.at(-1)?.accountId;
  } while (after !== undefined);
}
