import { Link } from "react-router";
import type { LinkProps } from "react-router";
import styles from "./button.module.css";

interface LinkButtonProps extends Omit<LinkProps, "className"> {
  readonly kind?: "primary" | "secondary";
}

/** A link that looks like a button, since it leads to a dialog with an address. */
export const LinkButton = ({ kind = "secondary", ...props }: LinkButtonProps) => (
  <Link {...props} className={`${styles.button} ${styles.link} ${styles[kind]}`} />
);
