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
 * Has a person's change wait for other changes of administrators, so that two administrators cannot remove each other at
 * the same time. Call it before an account is locked: organizations are always locked before accounts.
 */
export async function lockAdministered(
  { actor }: Pick<Author, "actor">,
  { accounts, organizations }: NeededRepositories,
  { organizationIds, isProvider }: Administered,
): Promise<void> {
  if (mayRemoveLastAdministrator(actor)) return;
  for (const id of organizationIds) await organizations.find(id, { lock: true });
  if (isProvider) await accounts.lockAdministrators();
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
  author: Pick<Author, "actor">,
  repositories: NeededRepositories,
  concerned: Administered,
  work: () => Promise<unknown>,
): Promise<string | undefined> {
  const { accounts, memberships } = repositories;
  const { organizationIds, isProvider } = concerned;
  await lockAdministered(author, repositories, concerned);
  const hadAdministrator = isProvider && (await accounts.hasAdministrator());
  const administered = await memberships.administered(organizationIds);
  await work();
  const left = await memberships.administered(administered);
  const lost = [
    ...(hadAdministrator && !(await accounts.hasAdministrator()) ? ["the provider"] : []),
    ...(administered.length > left.length ? ["an organization"] : []),
  ].join(" and ");
  if (lost === "") return undefined;
  if (!mayRemoveLastAdministrator(author.actor)) {
    throw new ForbiddenError(
      `This would leave ${lost} without an administrator; make another person an administrator first`,
    );
  }
  return `This left ${lost} without an administrator`;
}
