import { isProvider } from "../frame/realm.ts";
import type { Realm, User } from "../scim/resources.ts";
import { queries, scimIn } from "../server.ts";
import { confirm } from "../ui/confirm.tsx";
import { nameOf } from "./user-names.ts";

/** Operations in one Bulk: an answer comes soon, and the server takes more in any case. */
const PORTION = 100;

/** What came of a removal. */
export interface RemovalResult {
  readonly removed: readonly User[];
  readonly failed: readonly { readonly user: User; readonly reason: string }[];
}

/** A name as a unit of its own in a sentence, whatever direction its letters have. */
const isolated = (name: string) => `\u2068${name}\u2069`;

const people = (users: readonly User[]) => {
  const [only] = users;
  return users.length === 1 && only ? isolated(nameOf(only)) : `${users.length.toLocaleString()} people`;
};

/** What the act is called, what goes, and what stays. In the provider's realm it is the account that goes. */
function wordsFor(users: readonly User[], realm: Realm, realmName: string) {
  const isOne = users.length === 1;
  if (isProvider(realm)) {
    return {
      title: isOne ? `Delete the account of ${people(users)}?` : `Delete the accounts of ${people(users)}?`,
      action: isOne ? "Delete the account" : `Delete ${users.length.toLocaleString()} accounts`,
      goes: "The profile, all memberships, roles, teams, access tokens and sessions go, in every organization.",
      stays: "Nothing stays but what the audit log says. This cannot be undone.",
    };
  }
  return {
    title: `Remove ${people(users)} from ${isolated(realmName)}?`,
    action: `Remove ${people(users)}`,
    goes: `Access to ${isolated(realmName)} ends at once, with the roles and teams there.`,
    stays: isOne ? "The account and other organizations stay." : "The accounts and other organizations stay.",
  };
}

/** What an action bar calls the act. */
export const nameOfRemoval = (realm: Realm, realmName: string) =>
  isProvider(realm) ? "Delete accounts" : `Remove from ${realmName}`;

/**
 * Asks whether people are to be removed from the realm, and does it.
 *
 * @param onDone is told what came of it, for each person
 */
export function askToRemove(
  users: readonly User[],
  { id, realm, name }: { readonly id: string; readonly realm: Realm; readonly name: string },
  onDone: (result: RemovalResult) => void,
): void {
  const { title, action, goes, stays } = wordsFor(users, realm, name);
  confirm({
    title,
    action,
    text: (
      <>
        <p>{goes}</p>
        <p>{stays}</p>
      </>
    ),
    run: async () => {
      onDone(await remove(users, id));
      // The lists come anew meanwhile.
      void queries.invalidateQueries({ queryKey: [id] });
    },
  });
}

/** Removes people portion by portion. What keeps one portion from being done keeps the others, too, and is their reason. */
async function remove(users: readonly User[], realm: string): Promise<RemovalResult> {
  const scim = scimIn(realm);
  const removed: User[] = [];
  const failed: RemovalResult["failed"][number][] = [];
  for (let start = 0; start < users.length; start += PORTION) {
    const portion = users.slice(start, start + PORTION);
    let results;
    try {
      results = await scim.bulk(portion.map((user) => ({ method: "DELETE", path: `/Users/${user.id}` })));
    } catch (error) {
      const reason = (error as Error).message;
      failed.push(...users.slice(start).map((user) => ({ user, reason })));
      break;
    }
    portion.forEach((user, index) => {
      const result = results[index];
      // A person who is not there any more is removed already.
      if (result?.status === "204" || result?.status === "404") removed.push(user);
      else failed.push({ user, reason: result?.response?.detail ?? "The server did not say why." });
    });
  }
  return { removed, failed };
}
