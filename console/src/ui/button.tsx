import { Button as AriaButton } from "react-aria-components";
import type { ButtonProps as AriaButtonProps } from "react-aria-components";
import type { Ref } from "react";
import styles from "./button.module.css";

interface ButtonProps extends Omit<AriaButtonProps, "className"> {
  /** One primary button on a page; `danger` takes something away; `quiet` has no edge. */
  readonly kind?: "primary" | "secondary" | "danger" | "quiet";
  readonly ref?: Ref<HTMLButtonElement>;
}

/** While it is pending, it keeps the focus and does nothing. React-aria's own way names it in the page after it is gone. */
export const Button = ({ kind = "secondary", isPending = false, type, onPress, ...props }: ButtonProps) => (
  <AriaButton
    {...props}
    type={isPending ? "button" : type}
    onPress={isPending ? undefined : onPress}
    aria-disabled={isPending || undefined}
    className={`${styles.button} ${styles[kind]}`}
  />
);

interface IconButtonProps extends Omit<ButtonProps, "aria-label" | "kind"> {
  /** What it does; an icon alone says nothing. */
  readonly label: string;
}

export const IconButton = ({ label, ...props }: IconButtonProps) => (
  <AriaButton {...props} aria-label={label} className={`${styles.button} ${styles.icon}`} />
);
