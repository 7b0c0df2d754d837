import { Activity, Building2, KeyRound, Mail, Settings, Users, UsersRound } from "lucide-react";
import type { LucideIcon } from "lucide-react";
import type { Realm } from "../scim/resources.ts";
import { isProvider, may } from "./realm.ts";

/** What the rail leads to. */
export interface FramePage {
  readonly path: string;
  readonly label: string;
  readonly icon: LucideIcon;
  readonly isOffered: (realm: Realm) => boolean;
}

const PAGES: readonly FramePage[] = [
  { path: "users", label: "Users", icon: Users, isOffered: (realm) => may(realm, "read Users") },
  {
    path: "organizations",
    label: "Organizations",
    icon: Building2,
    // In an organization's realm, Groups are its teams.
    isOffered: (realm) => isProvider(realm) && may(realm, "read Groups"),
  },
  {
    path: "organization",
    label: "Organization",
    icon: Building2,
    isOffered: (realm) => !isProvider(realm) && may(realm, "read Groups"),
  },
  {
    path: "teams",
    label: "Teams",
    icon: UsersRound,
    // Those with a role in a team see that team.
    isOffered: (realm) => may(realm, "read Teams") || (realm.teams ?? []).length > 0,
  },
  {
    path: "invitations",
    label: "Invitations",
    icon: Mail,
    isOffered: (realm) => may(realm, "read Invitations"),
  },
  {
    path: "tokens",
    label: "Access tokens",
    icon: KeyRound,
    isOffered: (realm) => may(realm, "read AccessTokens"),
  },
  {
    path: "activity",
    label: "Activity",
    icon: Activity,
    isOffered: (realm) => may(realm, "read AuditEvents"),
  },
  {
    path: "settings",
    label: "Settings",
    icon: Settings,
    isOffered: (realm) => may(realm, "read Settings"),
  },
];

/** The pages of a realm that the person may see. */
export const pagesOf = (realm: Realm | undefined) =>
  realm ? PAGES.filter(({ isOffered }) => isOffered(realm)) : [];
