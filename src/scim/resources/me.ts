import { isOneself } from "../../domain/access/actor.js";
import type { Actor } from "../../domain/access/actor.js";
import { ForbiddenError } from "../../domain/errors.js";
import type { AccountWithOrganizations } from "../../domain/users/account.js";
import { askedIn } from "../context.js";
import type { ScimContext } from "../context.js";
import { mutability, ScimError } from "../errors.js";
import { applyPatch } from "../patch/apply.js";
import { readPatchRequest } from "../requests/patch-request.js";
import { expectedVersions } from "../requests/preconditions.js";
import { crud } from "./crud.js";
import { isOnMembership } from "./membership-mapping.js";
import { userDeclaration } from "./user.js";
import { toIncomingUser, toUserResource } from "./user-mapping.js";
import { userSchema } from "./user-schema.js";

/**
 * The User that the caller is, at `/Me` (RFC 7644 section 3.11). In a session of the person, it is the account itself, with what
 * each organization says of the person; the person can change it. For other callers it is the User of their realm, to read.
 */
export const me = crud<AccountWithOrganizations>({
  ...userDeclaration,
  get: ({ services, principal }, id) =>
    isOneself(principal.actor) ? services.ownAccount.get(principal) : services.users.get(principal, id),
  replace: ({ principal }) => Promise.reject(refusal(principal.actor)),
  modify,
  remove: ({ principal }) => Promise.reject(refusal(principal.actor)),
});

async function modify(context: ScimContext, _id: string, body: unknown): Promise<AccountWithOrganizations> {
  const { principal, services } = context;
  if (!isOneself(principal.actor)) throw refusal(principal.actor);
  const asked = askedIn(context);
  const operations = readPatchRequest(userSchema, body, asked);
  const foreign = operations.find(
    (operation) => isOnMembership(operation) || operation.path.reference.attribute?.name === "password",
  );
  if (foreign) throw mutability(`'${foreign.path.text}' cannot be changed at '/Me'`);
  return services.ownAccount.change(principal, {
    apply: (current) =>
      toIncomingUser(applyPatch(userSchema, toUserResource(current), operations, asked?.understood)).input,
    expected: expectedVersions(context),
  });
}

function refusal(actor: Actor): Error {
  if (isOneself(actor)) {
    return new ScimError(405, undefined, "'/Me' is changed by PATCH", { Allow: "GET, HEAD, PATCH" });
  }
  return new ForbiddenError(
    actor.type === "session"
      ? "You signed in with a password that opens one organization alone, so '/Me' is read-only"
      : "With an access token, '/Me' is read-only; an administrator changes the User at its own address",
  );
}
