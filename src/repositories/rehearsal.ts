import type { Session } from "../db/session.js";
import type { Realm } from "../domain/access/principal.js";
import type { Effects } from "../domain/dry-runs/effects.js";
import { countResources, touchedBy } from "../domain/dry-runs/touched.js";
import { LossRepository } from "./dry-runs/losses.js";
import { joined } from "./joined.js";
import type { Rehearsal, UnitOfWork } from "./unit-of-work.js";

/** Undoes what was done, though it succeeded. */
class UndoneError extends Error {}

/**
 * Runs units of work in a transaction, undoes them, and tells what came of them.
 *
 * @param session a transaction that nothing else is in, and which the caller rolls back
 * @param now the time now, as ISO 8601 in UTC
 */
export async function rehearsed<T>(
  session: Session,
  realm: Realm,
  now: string,
  work: (joined: UnitOfWork) => Promise<T>,
): Promise<Rehearsal<T>> {
  const losses = new LossRepository(session, realm, now);
  let lost: (() => Promise<Rehearsal<T>>) | undefined;
  try {
    await session.atomically(async () => {
      const { result, changes, counts } = await joined(session, async (units) => {
        const { changes, counts } = units.trace;
        return { result: await work(units), changes, counts };
      });
      const touched = touchedBy(changes);
      const left = await losses.left(touched);
      lost = async () => {
        const effects: Effects = { ...countResources(changes), ...(await losses.lost(touched, left)) };
        return { result, effects, changes, counts };
      };
      throw new UndoneError();
    });
  } catch (error) {
    if (!(error instanceof UndoneError)) throw error;
  }
  if (!lost) throw new TypeError("Units of work were undone before they had run");
  return lost();
}
