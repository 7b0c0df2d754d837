import { Link, useLocation } from "react-router";
import { useRealm } from "../frame/realm.ts";
import type { Column } from "../ui/table.tsx";
import { Time } from "../ui/time.tsx";
import { BY_TIME } from "./activity-list.ts";
import styles from "./activity.module.css";
import { nameOfActor } from "./actors.ts";
import type { NamedEvent } from "./actors.ts";
import { nameOfDeed, nameOfTarget } from "./event-names.ts";
import { EventResult } from "./event-result.tsx";

/** What happened, as a link to all that is known of it. */
function Deed({ event }: { readonly event: NamedEvent }) {
  const { search } = useLocation();
  return (
    <span className={styles.deed}>
      <Link to={{ pathname: event.id, search }}>
        {nameOfDeed(event)} <bdi>{nameOfTarget(event)}</bdi>
      </Link>
      <small>
        <Actor event={event} /> · <When event={event} />
      </small>
    </span>
  );
}

function Actor({ event }: { readonly event: NamedEvent }) {
  const { realm } = useRealm();
  const name = nameOfActor(event, realm);
  return <bdi title={name}>{name}</bdi>;
}

const When = ({ event: { timestamp, lastTimestamp } }: { readonly event: NamedEvent }) => (
  <Time value={lastTimestamp ?? timestamp} />
);

export const ACTIVITY_COLUMNS: readonly Column<NamedEvent>[] = [
  {
    id: "event",
    header: "Event",
    meta: { isEssential: true },
    cell: ({ row }) => <Deed event={row.original} />,
  },
  {
    id: "actor",
    header: "Actor",
    meta: { width: 208 },
    cell: ({ row }) => <Actor event={row.original} />,
  },
  {
    id: "detail",
    header: "Detail",
    cell: ({ row: { original } }) => (
      <span className={styles.quiet} title={original.detail}>
        {original.detail ?? original.changes?.join(", ")}
      </span>
    ),
  },
  {
    id: "result",
    header: "Result",
    meta: { width: 120, isEssential: true },
    cell: ({ row }) => <EventResult event={row.original} />,
  },
  {
    id: BY_TIME,
    header: "When",
    enableSorting: true,
    meta: { width: 144 },
    cell: ({ row }) => <When event={row.original} />,
  },
];
