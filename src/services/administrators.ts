import { ForbiddenError } from "../domain/errors.js";
import type { Principal } from "../domain/principal.js";
import type { Repositories } from "../repositories/unit-of-work.js";

type Parts = Pick<Repositories, "accounts" | "memberships" | "organizations">;

/**
 * Sees to it that nobody takes away the last administrator of an organization, or of the provider: whoever has
 * a token of their own cannot. A machine can, since offboarding is never blocked.
 *
 * @param organizationIds the organizations whose administrators may become fewer by the work
 * @param work the changes, in this transaction
 * @throws ForbiddenError when a person would take away the last one
 */
export async function keepingAdministrators<T>(
  principal: Principal,
  { accounts, memberships, organizations }: Parts,
  organizationIds: readonly string[],
  work: () => Promise<T>,
): Promise<T> {
  if (principal.accountId === undefined) return work();
  for (const id of organizationIds) await organizations.find(id, { lock: true });
  await accounts.lockAdministrators();
  const before = await accounts.countAdministrators();
  const administered = await memberships.administered(organizationIds);
  const result = await work();
  if (before > 0 && (await accounts.countAdministrators()) === 0) throw lastOne("the provider");
  const left = await memberships.administered(administered);
  if (administered.some((id) => !left.includes(id))) throw lastOne("the organization");
  return result;
}

const lastOne = (what: string) =>
  new ForbiddenError(
    `This would leave ${what} without an administrator: make somebody else one before the last one goes`,
  );
