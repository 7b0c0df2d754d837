import type { ReactNode } from "react";
import { Link, useLocation } from "react-router";
import styles from "./row-name.module.css";

interface RowNameProps {
  /** Of what the row is, which the link opens beside the list. */
  readonly id: string;
  readonly name: string;
  /** A second line. */
  readonly below?: string | undefined;
  /** Whether the second line is there on a phone alone: elsewhere a column says it. */
  readonly isBelowOnPhone?: boolean;
  /** Before the name. */
  readonly icon?: ReactNode;
}

/** What a row is called, as a link to all that is known of it. */
export function RowName({ id, name, below, isBelowOnPhone = false, icon }: RowNameProps) {
  const { search } = useLocation();
  return (
    <span className={styles.row}>
      {icon}
      <span className={styles.names}>
        <Link to={{ pathname: id, search }}>
          <bdi>{name}</bdi>
        </Link>
        {below !== undefined && (
          <small data-on-phone={isBelowOnPhone || undefined}>
            <bdi>{below}</bdi>
          </small>
        )}
      </span>
    </span>
  );
}
