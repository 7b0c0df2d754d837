import type { LucideIcon } from "lucide-react";
import { CirclePlus, UserPlus } from "lucide-react";
import { pagesOf } from "../frame/pages.ts";
import { isProvider, may } from "../frame/realm.ts";
import type { Realm } from "../scim/resources.ts";

/** Something that one can go to or begin from anywhere. */
export interface Command {
  /** Where it leads, below the realm. */
  readonly path: string;
  readonly label: string;
  readonly icon: LucideIcon;
}

interface Act extends Command {
  readonly isOffered: (realm: Realm) => boolean;
}

/** What pages have as buttons in their heads, by the same rights. */
const ACTS: readonly Act[] = [
  {
    path: "users/invite",
    label: "Invite people",
    icon: UserPlus,
    isOffered: (realm) => may(realm, "create Invitations"),
  },
  {
    path: "users/create",
    label: "Create user",
    icon: UserPlus,
    isOffered: (realm) => may(realm, "create Users"),
  },
  {
    path: "users/add",
    label: "Add user",
    icon: UserPlus,
    isOffered: (realm) => may(realm, "change Groups"),
  },
  {
    path: "organizations/create",
    label: "Create organization",
    icon: CirclePlus,
    isOffered: (realm) => isProvider(realm) && may(realm, "create Groups"),
  },
  {
    path: "teams/create",
    label: "Create team",
    icon: CirclePlus,
    isOffered: (realm) => may(realm, "create Teams"),
  },
  {
    path: "invitations/create",
    label: "Create invitation link",
    icon: CirclePlus,
    isOffered: (realm) => may(realm, "create Invitations"),
  },
  {
    path: "tokens/create",
    label: "Create access token",
    icon: CirclePlus,
    isOffered: (realm) => may(realm, "create AccessTokens"),
  },
];

export const pageCommands = (realm: Realm): readonly Command[] => pagesOf(realm);

export const actCommands = (realm: Realm): readonly Command[] =>
  ACTS.filter(({ isOffered }) => isOffered(realm));

/** Whether each word that is typed begins a word of the label. */
export function isMeant(label: string, text: string): boolean {
  const words = label.toLowerCase().split(/\s+/);
  return text
    .toLowerCase()
    .split(/\s+/)
    .filter(Boolean)
    .every((typed) => words.some((word) => word.startsWith(typed)));
}
