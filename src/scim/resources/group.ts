import SCIMMY from "scimmy";
import type { Organization } from "../../domain/organization.js";
import { noContent, ScimAnswer } from "../answer.js";
import type { ScimContext } from "../context.js";
import { readPatchRequest } from "../dialects/patch-request.js";
import { readResource } from "../inbound.js";
import { LIST_END, listStart } from "../list-response.js";
import { applyPatch } from "../patch/apply.js";
import { Projection } from "../projection.js";
import { startIndexOf, toListing } from "../query.js";
import type { Query } from "../query.js";
import { groupSchema } from "../schema/compile.js";
import { expectedVersions, notModified, versioned } from "../versions.js";
import {
  memberIds,
  splitOperations,
  toGroup,
  toGroupResource,
  toMemberElement,
  toOrganizationInput,
} from "./group-mapping.js";
import { ScimResource } from "./resource.js";
import { groupLocation } from "../locations.js";

/** How many members are read, rendered and sent at a time. */
const MEMBERS_AT_A_TIME = 500;

/** Groups: organizations (RFC 7643 section 4.2). Members are memberships and never read to be changed. */
export class GroupResource extends ScimResource {
  static override get endpoint(): string {
    return "/Groups";
  }

  static override get schema() {
    return SCIMMY.Schemas.Group;
  }

  protected override async get(context: ScimContext, id: string, query: Query): Promise<ScimAnswer> {
    const organization = await context.services.organizations.get(context.principal, id);
    return notModified(context, organization.version) ?? answer(200, context, organization, query);
  }

  protected override async list(context: ScimContext, query: Query): Promise<ScimAnswer> {
    const page = await context.services.organizations.list(
      context.principal,
      toListing(groupSchema, query, context.baseUrl),
    );
    const projection = Projection.of(groupSchema, query);
    const header = {
      totalResults: page.total,
      startIndex: startIndexOf(query),
      itemsPerPage: page.items.length,
    };
    async function* pieces() {
      let separator = listStart(header);
      for (const organization of page.items) {
        yield separator;
        yield* render(context, organization, projection);
        separator = ",";
      }
      yield page.items.length === 0 ? `${separator}${LIST_END}` : LIST_END;
    }
    return new ScimAnswer(200, pieces());
  }

  protected override async create(context: ScimContext, body: unknown, query: Query): Promise<ScimAnswer> {
    const resource = readResource(groupSchema, body);
    const organization = await context.services.organizations.create(
      context.principal,
      toOrganizationInput(resource),
      memberIds(resource.members),
    );
    return answer(201, context, organization, query, {
      Location: groupLocation(organization.id, context.baseUrl),
    });
  }

  protected override async replace(
    context: ScimContext,
    id: string,
    body: unknown,
    query: Query,
  ): Promise<ScimAnswer> {
    const resource = readResource(groupSchema, body);
    const organization = await context.services.organizations.change(context.principal, id, {
      apply: () => toOrganizationInput(resource),
      members: [{ type: "replace", accountIds: memberIds(resource.members) }],
      expected: expectedVersions(context),
    });
    return answer(200, context, organization, query);
  }

  /** Answers 204 unless the client names the attributes that it wants back: a group may be very long. */
  protected override async modify(
    context: ScimContext,
    id: string,
    body: unknown,
    query: Query,
  ): Promise<ScimAnswer> {
    const { attributes, members } = splitOperations(readPatchRequest(groupSchema, body));
    const organization = await context.services.organizations.change(context.principal, id, {
      apply: (current) => toOrganizationInput(applyPatch(groupSchema, toGroupResource(current), attributes)),
      members,
      expected: expectedVersions(context),
    });
    return query.attributes
      ? answer(200, context, organization, query)
      : versioned(204, organization.version, undefined);
  }

  protected override async remove(context: ScimContext, id: string): Promise<ScimAnswer> {
    await context.services.organizations.delete(context.principal, id, expectedVersions(context));
    return noContent();
  }
}

function answer(
  status: number,
  context: ScimContext,
  organization: Organization,
  query: Query,
  headers?: ScimAnswer["headers"],
): ScimAnswer {
  const body = render(context, organization, Projection.of(groupSchema, query));
  return versioned(status, organization.version, body, headers);
}

/** The Group as JSON in pieces, so that a long one is sent while it is read. */
async function* render(
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
