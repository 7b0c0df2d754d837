import { ForbiddenError } from "../../domain/errors.js";
import { mayRemoveLastAdministrator } from "../../domain/access/policy.js";
import type { Author } from "../../domain/access/principal.js";
import type { Repositories } from "../../repositories/unit-of-work.js";

type NeededRepositories = Pick<Repositories, "accounts" | "memberships" | "organizations">;

/** The organizations that may lose administrators by a change. */
export interface Administered {
  readonly organizationIds: readonly string[];
  /** Whether the provider may lose administrators, too. */
  readonly isProvider: boolean;
}

/**
 * Protects the last administrator of an organization, and of the provider. A person cannot remove the last one. A machine
 * can, since offboarding must never be blocked, but the audit log gets a warning.
 *
 * @param work makes the changes, in this transaction
 * @returns the warning for the audit log, when no administrator is left
 * @throws ForbiddenError when a person would remove the last administrator
 */
export async function keepingAdministrators(
  { actor }: Pick<Author, "actor">,
  { accounts, memberships, organizations }: NeededRepositories,
  { organizationIds, isProvider }: Administered,
  work: () => Promise<unknown>,
): Promise<string | undefined> {
  const isPerson = !mayRemoveLastAdministrator(actor);
  if (isPerson) {
    // Other changes of administrators wait, so that two administrators cannot remove each other at the same time.
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
