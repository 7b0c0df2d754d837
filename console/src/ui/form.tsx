import { useId } from "react";
import type { ReactNode } from "react";
import { FormProvider, useController } from "react-hook-form";
import type { FieldPath, FieldValues, RegisterOptions, UseFormReturn } from "react-hook-form";
import { Button } from "./button.tsx";
import { Field } from "./field.tsx";
import type { FieldProps } from "./field.tsx";
import { fieldOf, problemOf } from "./form-errors.ts";
import type { AttributesOfFields } from "./form-errors.ts";
import styles from "./form.module.css";
import { Notice } from "./notice.tsx";

interface FormProps<T extends FieldValues> {
  /** Of `useForm`, with a default for each field. */
  readonly form: UseFormReturn<T>;
  /** The verb, and what it does it to: 'Create the user'. */
  readonly action: string;
  /** Sends what was entered. What it throws stands at the field that it is of, or above the form. */
  readonly onSubmit: (values: T) => Promise<void>;
  readonly onCancel?: () => void;
  readonly attributes?: AttributesOfFields;
  readonly children: ReactNode;
}

/** A form: fields, what is wrong, and one button that says what it does. What was typed stays until it is done. */
export function Form<T extends FieldValues>(props: FormProps<T>) {
  const { form, action, onSubmit, onCancel, attributes = {}, children } = props;
  const { isSubmitting, errors } = form.formState;
  const submit = form.handleSubmit(async (values) => {
    try {
      await onSubmit(values);
    } catch (error) {
      const field = fieldOf(error, Object.keys(form.getValues()), attributes);
      const message = problemOf(error);
      if (field === undefined) form.setError("root.server", { message });
      else form.setError(field as FieldPath<T>, { message }, { shouldFocus: true });
    }
  });
  return (
    <FormProvider {...form}>
      <form className={styles.form} noValidate onSubmit={(event) => void submit(event)}>
        {errors.root?.server?.message !== undefined && (
          <div className={styles.problem}>
            <Notice kind="problem">{errors.root.server.message}</Notice>
          </div>
        )}
        {children}
        <div className={styles.buttons}>
          {onCancel && (
            <Button isDisabled={isSubmitting} onPress={onCancel}>
              Cancel
            </Button>
          )}
          <Button kind="primary" type="submit" isPending={isSubmitting}>
            {action}
          </Button>
        </div>
      </form>
    </FormProvider>
  );
}

interface FormFieldProps<T extends FieldValues> extends Omit<FieldProps, "name" | "error"> {
  readonly name: FieldPath<T>;
  /** What the console can tell before it asks the server. */
  readonly rules?: RegisterOptions<T>;
}

/** A text of a form. `FormField<Values>` checks the name. */
export function FormField<T extends FieldValues = FieldValues>(props: FormFieldProps<T>) {
  const { name, rules, ...rest } = props;
  const needed = props.isRequired ? { required: `${props.label} is missing` } : {};
  const { field, fieldState } = useController<T>({ name, rules: { ...needed, ...rules } });
  return (
    <Field
      {...rest}
      name={name}
      // The form says what is missing, not the browser.
      validationBehavior="aria"
      value={field.value}
      onChange={field.onChange}
      onBlur={field.onBlur}
      inputRef={field.ref}
      error={fieldState.error?.message}
    />
  );
}

interface FormBoxProps<T extends FieldValues> {
  readonly name: FieldPath<T>;
  readonly label: string;
  readonly hint?: string;
}

/** Something that is so or not. */
export function FormBox<T extends FieldValues = FieldValues>({ name, label, hint }: FormBoxProps<T>) {
  const { field, fieldState } = useController<T>({ name });
  const { ref, value, onChange, onBlur } = field;
  const [hintId, errorId] = [useId(), useId()];
  const error = fieldState.error?.message;
  return (
    <div className={styles.box}>
      <label>
        <input
          type="checkbox"
          name={name}
          checked={value}
          onChange={({ target }) => onChange(target.checked)}
          onBlur={onBlur}
          ref={ref}
          aria-invalid={error !== undefined}
          aria-describedby={
            [error !== undefined && errorId, hint !== undefined && hintId].filter(Boolean).join(" ") ||
            undefined
          }
        />
        {label}
      </label>
      {hint !== undefined && (
        <p id={hintId} className={styles.hint}>
          {hint}
        </p>
      )}
      <FieldError id={errorId} message={error} />
    </div>
  );
}

interface FieldErrorProps {
  readonly id?: string;
  readonly message: string | undefined;
}

/** What is wrong with a field. */
export const FieldError = ({ id, message }: FieldErrorProps) =>
  message !== undefined && (
    <p id={id} className={styles.error} role="alert">
      {message}
    </p>
  );

interface Option {
  readonly value: string;
  readonly label: string;
}

interface FormBoxesProps<T extends FieldValues> {
  readonly name: FieldPath<T>;
  readonly label: string;
  readonly hint?: string;
  readonly options: readonly Option[];
  readonly rules?: RegisterOptions<T>;
}

/** Any of a few, such as roles. */
export function FormBoxes<T extends FieldValues = FieldValues>(props: FormBoxesProps<T>) {
  const { name, label, hint, options, rules } = props;
  const { field, fieldState } = useController<T>({ name, rules });
  const { ref, onBlur, onChange } = field;
  const chosen: readonly string[] = field.value;
  const toggle = (value: string, isChosen: boolean) =>
    onChange(isChosen ? [...chosen, value] : chosen.filter((each) => each !== value));
  return (
    <fieldset className={styles.boxes}>
      <legend>{label}</legend>
      {hint !== undefined && <p className={styles.hint}>{hint}</p>}
      {options.map((option, index) => (
        <label key={option.value}>
          <input
            type="checkbox"
            checked={chosen.includes(option.value)}
            ref={index === 0 ? ref : undefined}
            onBlur={onBlur}
            onChange={({ target }) => toggle(option.value, target.checked)}
          />
          {option.label}
        </label>
      ))}
      <FieldError message={fieldState.error?.message} />
    </fieldset>
  );
}

interface FormChoiceProps<T extends FieldValues> {
  readonly name: FieldPath<T>;
  readonly label: string;
  readonly hint?: string;
  readonly options: readonly Option[];
}

/** One of a few. */
export function FormChoice<T extends FieldValues = FieldValues>(props: FormChoiceProps<T>) {
  const { name, label, hint, options } = props;
  const { field, fieldState } = useController<T>({ name });
  const { ref, value, onBlur, onChange } = field;
  return (
    <fieldset className={styles.boxes}>
      <legend>{label}</legend>
      {hint !== undefined && <p className={styles.hint}>{hint}</p>}
      {options.map((option, index) => (
        <label key={option.value}>
          <input
            type="radio"
            name={name}
            checked={value === option.value}
            ref={index === 0 ? ref : undefined}
            onBlur={onBlur}
            onChange={() => onChange(option.value)}
          />
          {option.label}
        </label>
      ))}
      <FieldError message={fieldState.error?.message} />
    </fieldset>
  );
}
