import type { Change } from "../../domain/changes/change.js";
import type { Author } from "../../domain/access/principal.js";
import type { TokenOrInvitation } from "../../repositories/memberships/power.js";
import type { Repositories } from "../../repositories/unit-of-work.js";
import type { Dependencies } from "../dependencies.js";

/** Accounts that may have lost power, and how. */
export interface Loss {
  readonly accountIds: readonly string[];
  /** The organization in which their memberships ended; absent when their roles or `active` changed. */
  readonly organizationId?: string;
  /** Whether their accounts are about to be deleted. */
  readonly isDeletion?: boolean;
}

type Deps = Pick<Dependencies, "now" | "newId" | "changes">;

/** How many administrators get mail that a token was orphaned. */
const MAX_NOTIFIED = 100;

/**
 * Ends what people could still use of power that they have lost: their own tokens in an organization that they left are
 * revoked, the tokens that they made for machines are orphaned, and their invitations that give roles are disabled.
 * The other administrators are notified. Nothing changes for people who still have the power by another role.
 *
 * Call it in the transaction that takes the power away: after that change, but before accounts are deleted.
 */
export async function settleLostPower(
  deps: Deps,
  repositories: Repositories,
  author: Author,
  { accountIds, organizationId, isDeletion = false }: Loss,
): Promise<void> {
  const { power } = repositories;
  if (accountIds.length === 0 || !(await power.concerns(accountIds))) return;
  const at = deps.now();
  const revoked =
    organizationId === undefined ? [] : await power.revokeTokens(organizationId, accountIds, at);
  const orphaned = await power.orphanTokens(accountIds, isDeletion, at);
  const tokenIds = orphaned.map(({ id }) => id);
  const disabled = await power.disableInvitations(accountIds, tokenIds, isDeletion, at);
  const changes: readonly Change[] = [
    ...revoked.map((token) => ({
      ...{ action: "delete" as const, ...targetOf("AccessToken", token) },
      detail: "revoked because the membership of its user ended",
    })),
    ...orphaned.map((token) => ({
      ...{ action: "change" as const, ...targetOf("AccessToken", token), attributes: ["orphaned"] },
      warning:
        "The person who created this access token may no longer create it; keep the token, or revoke it",
    })),
    ...disabled.map((invitation) => ({
      ...{ action: "change" as const, ...targetOf("Invitation", invitation), attributes: ["enabled"] },
      detail: "disabled because the person who invited may no longer give its roles",
    })),
  ];
  await deps.changes.record(repositories, author, ...changes);
  await notifyAdministrators(deps, repositories, orphaned, accountIds);
}

/**
 * Sends each realm's other administrators one mail, however many of its tokens were orphaned. Without other
 * administrators in the organization, the provider's get it.
 */
async function notifyAdministrators(
  deps: Deps,
  { power, outbox }: Repositories,
  orphaned: readonly TokenOrInvitation[],
  accountIds: readonly string[],
): Promise<void> {
  const createdAt = deps.now();
  for (const organizationId of new Set(orphaned.map((token) => token.organizationId))) {
    const others = async (realm: string | undefined) =>
      (await power.administrators(realm, MAX_NOTIFIED)).filter((id) => !accountIds.includes(id));
    const own = await others(organizationId);
    const recipients = own.length > 0 || organizationId === undefined ? own : await others(undefined);
    const mail = { kind: "tokens-orphaned", revision: 0, createdAt } as const;
    await outbox.insert(
      recipients.map((accountId) => ({
        ...{ ...mail, id: deps.newId(), accountId },
        ...(organizationId !== undefined && { organizationId }),
      })),
    );
  }
}

const targetOf = (type: "AccessToken" | "Invitation", { id, name, organizationId }: TokenOrInvitation) => ({
  target: { type, id, display: name },
  ...(organizationId !== undefined && { organizationId }),
});
