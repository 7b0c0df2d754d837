import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ComboBox, Input, Label, ListBox, ListBoxItem, Popover, Text } from "react-aria-components";
import { useRealm } from "../frame/realm.ts";
import type { Filter } from "../scim/filter.ts";
import field from "../ui/field.module.css";
import menu from "../ui/menu.module.css";
import { namedQuery } from "./named-query.ts";
import type { Named } from "./named-query.ts";
import { usePaused } from "./use-paused.ts";

interface PickerProps {
  readonly label: string;
  readonly hint?: string;
  /** Of the type to choose from, such as `Groups`. */
  readonly path: string;
  /** What is searched; the name alone unless said otherwise. */
  readonly searched?: readonly string[];
  readonly also?: Filter;
  /** How many characters have to be typed before the server is asked. */
  readonly leastTyped?: number;
  /** Those that are chosen already. */
  readonly without?: readonly string[];
  readonly autoFocus?: boolean;
  readonly isDisabled?: boolean;
  readonly onPick: (picked: Named) => void;
}

/** Finds one resource by a part of its name, as one types. It is empty again when one is picked. */
export function Picker(props: PickerProps) {
  const { label, hint, path, searched, also, leastTyped = 0, without = [], onPick, ...rest } = props;
  const { id: realm } = useRealm();
  const [text, setText] = useState("");
  const asked = usePaused(text.trim());
  const isAsked = asked.length >= leastTyped;
  const { data, error } = useQuery({
    ...namedQuery(realm, path, asked, { searched, also }),
    enabled: isAsked,
  });
  const found = isAsked ? (data ?? []).filter(({ id }) => !without.includes(id)) : [];
  const nothing = error
    ? error.message
    : isAsked
      ? "Nobody and nothing was found."
      : `Type at least ${leastTyped} characters.`;
  return (
    <ComboBox
      {...rest}
      className={field.field}
      items={found}
      inputValue={text}
      onInputChange={setText}
      value={null}
      onChange={(key) => {
        const picked = found.find(({ id }) => id === key);
        if (!picked) return;
        onPick(picked);
        setText("");
      }}
      // The server has filtered them.
      defaultFilter={() => true}
      allowsEmptyCollection
      menuTrigger="focus"
    >
      <Label>{label}</Label>
      <Input className={field.input} />
      {hint !== undefined && (
        <Text slot="description" className={field.hint}>
          {hint}
        </Text>
      )}
      <Popover className={menu.popover}>
        <ListBox<Named> className={menu.menu} renderEmptyState={() => <p className={menu.none}>{nothing}</p>}>
          {({ id, displayName, userName }) => (
            <ListBoxItem id={id} className={menu.item} textValue={displayName}>
              <span>
                <bdi>{displayName}</bdi>
              </span>
              {userName !== undefined && <bdi className={menu.detail}>{userName}</bdi>}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </ComboBox>
  );
}
