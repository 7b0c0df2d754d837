import { Check, ChevronsUpDown } from "lucide-react";
import { Autocomplete, Button, Menu, MenuItem, MenuTrigger, Popover, useFilter } from "react-aria-components";
import { Avatar } from "../ui/avatar.tsx";
import menu from "../ui/menu.module.css";
import { Notice } from "../ui/notice.tsx";
import { SearchField } from "../ui/search-field.tsx";
import { kindOfRealm, nameOfRealm } from "./realm-name.ts";
import styles from "./realm-switcher.module.css";
import { realmOf, useSession } from "./use-session.ts";
import type { RealmSwitch } from "./use-switch-realm.tsx";

/** From so many on, one looks for a realm by its name. */
const MANY = 8;

interface RealmSwitcherProps extends RealmSwitch {
  /** The realm of the page. */
  readonly current: string;
}

/** Shows where the person acts, and leads to the person's other realms. */
export function RealmSwitcher({ current, switchTo, problem }: RealmSwitcherProps) {
  const state = useSession();
  const { contains } = useFilter({ sensitivity: "base" });
  const here = realmOf(state, current);
  const name = here ? nameOfRealm(here) : "No realm";

  const list = (
    <Menu
      className={menu.menu}
      aria-label="Realms"
      items={state.realms.map((realm) => ({ ...realm, id: realm.value }))}
      onAction={(key) => switchTo(String(key))}
    >
      {(realm) => (
        <MenuItem className={menu.item} textValue={nameOfRealm(realm)}>
          <span className={styles.text}>
            <bdi>{nameOfRealm(realm)}</bdi>
            <small>{kindOfRealm(realm)}</small>
          </span>
          {realm.value === current && <Check size={16} aria-label="Here" />}
        </MenuItem>
      )}
    </Menu>
  );

  return (
    <div className={styles.switcher}>
      <MenuTrigger>
        <Button className={styles.button} aria-label={`You act in ${name}. Switch`}>
          <Avatar name={name} />
          <span className={styles.text}>
            <bdi className={styles.name}>{name}</bdi>
            <small>{here && kindOfRealm(here)}</small>
          </span>
          <ChevronsUpDown size={16} aria-hidden />
        </Button>
        <Popover className={menu.popover} placement="bottom start">
          {state.realms.length < MANY ? (
            list
          ) : (
            <Autocomplete filter={contains}>
              <SearchField label="Find a realm" />
              {list}
            </Autocomplete>
          )}
        </Popover>
      </MenuTrigger>
      {problem !== undefined && <Notice kind="problem">{problem}</Notice>}
    </div>
  );
}
