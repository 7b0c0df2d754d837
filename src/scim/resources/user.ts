import SCIMMY from "scimmy";
import type { AccountWithOrganizations } from "../../domain/account.js";
import { noContent, ScimAnswer } from "../answer.js";
import type { ScimContext } from "../context.js";
import { readPatchRequest } from "../dialects/patch-request.js";
import { mutability } from "../errors.js";
import { readResource } from "../inbound.js";
import { LIST_END, listStart } from "../list-response.js";
import { applyPatch } from "../patch/apply.js";
import { Projection } from "../projection.js";
import { startIndexOf, toListing } from "../query.js";
import type { Query } from "../query.js";
import { userSchema } from "../schema/compile.js";
import { expectedVersions, notModified, versioned } from "../versions.js";
import { ScimResource } from "./resource.js";
import { renderUser, toIncomingUser, toUser, toUserResource } from "./user-mapping.js";
import { userLocation } from "../locations.js";

/** Users: accounts (RFC 7643 section 4.1). */
export class UserResource extends ScimResource {
  static override get endpoint(): string {
    return "/Users";
  }

  static override get schema() {
    return SCIMMY.Schemas.User;
  }

  protected override async get(context: ScimContext, id: string, query: Query): Promise<ScimAnswer> {
    const account = await context.services.accounts.get(context.principal, id);
    return notModified(context, account.version) ?? answer(200, context, account, query);
  }

  protected override async list(context: ScimContext, query: Query): Promise<ScimAnswer> {
    const page = await context.services.accounts.list(
      context.principal,
      toListing(userSchema, query, context.baseUrl),
    );
    const projection = Projection.of(userSchema, query);
    const header = {
      totalResults: page.total,
      startIndex: startIndexOf(query),
      itemsPerPage: page.items.length,
    };
    const users = page.items.map((account) => render(context, account, projection));
    return new ScimAnswer(200, `${listStart(header)}${users.join(",")}${LIST_END}`);
  }

  protected override async create(context: ScimContext, body: unknown, query: Query): Promise<ScimAnswer> {
    const { input, password } = toIncomingUser(readResource(userSchema, body), true);
    const account = await context.services.accounts.create(context.principal, input, password);
    return answer(201, context, account, query, { Location: userLocation(account.id, context.baseUrl) });
  }

  protected override async replace(
    context: ScimContext,
    id: string,
    body: unknown,
    query: Query,
  ): Promise<ScimAnswer> {
    const resource = readResource(userSchema, body);
    const account = await context.services.accounts.change(context.principal, id, {
      // A client that says nothing of `active` does not mean to bring somebody back.
      apply: (current) => toIncomingUser(resource, current.active).input,
      password: toIncomingUser(resource, true).password,
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
    const operations = readPatchRequest(userSchema, body);
    const passwords = operations.filter(({ path }) => path.reference.attribute?.name === "password");
    if (passwords.some(({ op }) => op === "remove")) {
      throw mutability("A password can be replaced, but not removed");
    }
    const password = passwords.at(-1)?.value;
    const account = await context.services.accounts.change(context.principal, id, {
      apply: (current) =>
        toIncomingUser(applyPatch(userSchema, toUserResource(current), operations), current.active).input,
      password: typeof password === "string" ? password : undefined,
      expected: expectedVersions(context),
    });
    return answer(200, context, account, query);
  }

  protected override async remove(context: ScimContext, id: string): Promise<ScimAnswer> {
    await context.services.accounts.delete(context.principal, id, expectedVersions(context));
    return noContent();
  }
}

function answer(
  status: number,
  context: ScimContext,
  account: AccountWithOrganizations,
  query: Query,
  headers?: ScimAnswer["headers"],
): ScimAnswer {
  return versioned(
    status,
    account.version,
    render(context, account, Projection.of(userSchema, query)),
    headers,
  );
}

function render({ baseUrl }: ScimContext, account: AccountWithOrganizations, projection: Projection): string {
  return projection.isWhole
    ? renderUser(account, baseUrl)
    : JSON.stringify(projection.apply(toUser(account, baseUrl)));
}
