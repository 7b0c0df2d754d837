import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { activityQuery } from "../activity/activity-list.ts";
import { nameOfActor } from "../activity/actors.ts";
import type { NamedEvent } from "../activity/actors.ts";
import { nameOfDeed, nameOfTarget } from "../activity/event-names.ts";
import { EventResult } from "../activity/event-result.tsx";
import { isOfPerson } from "../activity/ways.ts";
import { useRealm } from "../frame/realm.ts";
import { compare } from "../scim/filter.ts";
import { MEMBERSHIP } from "../scim/resources.ts";
import type { Membership, User } from "../scim/resources.ts";
import { Button } from "../ui/button.tsx";
import { Failure } from "../ui/message.tsx";
import { Part } from "../ui/part.tsx";
import { Time } from "../ui/time.tsx";
import { Joined } from "./joined.tsx";
import styles from "./user-history.module.css";

/** What was done to a person, and what the person did, the newest first. */
export const UserHistory = ({ user }: { readonly user: User }) => (
  <>
    <Events
      title="What happened to the person"
      by="person"
      id={user.id}
      memberships={user[MEMBERSHIP]?.memberships}
    />
    <Events title="What the person did" by="actor" id={user.id} />
  </>
);

interface EventsProps {
  readonly title: string;
  /** What the person is in the events. */
  readonly by: "person" | "actor";
  readonly id: string;
  /** Each has a line where the person joined, if no event tells of it: those of large imports do not tell of all. */
  readonly memberships?: readonly Membership[];
}

function Events({ title, by, id, memberships = [] }: EventsProps) {
  const { id: realmId } = useRealm();
  const query =
    by === "person"
      ? activityQuery(realmId, isOfPerson(id), { sorting: undefined }, id)
      : activityQuery(realmId, compare("user.value", "eq", id), { sorting: undefined });
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery(query);
  if (error)
    return <Failure title="The history was not loaded" error={error} onRetry={() => void refetch()} />;
  const address = `/${realmId}/activity`;
  const search = by === "person" ? `person=${id}` : `actor=user.${id}`;
  const events = data?.pages.flatMap(({ Resources }) => Resources) ?? [];
  return (
    <>
      <Part title={title} none={data ? "Nothing." : "Loading"}>
        {withJoins(events, memberships, hasNextPage).map((line) =>
          "action" in line ? (
            <Event
              key={line.id}
              event={line}
              target={line.target.value === id ? "" : nameOfTarget(line)}
              link={`${address}/${line.id}?${search}`}
            />
          ) : (
            <Join key={line.value} membership={line} link={`${address}?target=${line.value}`} />
          ),
        )}
      </Part>
      {hasNextPage && (
        <Button isPending={isFetchingNextPage} onPress={() => void fetchNextPage()}>
          Show more
        </Button>
      )}
      {events.length > 0 && (
        <p className={styles.all}>
          <Link to={`${address}?${search}`}>Show it in Activity</Link>
        </p>
      )}
    </>
  );
}

/** How far apart an event and the joining are that it was, in milliseconds. */
const SAME_MOMENT = 1000;

const timeOf = ({ lastTimestamp, timestamp }: NamedEvent) => Date.parse(lastTimestamp ?? timestamp);

/** Puts memberships where they belong among events, the newest first, as far as those are loaded. */
function withJoins(
  events: readonly NamedEvent[],
  memberships: readonly Membership[],
  hasMore: boolean,
): readonly (NamedEvent | Membership)[] {
  const lines: (NamedEvent | Membership)[] = [...events];
  for (const membership of memberships) {
    const at = Date.parse(membership.joinedAt ?? "");
    const isTold = events.some(
      (event) =>
        (event.action === "create" ? event.organization : event.way === "added" ? event.target : undefined)
          ?.value === membership.value && Math.abs(timeOf(event) - at) < SAME_MOMENT,
    );
    const place = lines.findIndex((line) => "action" in line && timeOf(line) < at);
    if (isTold || Number.isNaN(at) || (place < 0 && hasMore)) continue;
    lines.splice(place < 0 ? lines.length : place, 0, membership);
  }
  return lines;
}

interface JoinProps {
  readonly membership: Membership;
  /** Leads to what was done to the organization. */
  readonly link: string;
}

const Join = ({ membership, link }: JoinProps) => (
  <li className={styles.event}>
    <span>
      <Link to={link}>Joined</Link> <bdi>{membership.display ?? membership.value}</bdi>
      <Joined membership={membership} />
    </span>
  </li>
);

interface EventProps {
  readonly event: NamedEvent;
  /** Empty where it is clear. */
  readonly target: string;
  readonly link: string;
}

function Event({ event, target, link }: EventProps) {
  const { realm } = useRealm();
  return (
    <li className={styles.event}>
      <span>
        <Link to={link}>{nameOfDeed(event)}</Link> <bdi>{target}</bdi>
        <small>
          <bdi>{nameOfActor(event, realm)}</bdi>, <Time value={event.lastTimestamp ?? event.timestamp} />
        </small>
      </span>
      <EventResult event={event} />
    </li>
  );
}
