import type { Ref } from "react";
import { FieldError, Input, Label, Text, TextArea, TextField } from "react-aria-components";
import type { TextFieldProps } from "react-aria-components";
import styles from "./field.module.css";

export interface FieldProps extends Omit<TextFieldProps, "className" | "children"> {
  readonly label: string;
  readonly hint?: string;
  /** What is wrong with it, as the server says. */
  readonly error?: string;
  readonly inputRef?: Ref<HTMLInputElement & HTMLTextAreaElement>;
  /** Whether it has several lines. */
  readonly isLong?: boolean;
}

/** A field of a form: what it is, what to enter, and what is wrong with it. */
export const Field = ({ label, hint, error, inputRef, isLong = false, ...props }: FieldProps) => (
  <TextField {...props} className={styles.field} isInvalid={error !== undefined || props.isInvalid}>
    <Label>{label}</Label>
    {isLong ? (
      <TextArea className={`${styles.input} ${styles.long}`} ref={inputRef} rows={6} />
    ) : (
      <Input className={styles.input} ref={inputRef} />
    )}
    {hint !== undefined && (
      <Text slot="description" className={styles.hint}>
        {hint}
      </Text>
    )}
    <FieldError className={styles.error}>{error}</FieldError>
  </TextField>
);
