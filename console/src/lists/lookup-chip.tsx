import { useQuery } from "@tanstack/react-query";
import { Check } from "lucide-react";
import { useState } from "react";
import { Autocomplete, DialogTrigger, Menu, MenuItem, Popover } from "react-aria-components";
import { isProvider, useRealm } from "../frame/realm.ts";
import menu from "../ui/menu.module.css";
import { SearchField } from "../ui/search-field.tsx";
import { Chip, ChipButton } from "./chip.tsx";
import styles from "./chip.module.css";
import { lookupNameQuery, lookupQuery } from "./lookups.ts";
import type { LookupFilter } from "./lookups.ts";

interface LookupChipProps {
  readonly filter: LookupFilter;
  /** The id of what was chosen. */
  readonly value: string | undefined;
  readonly onChange: (value: string | undefined) => void;
}

/** A filter by something that is found as one types. */
export function LookupChip({ filter, value, onChange }: LookupChipProps) {
  const { id: realm } = useRealm();
  const [isOpen, setIsOpen] = useState(false);
  const { data: chosen, isError } = useQuery(lookupNameQuery(realm, filter.lookup, value));
  // What is gone is still filtered by.
  const name = isError ? `an unknown ${filter.lookup.noun}` : (chosen?.name ?? "…");
  return (
    <Chip label={filter.label} isSet={value !== undefined} onClear={() => onChange(undefined)}>
      <DialogTrigger isOpen={isOpen} onOpenChange={setIsOpen}>
        <ChipButton label={filter.label} chosen={value === undefined ? undefined : name} />
        <Popover
          className={`${menu.popover} ${styles.lookup}`}
          placement="bottom start"
          aria-label={`Choose the ${filter.lookup.noun}`}
        >
          <Choices
            filter={filter}
            value={value}
            onChange={(next) => {
              setIsOpen(false);
              onChange(next);
            }}
          />
        </Popover>
      </DialogTrigger>
    </Chip>
  );
}

function Choices({ filter: { lookup, label }, value, onChange }: LookupChipProps) {
  const { id: realmId, realm } = useRealm();
  const [text, setText] = useState("");
  const { data: found = [], isPending, isError } = useQuery(lookupQuery(realmId, lookup, text.trim()));
  return (
    <Autocomplete inputValue={text} onInputChange={setText}>
      <SearchField label={`Search for the ${lookup.noun}`} placeholder="Search by name" autoFocus />
      <Menu
        className={menu.menu}
        aria-label={label}
        items={found}
        renderEmptyState={() => (
          <p className={styles.nothing}>
            {isError ? "They were not loaded." : isPending ? "" : `No ${lookup.noun} has this name.`}
          </p>
        )}
        onAction={(key) => onChange(String(key))}
      >
        {({ id, name, organization }) => (
          <MenuItem id={id} className={menu.item} textValue={name}>
            <span>
              <bdi>{name}</bdi>
              {isProvider(realm) && organization !== undefined && (
                <small>
                  <bdi>{organization}</bdi>
                </small>
              )}
            </span>
            {id === value && <Check size={16} aria-hidden />}
          </MenuItem>
        )}
      </Menu>
    </Autocomplete>
  );
}
