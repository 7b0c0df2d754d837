import { Plus, X } from "lucide-react";
import { useRef, useState } from "react";
import { useController } from "react-hook-form";
import type { FieldPath, FieldValues, RegisterOptions } from "react-hook-form";
import { Button, IconButton } from "./button.tsx";
import styles from "./entries-field.module.css";
import { Field } from "./field.tsx";
import { FieldError } from "./form.tsx";

/** An element of a list of a resource, such as a postal address: its texts by their names, and what else it has. */
export type Entry = Readonly<Record<string, string | boolean | undefined>>;

/** A text of an entry. */
export interface EntryPart {
  readonly name: string;
  readonly label: string;
  /** Whether it has several lines. */
  readonly isLong?: boolean;
  /** Whether there is a field for it only in an entry that has it. */
  readonly isRare?: boolean;
}

/** What an entry is for, such as `work`; alone it says nothing. */
export const KIND: EntryPart = { name: "type", label: "Kind" };

const textOf = (entry: Entry, name: string) => {
  const value = entry[name];
  return typeof value === "string" ? value : "";
};

/** The entries that say something by their parts, without the texts that were left empty. */
export const filledEntries = (entries: readonly Entry[], parts: readonly EntryPart[]): readonly Entry[] =>
  entries
    .filter((entry) => parts.some(({ name }) => name !== KIND.name && textOf(entry, name).trim() !== ""))
    .map((entry) => Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== "")));

interface FormEntriesProps<T extends FieldValues> {
  readonly name: FieldPath<T>;
  readonly label: string;
  readonly hint?: string;
  readonly parts: readonly EntryPart[];
  readonly rules?: RegisterOptions<T>;
  /** Whether one of several is the primary one. */
  readonly hasPrimary?: boolean;
}

/** Any number of entries, such as telephone numbers. What else they have stays. */
export function FormEntries<T extends FieldValues = FieldValues>(props: FormEntriesProps<T>) {
  const { name, label, hint, parts, rules, hasPrimary = false } = props;
  const { field, fieldState } = useController<T>({ name, rules });
  const [added, setAdded] = useState<number>();
  const adder = useRef<HTMLButtonElement>(null);
  const { ref, onBlur, onChange } = field;
  const entries: readonly Entry[] = field.value;
  const set = (place: number, change: Entry) =>
    onChange(entries.map((entry, index) => (index === place ? { ...entry, ...change } : entry)));
  const choose = (place: number) =>
    onChange(
      entries.map(({ primary: _before, ...entry }, index) =>
        index === place ? { ...entry, primary: true } : entry,
      ),
    );
  const add = () => {
    setAdded(entries.length);
    onChange([...entries, {}]);
  };
  const remove = (place: number) => {
    setAdded(undefined);
    onChange(entries.filter((_entry, index) => index !== place));
    adder.current?.focus();
  };
  // A value and its kind are understood without titles.
  const isShort = parts.length <= 2;
  return (
    <fieldset className={styles.entries}>
      <legend>{label}</legend>
      {hint !== undefined && <p className={styles.hint}>{hint}</p>}
      {entries.map((entry, index) => (
        <div
          key={index}
          role="group"
          aria-label={`${label} ${index + 1}`}
          className={`${styles.entry} ${isShort ? styles.short : ""}`}
          data-parts={parts.length}
        >
          <div className={styles.parts}>
            {parts
              .filter(({ name, isRare }) => isRare !== true || name in entry)
              .map((part, place) => (
                <Field
                  key={part.name}
                  label={part.label}
                  isLong={part.isLong}
                  autoFocus={place === 0 && index === added}
                  value={textOf(entry, part.name)}
                  onChange={(text) => set(index, { [part.name]: text })}
                  onBlur={onBlur}
                  inputRef={place === 0 && index === 0 ? ref : undefined}
                  isInvalid={place === 0 && fieldState.invalid}
                />
              ))}
          </div>
          <div className={styles.acts}>
            {hasPrimary && entries.length > 1 && (
              <label>
                <input
                  type="radio"
                  name={`${name}.primary`}
                  checked={entry.primary === true}
                  onChange={() => choose(index)}
                />
                Primary
              </label>
            )}
            <IconButton label={`Remove ${label} ${index + 1}`} onPress={() => remove(index)}>
              <X size={16} aria-hidden />
            </IconButton>
          </div>
        </div>
      ))}
      <FieldError message={fieldState.error?.message} />
      <Button kind="quiet" ref={adder} onPress={add}>
        <Plus size={16} aria-hidden />
        Add {label.toLowerCase()}
      </Button>
    </fieldset>
  );
}
