import type { ComponentProps } from "react";
import form from "../ui/form.module.css";

interface ChoicesProps extends Omit<ComponentProps<"input">, "type" | "value"> {
  readonly label: string;
  readonly hint?: string;
  readonly options: readonly { readonly value: string; readonly label: string }[];
}

/** One of a few. The other properties are those of `register`. */
export const Choices = ({ label, hint, options, ...input }: ChoicesProps) => (
  <fieldset className={form.boxes}>
    <legend>{label}</legend>
    {hint !== undefined && <p className={form.hint}>{hint}</p>}
    {options.map((option) => (
      <label key={option.value}>
        <input {...input} type="radio" value={option.value} />
        {option.label}
      </label>
    ))}
  </fieldset>
);
