import { ForbiddenError } from "../../domain/errors.js";
import { mayRemoveLastAdministrator } from "../../domain/access/policy.js";
import type { Author } from "../../domain/access/principal.js";
import type { Repositories } from "../../repositories/unit-of-work.js";

type Parts = Pick<Repositories, "accounts" | "memberships" | "organizations">;

/** Whose administrators may become fewer. */
export interface Administered {
  readonly organizationIds: readonly string[];
  /** Whether the provider's may, too. */
  readonly isProvider: boolean;
}

/**
 * Sees to it that nobody takes away the last administrator of an organization, or of the provider: whoever has
 * a token of their own cannot. A machine can, since offboarding is never blocked, but not unnoticed.
 *
 * @param work the changes, in this transaction
 * @returns what the audit log is to say when nobody is left
 * @throws ForbiddenError when a person would take away the last one
 */
export async function keepingAdministrators(
  { actor }: Pick<Author, "actor">,
  { accounts, memberships, organizations }: Parts,
  { organizationIds, isProvider }: Administered,
  work: () => Promise<unknown>,
): Promise<string | undefined> {
  const isPerson = !mayRemoveLastAdministrator(actor);
  if (isPerson) {
    // Whoever else takes power away waits, so that two cannot take it from each other.
    for (const id of organizationIds) await organizations.find(id, { lock: true });
    if (isProvider) await accounts.lockAdministrators();
  }
  const hadAdministrator = isProvider && (await accounts.hasAdministrator());
  const administered = await memberships.administered(organizationIds);
  await work();
  const left = await memberships.administered(administered);
  const lost = [
    ...(hadAdministrator && !(await accounts.hasAdministrator()) ? ["the provider"] : []),
    ...(administered.length > left.length ? ["an organization"] : []),
  ].join(" and ");
  if (lost === "") return undefined;
  if (isPerson) {
    throw new ForbiddenError(
      `This would leave ${lost} without an administrator; make another person an administrator first`,
    );
  }
  return `This left ${lost} without an administrator`;
}
