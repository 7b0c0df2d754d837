import { Check } from "lucide-react";
import { Menu, MenuItem, MenuTrigger, Popover } from "react-aria-components";
import menu from "../ui/menu.module.css";
import { Chip, ChipButton } from "./chip.tsx";
import { LookupChip } from "./lookup-chip.tsx";
import type { LookupFilter } from "./lookups.ts";

/** A filter of a list. */
export type ListFilter = ChoiceFilter | LookupFilter;

/** By one of a few values. */
export interface ChoiceFilter {
  /** In the address. */
  readonly name: string;
  readonly label: string;
  readonly values: readonly { readonly value: string; readonly label: string }[];
  /** Whether the labels are names, which stay as they are within a sentence. */
  readonly isNamed?: boolean;
}

interface FilterChipProps<F extends ListFilter = ListFilter> {
  readonly filter: F;
  readonly value: string | undefined;
  readonly onChange: (value: string | undefined) => void;
}

/** A filter that reads as a sentence: 'Status is active'. */
export const FilterChip = ({ filter, ...props }: FilterChipProps) =>
  "lookup" in filter ? <LookupChip {...props} filter={filter} /> : <ChoiceChip {...props} filter={filter} />;

function ChoiceChip({ filter, value, onChange }: FilterChipProps<ChoiceFilter>) {
  const { label, values, isNamed = false } = filter;
  const chosen = values.find((each) => each.value === value);
  return (
    <Chip label={label} isSet={chosen !== undefined} onClear={() => onChange(undefined)}>
      <MenuTrigger>
        <ChipButton label={label} chosen={isNamed ? chosen?.label : chosen?.label.toLowerCase()} />
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
    </Chip>
  );
}
