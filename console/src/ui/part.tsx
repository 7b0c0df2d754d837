import type { ReactNode } from "react";
import styles from "./part.module.css";

interface PartProps {
  readonly title: string;
  /** Said when there is nothing in it. */
  readonly none: string;
  /** List items. */
  readonly children: readonly ReactNode[];
}

/** A part of a panel: a heading with a list below it. */
export const Part = ({ title, none, children }: PartProps) => (
  <section className={styles.part}>
    <h3>{title}</h3>
    {children.length > 0 ? <ul>{children}</ul> : <p>{none}</p>}
  </section>
);
