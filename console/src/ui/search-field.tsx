import { Search, X } from "lucide-react";
import type { Ref } from "react";
import { Button, Input, SearchField as AriaSearchField } from "react-aria-components";
import type { SearchFieldProps as AriaSearchFieldProps } from "react-aria-components";
import styles from "./search-field.module.css";

interface SearchFieldProps extends Omit<AriaSearchFieldProps, "className" | "aria-label"> {
  readonly label: string;
  readonly placeholder?: string;
  readonly inputRef?: Ref<HTMLInputElement>;
}

/** A field to look for something as one types; its cross, or Esc, empties it. */
export const SearchField = ({ label, placeholder = label, inputRef, ...props }: SearchFieldProps) => (
  <AriaSearchField {...props} aria-label={label} className={styles.search}>
    <Search size={16} aria-hidden />
    <Input className={styles.input} placeholder={placeholder} ref={inputRef} />
    <Button className={styles.clear}>
      <X size={16} aria-hidden />
    </Button>
  </AriaSearchField>
);
