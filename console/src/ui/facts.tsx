import { Fragment } from "react";
import type { ReactNode } from "react";
import styles from "./facts.module.css";

/** What something is, and its value; what is undefined, empty or false takes no room. */
export type Fact = readonly [label: string, value: ReactNode];

const isThere = (value: ReactNode) => value !== undefined && value !== "" && value !== 0 && value !== false;

/** What is known of something, line by line. */
export const Facts = ({ facts }: { readonly facts: readonly Fact[] }) => (
  <dl className={styles.facts}>
    {facts.map(
      ([label, value]) =>
        isThere(value) && (
          <Fragment key={label}>
            <dt>{label}</dt>
            <dd>{typeof value === "string" ? <bdi>{value}</bdi> : value}</dd>
          </Fragment>
        ),
    )}
  </dl>
);
