import { useQueries } from "@tanstack/react-query";
import { Building2, User, UsersRound } from "lucide-react";
import type { LucideIcon } from "lucide-react";
import { isProvider, may } from "../frame/realm.ts";
import { namedQuery } from "../lists/named-query.ts";
import type { Named } from "../lists/named-query.ts";
import { search } from "../scim/filter.ts";
import type { Realm } from "../scim/resources.ts";

/** What is looked for on the server as one types. */
interface Kind {
  readonly title: string;
  readonly path: string;
  /** The page that shows it. */
  readonly page: string;
  readonly icon: LucideIcon;
  readonly searched: readonly string[];
  readonly attributes: string;
  readonly isOffered: (realm: Realm) => boolean;
}

const KINDS: readonly Kind[] = [
  {
    title: "People",
    path: "Users",
    page: "users",
    icon: User,
    searched: ["userName", "displayName", "name.familyName", "name.givenName", "emails.value"],
    attributes: "displayName,userName",
    isOffered: (realm) => may(realm, "read Users"),
  },
  {
    title: "Organizations",
    path: "Groups",
    page: "organizations",
    icon: Building2,
    searched: ["displayName"],
    attributes: "displayName",
    isOffered: (realm) => isProvider(realm) && may(realm, "read Groups"),
  },
  {
    title: "Teams",
    path: "Teams",
    page: "teams",
    icon: UsersRound,
    searched: ["displayName"],
    attributes: "displayName,organization",
    isOffered: (realm) => may(realm, "read Teams"),
  },
];

/** From so many characters on, the server is asked. */
export const LEAST_TYPED = 2;

/** How many of each kind are shown; one goes on typing to find others. */
const SHOWN = 5;

/** What was found of one kind. */
export interface Found {
  readonly title: string;
  readonly page: string;
  readonly icon: LucideIcon;
  readonly items: readonly Named[];
}

/** What the server finds of each kind that the person may read. @param text as it was when the person last paused */
export function useFound(realmId: string, realm: Realm, text: string) {
  const isAsked = text.length >= LEAST_TYPED;
  const kinds = KINDS.filter(({ isOffered }) => isOffered(realm));
  const answers = useQueries({
    queries: kinds.map(({ path, searched, attributes }) => ({
      ...namedQuery(realmId, path, search(text, searched), attributes),
      enabled: isAsked,
    })),
  });
  const found = kinds.map(({ title, page, icon }, index): Found => {
    const items = isAsked ? (answers[index]?.data ?? []).slice(0, SHOWN) : [];
    return { title, page, icon, items };
  });
  return {
    found,
    isComing: isAsked && answers.some(({ isPending, isPlaceholderData }) => isPending || isPlaceholderData),
    error: isAsked ? answers.find(({ error }) => error !== null)?.error : undefined,
  };
}
