import type { Organization } from "../../domain/organizations/organization.js";
import { noContent } from "../answers/answer.js";
import type { ScimAnswer } from "../answers/answer.js";
import type { ScimContext } from "../context.js";
import { readPatchRequest } from "../requests/patch-request.js";
import { readResource } from "../requests/resource.js";
import { answerWithList } from "../answers/list-response.js";
import { applyPatch } from "../patch/apply.js";
import { Projection } from "../answers/projection.js";
import { toCriteria } from "../requests/query.js";
import type { Query } from "../requests/query.js";
import { groupSchema } from "../schema/compile.js";
import { groupDefinition } from "../schema/definitions.js";
import { expectedVersions, notModified, resourceAnswer } from "../answers/versions.js";
import { groupIdentity, toGroupResource, toOrganizationInput } from "./group-mapping.js";
import { memberEntries, memberTurns, splitOperations } from "./member-operations.js";
import { renderGroup } from "./group-mapping.js";
import { ScimResource } from "./resource.js";

/** Groups: organizations (RFC 7643 section 4.2). Members are memberships and never read to be changed. */
export class GroupResource extends ScimResource {
  static readonly endpoint = "/Groups";

  static get definition() {
    return groupDefinition;
  }

  protected override async get(context: ScimContext, id: string, query: Query): Promise<ScimAnswer> {
    const organization = await context.services.organizations.get(context.principal, id);
    return (
      notModified(context, groupIdentity(organization, context.baseUrl)) ??
      answer(200, context, organization, query)
    );
  }

  protected override list(context: ScimContext, query: Query): Promise<ScimAnswer> {
    const criteria = toCriteria(groupSchema, query);
    const projection = Projection.of(groupSchema, query);
    return answerWithList(context, query, {
      endpoint: GroupResource.endpoint,
      read: (part) => context.services.organizations.list(context.principal, { ...criteria, ...part }),
      renderer: () => (organization: Organization) => renderGroup(context, organization, projection),
    });
  }

  protected override async create(context: ScimContext, body: unknown, query: Query): Promise<ScimAnswer> {
    const resource = readResource(groupSchema, body);
    const organization = await context.services.organizations.create(
      context.principal,
      toOrganizationInput(resource),
      memberEntries(resource.members).map(({ accountId }) => accountId),
    );
    return answer(201, context, organization, query);
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
      members: [{ type: "replace", entries: memberEntries(resource.members) }],
      expected: expectedVersions(context),
    });
    return answer(200, context, organization, query);
  }

  /** Answers 204 unless the client says which attributes it wants back: a group may be very long. */
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
    return query.attributes || query.excludedAttributes
      ? answer(200, context, organization, query)
      : changed(context, organization);
  }

  /** PATCHes that all add members, or all remove members, by their ids. */
  static async patchInTurn(
    context: ScimContext,
    id: string,
    bodies: readonly unknown[],
  ): Promise<ScimAnswer[] | undefined> {
    const turns = memberTurns(bodies.map((body) => splitOperations(readPatchRequest(groupSchema, body))));
    if (!turns) return undefined;
    const organizations = await context.services.organizations.changeInTurn(context.principal, id, turns);
    return organizations.map((organization) => changed(context, organization));
  }

  protected override async remove(context: ScimContext, id: string): Promise<ScimAnswer> {
    await context.services.organizations.delete(context.principal, id, expectedVersions(context));
    return noContent();
  }
}

const changed = (context: ScimContext, organization: Organization) =>
  resourceAnswer(204, groupIdentity(organization, context.baseUrl), undefined);

function answer(status: number, context: ScimContext, organization: Organization, query: Query): ScimAnswer {
  const body = renderGroup(context, organization, Projection.of(groupSchema, query));
  return resourceAnswer(status, groupIdentity(organization, context.baseUrl), body);
}
