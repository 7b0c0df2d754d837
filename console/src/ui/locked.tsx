import { Lock } from "lucide-react";
import styles from "./locked.module.css";

/** Says why something cannot be changed here. */
export const Locked = ({ reason }: { readonly reason: string }) => (
  <p className={styles.locked}>
    <Lock size={14} aria-hidden />
    {reason}
  </p>
);
