import { queryOptions } from "@tanstack/react-query";
import { compare } from "../scim/filter.ts";
import { scimIn } from "../server.ts";
import type { PersonSession } from "./person-session.ts";

/** The sessions of a person that the caller sees, the one that was used last first. */
export const sessionsOf = (realm: string, userId: string) =>
  queryOptions({
    queryKey: [realm, "Sessions", "of", userId],
    queryFn: ({ signal }) =>
      scimIn(realm).list<PersonSession>(
        "Sessions",
        {
          filter: compare("user.value", "eq", userId),
          sortBy: "lastUsedAt",
          sortOrder: "descending",
          count: 100,
        },
        signal,
      ),
  });
