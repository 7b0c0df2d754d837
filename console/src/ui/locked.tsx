import { Lock } from "lucide-react";
import type { ReactNode } from "react";
import styles from "./locked.module.css";

/** Says why something cannot be changed here. */
export const Locked = ({ children }: { readonly children: ReactNode }) => (
  <p className={styles.locked}>
    <Lock size={14} aria-hidden />
    <span>{children}</span>
  </p>
);
