import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { isProvider, may, useRealm } from "../frame/realm.ts";
import { ResourceLink } from "../frame/resource-link.tsx";
import { listQuery } from "../lists/list-query.ts";
import { Picker } from "../lists/picker.tsx";
import { totalText } from "../lists/total.ts";
import { all, compare, search } from "../scim/filter.ts";
import { MEMBERSHIP } from "../scim/resources.ts";
import type { Team, User } from "../scim/resources.ts";
import { queries, scimIn } from "../server.ts";
import type { Acts } from "../ui/acts.tsx";
import { Button } from "../ui/button.tsx";
import { isolated } from "../ui/isolated.ts";
import { Failure } from "../ui/message.tsx";
import { SearchField } from "../ui/search-field.tsx";
import { nameOf } from "../users/user-names.ts";
import { MemberActs } from "./member-acts.tsx";
import { powerOver, teamOf } from "./team-power.ts";
import styles from "./teams.module.css";

/** From how many members on they are searched. */
const MANY = 20;

interface TeamMembersProps {
  readonly team: Team;
  readonly acts: Acts;
}

/** The members of a team, portion by portion, with the role of each in it. */
export function TeamMembers({ team, acts }: TeamMembersProps) {
  const { id: realmId, realm } = useRealm();
  const [text, setText] = useState("");
  const [isAdding, setIsAdding] = useState(false);
  const isIn = compare(teamOf(realm, MEMBERSHIP), "eq", team.id);
  const { data, error, refetch, hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } =
    useInfiniteQuery(
      listQuery<User>(realmId, "Users", {
        filter: all(isIn, search(text, ["userName", "displayName"])),
        sortBy: "displayName",
        attributes: `userName,displayName,${MEMBERSHIP}:teams`,
      }),
    );
  const { mayChangeMembers } = powerOver(team, realm);
  const total = data?.pages[0]?.totalResults;
  const isLong = data !== undefined && (total === undefined || total > MANY);
  const people = data?.pages.flatMap(({ Resources }) => Resources) ?? [];
  const add = async (id: string, name: string) => {
    const value = [{ value: id }];
    await scimIn(realmId).patch(`Teams/${team.id}`, [{ op: "add", path: "members", value }]);
    await queries.invalidateQueries({ queryKey: [realmId] });
    return `${isolated(name)} is in the team.`;
  };
  const inOrganization = isProvider(realm)
    ? compare("groups.value", "eq", team.organization.value)
    : undefined;
  return (
    <section className={styles.members} aria-labelledby="members">
      <h3 id="members">Members {data && <span className={styles.count}>{totalText(total)}</span>}</h3>
      {mayChangeMembers && !isAdding && (
        <Button isDisabled={acts.isBusy} onPress={() => setIsAdding(true)}>
          Add a member
        </Button>
      )}
      {mayChangeMembers && isAdding && (
        <Picker
          label="Person to add"
          path="Users"
          filterOf={(typed) => all(search(typed, ["userName", "displayName"]), inOrganization)}
          without={people.map(({ id }) => id)}
          autoFocus
          onPick={({ id, name }) => {
            setIsAdding(false);
            acts.run(() => add(id, name));
          }}
        />
      )}
      {(isLong || text !== "") && <SearchField label="Search the members" value={text} onChange={setText} />}
      {error && !data && (
        <Failure title="The members were not loaded" error={error} onRetry={() => void refetch()} />
      )}
      {data && people.length === 0 && (
        <p className={styles.quiet}>{text === "" ? "Nobody yet." : "No member has this name."}</p>
      )}
      <ul>
        {people.map((user) => (
          <li key={user.id}>
            <span className={styles.person}>
              {may(realm, "read Users") ? (
                <ResourceLink type="User" id={user.id}>
                  {nameOf(user)}
                </ResourceLink>
              ) : (
                <bdi>{nameOf(user)}</bdi>
              )}
              <small>
                <bdi>{user.userName}</bdi>
              </small>
            </span>
            <MemberActs team={team} user={user} acts={acts} />
          </li>
        ))}
      </ul>
      {isFetchNextPageError && (
        <Failure
          title="The next members were not loaded"
          error={error}
          onRetry={() => void fetchNextPage()}
        />
      )}
      {hasNextPage && !isFetchNextPageError && (
        <Button isPending={isFetchingNextPage} onPress={() => void fetchNextPage()}>
          Show more
        </Button>
      )}
    </section>
  );
}
