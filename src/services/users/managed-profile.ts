import type { Principal } from "../../domain/access/principal.js";
import { NotFoundError } from "../../domain/errors.js";
import type { AccountInput } from "../../domain/users/account.js";
import type { Repositories } from "../../repositories/unit-of-work.js";
import type { Dependencies } from "../dependencies.js";
import { requireSignIn } from "../roles/grants.js";
import { concernsSetup, profileChanges } from "./account-rules.js";

/** How a person gets a password, ready to be written. */
export interface NewCredentials {
  readonly passwordHash: string | undefined;
  readonly sendsMail: boolean;
}

/** The names of a person's own attributes that an organization wrote, and of those that it was not allowed to write. */
export interface WrittenProfile {
  readonly changes: readonly string[];
  readonly ignored: readonly string[];
}

/**
 * Writes the person's own attributes if the organization manages the account; otherwise ignores them.
 *
 * @throws NotFoundError, UniquenessError, ForbiddenError when the caller may not change how a person with a role signs in
 */
export async function writeManagedProfile(
  deps: Pick<Dependencies, "now">,
  repositories: Repositories,
  principal: Principal,
  { organizationId, accountId }: { readonly organizationId: string; readonly accountId: string },
  input: AccountInput,
  { passwordHash, sendsMail }: NewCredentials,
): Promise<WrittenProfile> {
  const { accounts, accountSetups } = repositories;
  const current = await accounts.find(accountId);
  if (!current) throw new NotFoundError("User", accountId);
  const wanted = [...profileChanges(current, input), ...(passwordHash === undefined ? [] : ["password"])];
  if (sendsMail) wanted.push("sendSetupEmail");
  if (wanted.length === 0) return { changes: [], ignored: [] };
  if (!(await accounts.isManagedBy(organizationId, accountId))) return { changes: [], ignored: wanted };
  await requireSignIn(deps, repositories, principal, { current, next: current, changes: wanted });
  await accounts.updateProfile({ ...input, id: accountId, passwordHash, updatedAt: deps.now() });
  if (concernsSetup(wanted)) await accountSetups.revoke(accountId);
  return { changes: wanted, ignored: [] };
}

/** The attributes that a creation sets: one that it leaves out is not meant to be removed. */
export const ofCreation = (names: readonly string[], input: AccountInput): string[] =>
  names.filter(
    (name) =>
      name === "password" ||
      name === "sendSetupEmail" ||
      name === "userName" ||
      input.profile.value[name] !== undefined ||
      (name === "displayName" && input.displayName !== undefined),
  );
