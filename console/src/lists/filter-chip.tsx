import { Check, ChevronDown, X } from "lucide-react";
import { Button, Menu, MenuItem, MenuTrigger, Popover } from "react-aria-components";
import menu from "../ui/menu.module.css";
import styles from "./filter-chip.module.css";

/** A filter of a list that has a few values. */
export interface ListFilter {
  /** In the address. */
  readonly name: string;
  readonly label: string;
  readonly values: readonly { readonly value: string; readonly label: string }[];
}

interface FilterChipProps {
  readonly filter: ListFilter;
  readonly value: string | undefined;
  readonly onChange: (value: string | undefined) => void;
}

/** A filter that reads as a sentence: 'Status is active'. */
export function FilterChip({ filter, value, onChange }: FilterChipProps) {
  const { name, label, values } = filter;
  const chosen = values.find((each) => each.value === value);
  return (
    <div className={styles.chip} data-set={chosen !== undefined || undefined}>
      <MenuTrigger>
        <Button className={styles.button}>
          {chosen ? (
            <>
              {label} is <strong>{chosen.label.toLowerCase()}</strong>
            </>
          ) : (
            <>
              {label} <ChevronDown size={14} aria-hidden />
            </>
          )}
        </Button>
        <Popover className={menu.popover} placement="bottom start">
          <Menu
            className={menu.menu}
            aria-label={label}
            selectionMode="single"
            selectedKeys={chosen ? [chosen.value] : []}
            onSelectionChange={(keys) => onChange(Array.from(keys, String)[0])}
          >
            {values.map((each) => (
              <MenuItem key={each.value} id={each.value} className={menu.item} textValue={each.label}>
                <span>{each.label}</span>
                {each.value === value && <Check size={16} aria-hidden />}
              </MenuItem>
            ))}
          </Menu>
        </Popover>
      </MenuTrigger>
      {chosen && (
        <Button
          className={styles.clear}
          aria-label={`Clear the filter ${name}`}
          onPress={() => onChange(undefined)}
        >
          <X size={14} aria-hidden />
        </Button>
      )}
    </div>
  );
}
