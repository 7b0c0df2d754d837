import type { AccountWithOrganizations } from "../../domain/users/account.js";
import { isJsonObject } from "../../domain/values/json.js";
import type { MembershipDetails } from "../../domain/memberships/membership-details.js";
import { knownRoles } from "../../domain/access/roles.js";
import { noContent } from "../answers/answer.js";
import type { ScimAnswer } from "../answers/answer.js";
import type { ScimContext } from "../context.js";
import { readPatchRequest } from "../requests/patch-request.js";
import { mutability } from "../errors.js";
import { readResource } from "../requests/resource.js";
import { answerWithList } from "../answers/list-response.js";
import { applyPatch } from "../patch/apply.js";
import { Projection } from "../answers/projection.js";
import { toCriteria } from "../requests/query.js";
import type { Query } from "../requests/query.js";
import { findAttribute } from "../schema/attribute.js";
import { userSchema } from "../schema/compile.js";
import { userDefinition } from "../schema/definitions.js";
import { expectedVersions, notModified, resourceAnswer } from "../answers/versions.js";
import { ScimResource } from "./resource.js";
import { isOnMembership, rolesPatched, rolesSent, setupRequested } from "./membership-mapping.js";
import {
  renderUser,
  toIncomingUser,
  toUserResource,
  userIdentity,
  wantsMemberships,
} from "./user-mapping.js";

/** Users: accounts (RFC 7643 section 4.1). */
export class UserResource extends ScimResource {
  static readonly endpoint = "/Users";

  static get definition() {
    return userDefinition;
  }

  protected override async get(context: ScimContext, id: string, query: Query): Promise<ScimAnswer> {
    const account = await context.services.users.get(context.principal, id);
    return (
      notModified(context, userIdentity(account, context.baseUrl)) ?? answer(200, context, account, query)
    );
  }

  protected override list(context: ScimContext, query: Query): Promise<ScimAnswer> {
    const criteria = toCriteria(userSchema, query);
    const projection = Projection.of(userSchema, query);
    return answerWithList(context, query, {
      endpoint: UserResource.endpoint,
      read: (part) => context.services.users.list(context.principal, { ...criteria, ...part }),
      renderer: async (accounts) => {
        const memberships = await membershipsOf(context, projection, accounts);
        return (account) => renderUser(account, context.baseUrl, projection, memberships);
      },
    });
  }

  protected override async create(context: ScimContext, body: unknown, query: Query): Promise<ScimAnswer> {
    const { input, ...credentials } = toIncomingUser(readResource(userSchema, body), true);
    const account = await context.services.users.create(context.principal, input, credentials);
    return answer(201, context, account, query);
  }

  protected override async replace(
    context: ScimContext,
    id: string,
    body: unknown,
    query: Query,
  ): Promise<ScimAnswer> {
    const resource = readResource(userSchema, body);
    const account = await context.services.users.change(context.principal, id, {
      // A client that says nothing of `active` does not mean to bring somebody back, nor one that says nothing
      // of `roles` to take away what Muster has granted.
      apply: (current) => {
        const { input } = toIncomingUser(resource, current.active);
        return names(body, "roles") ? input : { ...input, roles: knownRoles(current.roles) };
      },
      password: toIncomingUser(resource, true).password,
      setupEmail: toIncomingUser(resource, true).setupEmail,
      organizationRoles: rolesSent(resource),
      expected: expectedVersions(context),
    });
    return answer(200, context, account, query);
  }

  protected override async modify(
    context: ScimContext,
    id: string,
    body: unknown,
    query: Query,
  ): Promise<ScimAnswer> {
    const all = readPatchRequest(userSchema, body);
    const operations = all.filter((operation) => !isOnMembership(operation));
    const passwords = operations.filter(({ path }) => path.reference.attribute?.name === "password");
    if (passwords.some(({ op }) => op === "remove")) {
      throw mutability("A password can be replaced, but not removed");
    }
    const password = passwords.at(-1)?.value;
    const onMembership = all.filter(isOnMembership);
    const account = await context.services.users.change(context.principal, id, {
      apply: (current) =>
        toIncomingUser(applyPatch(userSchema, toUserResource(current), operations), undefined).input,
      password: typeof password === "string" ? password : undefined,
      setupEmail: setupRequested(onMembership) ? "send" : undefined,
      organizationRoles: rolesPatched(onMembership),
      expected: expectedVersions(context),
    });
    return answer(200, context, account, query);
  }

  protected override async remove(context: ScimContext, id: string): Promise<ScimAnswer> {
    await context.services.users.delete(context.principal, id, expectedVersions(context));
    return noContent();
  }
}

/** Whether a body says something of an attribute, if only that it has no value. */
const names = (body: unknown, attribute: string) =>
  isJsonObject(body) &&
  Object.keys(body).some((name) => findAttribute(userSchema, name)?.attribute?.name === attribute);

/** What people are in organizations and teams, if the client wants to know. */
function membershipsOf(
  { services, principal }: ScimContext,
  projection: Projection,
  accounts: readonly AccountWithOrganizations[],
): Promise<ReadonlyMap<string, MembershipDetails> | undefined> {
  if (!wantsMemberships(projection)) return Promise.resolve(undefined);
  return services.users.memberships(
    principal,
    accounts.map(({ id }) => id),
  );
}

async function answer(
  status: number,
  context: ScimContext,
  account: AccountWithOrganizations,
  query: Query,
): Promise<ScimAnswer> {
  const { baseUrl } = context;
  const projection = Projection.of(userSchema, query);
  const memberships = await membershipsOf(context, projection, [account]);
  const body = renderUser(account, baseUrl, projection, memberships);
  return resourceAnswer(status, userIdentity(account, baseUrl), body);
}
