import type { Invitation } from "../../domain/invitations/invitation.js";
import { isJsonObject } from "../../domain/values/json.js";
import type { JsonObject } from "../../domain/values/json.js";
import { noContent } from "../answers/answer.js";
import type { ScimAnswer } from "../answers/answer.js";
import type { ScimContext } from "../context.js";
import { readPatchRequest } from "../requests/patch-request.js";
import { invalidValue } from "../errors.js";
import { keepImmutable } from "../requests/immutable.js";
import { readResource } from "../requests/resource.js";
import { applyPatch } from "../patch/apply.js";
import type { Query } from "../requests/query.js";
import { invitationSchema } from "../schema/compile.js";
import { invitationDefinition } from "../schema/invitation.js";
import { expectedVersions } from "../answers/versions.js";
import {
  INVITATIONS,
  invitingOrganization,
  toInvitationInput,
  toInvitationResource,
} from "./invitation-mapping.js";
import { listRecords, recordAnswer } from "./records.js";
import { ScimResource } from "./resource.js";

/** Offers to join an organization. */
export class InvitationResource extends ScimResource {
  static get endpoint(): string {
    return INVITATIONS.endpoint;
  }

  static get definition() {
    return invitationDefinition;
  }

  protected override async get(context: ScimContext, id: string, query: Query): Promise<ScimAnswer> {
    const invitation = await context.services.invitations.get(context.principal, id);
    return recordAnswer(200, context, INVITATIONS, invitation, query);
  }

  protected override list(context: ScimContext, query: Query): Promise<ScimAnswer> {
    return listRecords(context, INVITATIONS, query, (listing) =>
      context.services.invitations.list(context.principal, listing),
    );
  }

  protected override async create(context: ScimContext, body: unknown, query: Query): Promise<ScimAnswer> {
    const { principal, services } = context;
    const resource = readInvitation(body);
    const input = toInvitationInput(resource);
    const invitation = await services.invitations.create(principal, invitingOrganization(resource), input);
    return recordAnswer(201, context, INVITATIONS, invitation, query);
  }

  protected override replace(
    context: ScimContext,
    id: string,
    body: unknown,
    query: Query,
  ): Promise<ScimAnswer> {
    const resource = readInvitation(body);
    return this.#change(context, id, query, () => resource);
  }

  protected override modify(
    context: ScimContext,
    id: string,
    body: unknown,
    query: Query,
  ): Promise<ScimAnswer> {
    const operations = readPatchRequest(invitationSchema, body);
    const takesAway = saysRemoval(body);
    return this.#change(context, id, query, (current) => {
      const next = applyPatch(invitationSchema, current, operations);
      if (current.emails !== undefined && next.emails === undefined && !takesAway) throw addressMissing();
      return next;
    });
  }

  protected override async remove(context: ScimContext, id: string): Promise<ScimAnswer> {
    await context.services.invitations.delete(context.principal, id, expectedVersions(context));
    return noContent();
  }

  async #change(
    context: ScimContext,
    id: string,
    query: Query,
    change: (current: JsonObject) => JsonObject,
  ): Promise<ScimAnswer> {
    const { principal, services, baseUrl } = context;
    const apply = (invitation: Invitation) => {
      const current = toInvitationResource(invitation, baseUrl);
      return toInvitationInput(keepImmutable(invitationSchema, current, change(current)));
    };
    const changed = await services.invitations.change(principal, id, apply, expectedVersions(context));
    return recordAnswer(200, context, INVITATIONS, changed, query);
  }
}

/** @throws ScimError 400 `invalidValue`: an address that is left empty by mistake must not make an open link */
function readInvitation(body: unknown): JsonObject {
  const resource = readResource(invitationSchema, body);
  const said = Object.entries(body as object).find(([name]) => /^emails$/i.test(name))?.[1] as unknown;
  if (resource.emails === undefined && Array.isArray(said) && said.length > 0) throw addressMissing();
  return resource;
}

/** Whether a PATCH takes something away, rather than write something empty. */
function saysRemoval(body: unknown): boolean {
  const operations: unknown = isJsonObject(body)
    ? Object.entries(body).find(([name]) => /^operations$/i.test(name))?.[1]
    : undefined;
  return (
    Array.isArray(operations) &&
    operations.some(({ op, value }: { op?: unknown; value?: unknown }) => {
      const isEmptyList = Array.isArray(value) && value.length === 0;
      return String(op).toLowerCase() === "remove" || value === null || isEmptyList;
    })
  );
}

const addressMissing = () => invalidValue("Each of 'emails' needs a 'value'");
