import { lostRace } from "../../db/faults.js";
import type { Session } from "../../db/session.js";
import type { Taking } from "../../domain/removals/removal.js";

/**
 * The removal that gathers what an actor takes in a realm: the one that is open, or a new one after a pause, or when the one
 * before has gathered long enough. It stays open until the transaction ends.
 *
 * @param isAny whether there is anything to be taken; asked only where the removal would be a new one
 * @returns its id; undefined when nothing is taken
 * @throws ContentionError, after which the transaction runs again, when other transactions open and close it all the time
 */
export async function openRemoval(
  session: Session,
  taking: Taking,
  isAny: () => Promise<boolean>,
): Promise<string | undefined> {
  const known = OPENED.get(taking);
  if (known?.session === session) return known.id;
  const open = await findOpen(session, taking);
  if (open === undefined && !(await isAny())) return undefined;
  const found = open ?? (await begin(session, taking));
  // Another transaction has begun one in this moment.
  const id = found ?? (await findOpen(session, taking));
  if (id === undefined) throw lostRace();
  OPENED.set(taking, { session, id });
  return id;
}

/** One request may take a thousand times in its transaction, by one `Taking`, which is made anew when that runs again. */
const OPENED = new WeakMap<Taking, { readonly session: Session; readonly id: string }>();

const OF_ACTOR = "coalesce(removals.organization_id, '') = ? and removals.actor = ? and removals.is_open";

async function findOpen(session: Session, taking: Taking): Promise<string | undefined> {
  const row = await session.first<{ id: string }>(
    `select removals.id from muster_removals as removals where ${OF_ACTOR} and removals.created_at > ?
     and coalesce((select max(items.taken_at) from muster_removal_items as items where items.removal_id = removals.id),
       removals.created_at) > ?
     ${session.dialect.forReference}`,
    [taking.organizationId ?? "", taking.actor, taking.beganAfter, taking.lastAfter],
  );
  return row?.id;
}

async function begin(session: Session, taking: Taking): Promise<string | undefined> {
  const { id, organizationId, actor, tokenId, accountId, at, expiresAt } = taking;
  await session.rows(`update muster_removals as removals set is_open = false where ${OF_ACTOR}`, [
    organizationId ?? "",
    actor,
  ]);
  const row = await session.first<{ id: string }>(
    `insert into muster_removals (id, organization_id, actor, token_id, account_id, created_at, expires_at)
     values (?, ?, ?, ?, ?, ?, ?) on conflict do nothing returning id`,
    [id, organizationId ?? null, actor, tokenId ?? null, accountId ?? null, at, expiresAt],
  );
  return row?.id;
}
