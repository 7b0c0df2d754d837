import type { ReactNode } from "react";
import { page } from "../page.ts";
import { Time } from "../ui/time.tsx";
import { nameOfClient } from "./client-name.ts";
import type { PersonSession } from "./person-session.ts";
import styles from "./sessions.module.css";

/** Where a session acts. */
const placeOf = ({ realm, organization }: PersonSession) =>
  realm === "provider" ? page.productName : (organization?.display ?? "No realm");

interface SessionRowProps {
  readonly session: PersonSession;
  readonly isThis?: boolean;
  /** What can be done with it. */
  readonly children?: ReactNode;
}

/** A session in a list of them: with what, where from, and when last. */
export const SessionRow = ({ session, isThis = false, children }: SessionRowProps) => (
  <li className={styles.row}>
    <span title={session.client}>
      {nameOfClient(session.client)} {isThis && <strong className={styles.this}>This one</strong>}
      <small>
        <bdi>{placeOf(session)}</bdi>
        {session.address !== undefined && ` · ${session.address}`} · last used{" "}
        <Time value={session.lastUsedAt} />
      </small>
    </span>
    {children}
  </li>
);
