import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { activityQuery } from "../activity/activity-list.ts";
import { nameOfActor } from "../activity/actors.ts";
import type { NamedEvent } from "../activity/actors.ts";
import { nameOfDeed, nameOfTarget } from "../activity/event-names.ts";
import { EventResult } from "../activity/event-result.tsx";
import { useRealm } from "../frame/realm.ts";
import { compare } from "../scim/filter.ts";
import type { User } from "../scim/resources.ts";
import { Button } from "../ui/button.tsx";
import { Failure } from "../ui/message.tsx";
import { Part } from "../ui/part.tsx";
import { Time } from "../ui/time.tsx";
import styles from "./user-history.module.css";

/** What was done to a person, and what the person did, the newest first. */
export const UserHistory = ({ user }: { readonly user: User }) => (
  <>
    <Events title="What was done to the account" by="target" id={user.id} />
    <Events title="What the person did" by="actor" id={user.id} />
  </>
);

interface EventsProps {
  readonly title: string;
  /** What the person is in the events. */
  readonly by: "target" | "actor";
  readonly id: string;
}

function Events({ title, by, id }: EventsProps) {
  const { id: realmId } = useRealm();
  const filter = compare(by === "target" ? "target.value" : "user.value", "eq", id);
  const query = activityQuery(realmId, filter, { sorting: undefined });
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery(query);
  if (error)
    return <Failure title="The history was not loaded" error={error} onRetry={() => void refetch()} />;
  const address = `/${realmId}/activity`;
  const search = by === "target" ? `target=${id}` : `actor=user.${id}`;
  const events = data?.pages.flatMap(({ Resources }) => Resources) ?? [];
  return (
    <>
      <Part title={title} none={data ? "Nothing." : "Loading"}>
        {events.map((event) => (
          <Event
            key={event.id}
            event={event}
            target={by === "target" ? "" : nameOfTarget(event)}
            link={`${address}/${event.id}?${search}`}
          />
        ))}
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
