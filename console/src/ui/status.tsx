import styles from "./status.module.css";

interface StatusProps {
  readonly kind: "positive" | "waiting" | "off" | "problem";
  readonly children: string;
}

/** A state: a dot and a word, since a colour alone says nothing. */
export const Status = ({ kind, children }: StatusProps) => (
  <span className={styles.status}>
    <span className={`${styles.dot} ${styles[kind]}`} aria-hidden />
    {children}
  </span>
);
