import type { Author } from "../../domain/access/principal.js";
import type { Made } from "../../repositories/memberships/power.js";
import type { Repositories } from "../../repositories/unit-of-work.js";
import { record } from "../audit/audit.js";
import type { Dependencies } from "../dependencies.js";

/** Who may have lost power, and by what. */
export interface Loss {
  readonly accountIds: readonly string[];
  /** Where their memberships have ended; absent: they have not, roles or activity changed. */
  readonly organizationId?: string;
  /** Whether their accounts are about to be deleted. */
  readonly isDeletion?: boolean;
}

type Given = Pick<Dependencies, "now" | "newId">;

/** As many administrators are told by mail that a token was orphaned. */
const TOLD = 100;

/**
 * Ends for good what people keep of power that they have lost: their own tokens in an organization that they left are
 * revoked, the tokens that they made for machines are orphaned, and their invitations that give roles are disabled.
 * The other administrators are told. Whoever still has the power by another role keeps everything.
 *
 * To be called in the transaction of what took the power away, after it; before it when accounts are deleted.
 */
export async function settleLostPower(
  deps: Given,
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
  for (const token of revoked) {
    await record(deps, repositories, author, {
      ...{ action: "delete", ...about("AccessToken", token) },
      detail: "revoked with the membership of the person that it belonged to",
    });
  }
  for (const token of orphaned) {
    await record(deps, repositories, author, {
      ...{ action: "change", ...about("AccessToken", token), changes: ["orphaned"], result: "warning" },
      detail: "The person who made this access token lost the power to make it; keep it, or revoke it",
    });
  }
  for (const invitation of disabled) {
    await record(deps, repositories, author, {
      ...{ action: "change", ...about("Invitation", invitation), changes: ["enabled"] },
      detail: "disabled, since the person who invites lost the power to give its roles",
    });
  }
  await tellAdministrators(deps, repositories, orphaned, accountIds);
}

/** Each realm's other administrators get one mail, however many of its tokens were orphaned; or else the provider's. */
async function tellAdministrators(
  deps: Given,
  { power, outbox }: Repositories,
  orphaned: readonly Made[],
  losers: readonly string[],
): Promise<void> {
  const createdAt = deps.now();
  for (const organizationId of new Set(orphaned.map((token) => token.organizationId))) {
    const others = async (realm: string | undefined) =>
      (await power.administrators(realm, TOLD)).filter((id) => !losers.includes(id));
    const own = await others(organizationId);
    const told = own.length > 0 || organizationId === undefined ? own : await others(undefined);
    const about = { kind: "tokens-orphaned", revision: 0, createdAt } as const;
    await outbox.insert(
      told.map((accountId) => ({
        ...{ ...about, id: deps.newId(), accountId },
        ...(organizationId !== undefined && { organizationId }),
      })),
    );
  }
}

const about = (type: "AccessToken" | "Invitation", { id, name, organizationId }: Made) => ({
  target: { type, id, display: name },
  ...(organizationId !== undefined && { organizationId }),
});
