import type { JsonObject } from "../../domain/values/json.js";
import type { MembershipChange } from "../../domain/memberships/membership.js";
import type { Team } from "../../domain/teams/team.js";
import { noContent } from "../answers/answer.js";
import type { ScimAnswer } from "../answers/answer.js";
import type { ScimContext } from "../context.js";
import { readPatchRequest } from "../requests/patch-request.js";
import { keepImmutable } from "../requests/immutable.js";
import { readResource } from "../requests/resource.js";
import { answerWithList } from "../answers/list-response.js";
import { applyPatch } from "../patch/apply.js";
import { Projection } from "../answers/projection.js";
import { toCriteria } from "../requests/query.js";
import type { Query } from "../requests/query.js";
import { teamSchema } from "../schema/compile.js";
import { teamDefinition } from "../schema/team.js";
import { expectedVersions, notModified, resourceAnswer } from "../answers/versions.js";
import { memberEntries, splitOperations } from "./member-operations.js";
import { MEMBERS_AT_A_TIME, renderWithMembers } from "./member-rendering.js";
import { ScimResource } from "./resource.js";
import { organizationIn, teamIdentity, toTeam, toTeamInput, toTeamResource } from "./team-mapping.js";

/** Teams inside organizations. Members are never read to be changed. */
export class TeamResource extends ScimResource {
  static readonly endpoint = "/Teams";

  static get definition() {
    return teamDefinition;
  }

  protected override async get(context: ScimContext, id: string, query: Query): Promise<ScimAnswer> {
    const team = await context.services.teams.get(context.principal, id);
    return notModified(context, teamIdentity(team, context.baseUrl)) ?? answer(200, context, team, query);
  }

  protected override list(context: ScimContext, query: Query): Promise<ScimAnswer> {
    const criteria = toCriteria(teamSchema, query);
    const projection = Projection.of(teamSchema, query);
    return answerWithList(context, query, {
      endpoint: TeamResource.endpoint,
      read: (part) => context.services.teams.list(context.principal, { ...criteria, ...part }),
      renderer: () => (team: Team) => render(context, team, projection),
    });
  }

  protected override async create(context: ScimContext, body: unknown, query: Query): Promise<ScimAnswer> {
    const resource = readResource(teamSchema, body);
    const team = await context.services.teams.create(
      context.principal,
      organizationIn(resource),
      toTeamInput(resource),
      memberEntries(resource.members),
    );
    return answer(201, context, team, query);
  }

  protected override async replace(
    context: ScimContext,
    id: string,
    body: unknown,
    query: Query,
  ): Promise<ScimAnswer> {
    const resource = readResource(teamSchema, body);
    const members = [{ type: "replace", entries: memberEntries(resource.members) }] as const;
    return answer(200, context, await change(context, id, members, () => resource), query);
  }

  /** Answers 204 unless the client says which attributes it wants back: a team may be very long. */
  protected override async modify(
    context: ScimContext,
    id: string,
    body: unknown,
    query: Query,
  ): Promise<ScimAnswer> {
    const { attributes, members } = splitOperations(readPatchRequest(teamSchema, body));
    const team = await change(context, id, members, (current) => applyPatch(teamSchema, current, attributes));
    return query.attributes || query.excludedAttributes
      ? answer(200, context, team, query)
      : resourceAnswer(204, teamIdentity(team, context.baseUrl), undefined);
  }

  protected override async remove(context: ScimContext, id: string): Promise<ScimAnswer> {
    await context.services.teams.delete(context.principal, id, expectedVersions(context));
    return noContent();
  }
}

function change(
  context: ScimContext,
  id: string,
  members: readonly MembershipChange[],
  changed: (current: JsonObject) => JsonObject,
): Promise<Team> {
  const apply = (team: Team) => {
    const current = toTeamResource(team, context.baseUrl);
    return toTeamInput(keepImmutable(teamSchema, current, changed(current)));
  };
  return context.services.teams.change(context.principal, id, {
    apply,
    members,
    expected: expectedVersions(context),
  });
}

function render({ principal, services, baseUrl }: ScimContext, team: Team, projection: Projection) {
  const read = (after: string | undefined) =>
    services.teams.members(principal, team.id, after, MEMBERS_AT_A_TIME);
  return renderWithMembers(toTeam(team, baseUrl), read, baseUrl, projection);
}

function answer(status: number, context: ScimContext, team: Team, query: Query): ScimAnswer {
  const body = render(context, team, Projection.of(teamSchema, query));
  return resourceAnswer(status, teamIdentity(team, context.baseUrl), body);
}
