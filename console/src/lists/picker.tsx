import { useQuery } from "@tanstack/react-query";
import { ChevronDown } from "lucide-react";
import { useState } from "react";
import { Button, ComboBox, Input, Label, ListBox, ListBoxItem, Popover, Text } from "react-aria-components";
import { useRealm } from "../frame/realm.ts";
import { search } from "../scim/filter.ts";
import type { Filter } from "../scim/filter.ts";
import field from "../ui/field.module.css";
import menu from "../ui/menu.module.css";
import { namedQuery } from "./named-query.ts";
import type { Named } from "./named-query.ts";
import styles from "./picker.module.css";
import { usePaused } from "./use-paused.ts";

const byName = (text: string) => search(text, ["displayName"]);

interface PickerProps {
  readonly label: string;
  readonly hint?: string;
  /** Of the type to choose from, such as `Groups`. */
  readonly path: string;
  /** What has to be fulfilled when this was typed; a part of the name unless said otherwise. */
  readonly filterOf?: (text: string) => Filter;
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
  const { label, hint, path, filterOf = byName, leastTyped = 0, without = [], onPick, ...rest } = props;
  const { id: realm } = useRealm();
  const [text, setText] = useState("");
  // Each pick begins anew, with the focus and without a list that covers what was picked.
  const [picks, setPicks] = useState(0);
  const asked = usePaused(text.trim());
  const isAsked = asked.length >= leastTyped;
  const { data, error, isPending, isPlaceholderData } = useQuery({
    ...namedQuery(realm, path, filterOf(asked)),
    enabled: isAsked,
  });
  const found = isAsked ? (data ?? []).filter(({ id }) => !without.includes(id)) : [];
  const isComing = isPending || isPlaceholderData || asked !== text.trim();
  const nothing = !isAsked
    ? `Type at least ${leastTyped} characters.`
    : error
      ? error.message
      : isComing
        ? "Searching"
        : "Nothing was found.";
  return (
    <ComboBox
      {...rest}
      key={picks}
      autoFocus={rest.autoFocus === true || picks > 0}
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
        setPicks(picks + 1);
      }}
      // The server has filtered them.
      defaultFilter={() => true}
      allowsEmptyCollection
    >
      <Label>{label}</Label>
      <div className={styles.picker}>
        <Input className={field.input} />
        <Button className={styles.open}>
          <ChevronDown size={16} aria-hidden />
        </Button>
      </div>
      {hint !== undefined && (
        <Text slot="description" className={field.hint}>
          {hint}
        </Text>
      )}
      <Popover className={menu.popover}>
        <ListBox<Named> className={menu.menu} renderEmptyState={() => <p className={menu.none}>{nothing}</p>}>
          {({ id, name, userName }) => (
            <ListBoxItem id={id} className={menu.item} textValue={name}>
              <span>
                <bdi>{name}</bdi>
              </span>
              {userName !== undefined && <bdi className={menu.detail}>{userName}</bdi>}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </ComboBox>
  );
}
