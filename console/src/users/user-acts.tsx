import { act, isActing } from "../acts/act-store.ts";
import type { ActWords } from "../acts/act-store.ts";
import type { ActResult } from "../acts/act.ts";
import { Foretold } from "../acts/foretold.tsx";
import { isProvider } from "../frame/realm.ts";
import type { BulkOperation } from "../scim/client.ts";
import { patchIn } from "../scim/patch.ts";
import type { PatchOperation } from "../scim/patch.ts";
import type { Realm, User } from "../scim/resources.ts";
import { confirm } from "../ui/confirm.tsx";
import { isolated } from "../ui/isolated.ts";
import { nameOf } from "./user-names.ts";

/** Where people are acted on. */
export interface Place {
  /** Of the realm. */
  readonly id: string;
  readonly realm: Realm;
  /** What people call the realm. */
  readonly name: string;
}

const number = new Intl.NumberFormat();

/** The one person, or how many. */
export function peopleOf(users: readonly User[]): string {
  const [only] = users;
  return users.length === 1 && only ? isolated(nameOf(only)) : `${number.format(users.length)} people`;
}

/** What is done to people, and what is said of it. */
export interface OnPeople {
  readonly words: ActWords;
  readonly operationOf: (user: User) => BulkOperation;
}

/** An act on people, with what is asked before. */
export interface UserAct extends OnPeople {
  readonly title: string;
  /** What goes, and what stays. */
  readonly effects: readonly string[];
  readonly action: string;
  /** Whether something goes that can be counted before. */
  readonly isForetold: boolean;
}

/** Words for what comes of an act. @param past 'removed' @param present 'removing' */
export const wordsFor = (doing: string, past: string): ActWords => ({
  doing,
  done: (count) => `${number.format(count)} people were ${past}.`,
  doneOne: (name) => (
    <>
      {name} was {past}.
    </>
  ),
  failed: (name) => (
    <>
      {name} was not {past}
    </>
  ),
});

/** Words for invitations. @param count of those that are sent */
export const invitationWords = (count: number): ActWords =>
  wordsFor(count === 1 ? "Inviting 1 person" : `Inviting ${number.format(count)} people`, "invited");

export const patchOf = ({ id }: User, ...operations: readonly PatchOperation[]): BulkOperation =>
  patchIn(`/Users/${id}`, ...operations);

/** Removal from the organization; in the provider's realm it is the account that goes. */
export function removal(users: readonly User[], { realm, name }: Place): UserAct {
  const isOne = users.length === 1;
  const people = peopleOf(users);
  const operationOf = (user: User): BulkOperation => ({ method: "DELETE", path: `/Users/${user.id}` });
  if (isProvider(realm)) {
    const accounts = isOne ? `the account of ${people}` : `the accounts of ${people}`;
    const words = wordsFor(`Deleting ${accounts}`, "deleted");
    return {
      title: `Delete ${accounts}?`,
      action: isOne ? "Delete the account" : `Delete ${number.format(users.length)} accounts`,
      effects: [
        "The profile, all memberships, roles, teams, access tokens and sessions go, in every organization.",
        "Nothing stays but what the audit log says. This cannot be undone.",
      ],
      words: { ...words, done: (count) => `${number.format(count)} accounts were deleted.` },
      operationOf,
      isForetold: true,
    };
  }
  return {
    title: `Remove ${people} from ${isolated(name)}?`,
    action: `Remove ${people}`,
    effects: [
      `Access to ${isolated(name)} ends at once, with the roles and teams there.`,
      isOne ? "The account and other organizations stay." : "The accounts and other organizations stay.",
    ],
    words: wordsFor(`Removing ${people} from ${isolated(name)}`, "removed"),
    operationOf,
    isForetold: true,
  };
}

export function deactivation(users: readonly User[], { realm, name }: Place): UserAct {
  const people = peopleOf(users);
  const isAccount = isProvider(realm);
  return {
    title: isAccount ? `Deactivate ${people}?` : `Deactivate ${people} in ${isolated(name)}?`,
    action: `Deactivate ${people}`,
    effects: isAccount
      ? [
          "They are signed out and cannot sign in, in any organization. Their access tokens do not work meanwhile.",
          "The profile, memberships, roles and teams stay, and work again when you activate them.",
        ]
      : [
          `Access to ${isolated(name)} ends at once, and access tokens there do not work meanwhile.`,
          "Roles and teams stay, and work again when you activate them. Other organizations stay as they are.",
        ],
    words: wordsFor(`Deactivating ${people}`, "deactivated"),
    operationOf: (user) => patchOf(user, { op: "replace", path: "active", value: false }),
    isForetold: true,
  };
}

export function activation(users: readonly User[], { realm, name }: Place): UserAct {
  const people = peopleOf(users);
  const where = isProvider(realm) ? "" : ` in ${isolated(name)}`;
  return {
    title: `Activate ${people}${where}?`,
    action: `Activate ${people}`,
    effects: ["They can sign in again, with the roles and teams that they have."],
    words: wordsFor(`Activating ${people}`, "activated"),
    operationOf: (user) => patchOf(user, { op: "replace", path: "active", value: true }),
    isForetold: false,
  };
}

/** Does it. @returns what came of it, for each person @throws Error while another act runs */
export function start({ words, operationOf }: OnPeople, users: readonly User[], { id }: Place) {
  if (isActing())
    throw new Error("Another change of many people is still running. Wait until it is over, or stop it.");
  return act(
    id,
    users.map((user) => ({
      id: user.id,
      name: nameOf(user),
      detail: user.userName,
      operation: operationOf(user),
    })),
    words,
  );
}

/**
 * Asks whether something is to be done to people, and does it.
 *
 * @param onDone is told what came of it, for each person
 */
export function ask(
  userAct: UserAct,
  users: readonly User[],
  place: Place,
  onDone: (results: readonly ActResult[]) => void = () => undefined,
): void {
  const { title, action, effects, operationOf, isForetold } = userAct;
  confirm({
    title,
    action,
    text: (
      <>
        {effects.map((effect) => (
          <p key={effect}>{effect}</p>
        ))}
        {isForetold && <Foretold realm={place.id} operations={users.map(operationOf)} />}
      </>
    ),
    run: () => {
      // It shows in the frame from here on.
      void start(userAct, users, place).then(onDone);
      return Promise.resolve();
    },
  });
}
