import type { ReactNode } from "react";
import styles from "./notice.module.css";

interface NoticeProps {
  readonly kind: "hint" | "problem";
  readonly children: ReactNode;
}

/** A line that says something about what is below it. */
export const Notice = ({ kind, children }: NoticeProps) => (
  <div className={`${styles.notice} ${styles[kind]}`} role={kind === "problem" ? "alert" : "status"}>
    {children}
  </div>
);
