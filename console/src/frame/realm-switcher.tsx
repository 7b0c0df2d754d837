import { Check, ChevronsUpDown } from "lucide-react";
import { useState } from "react";
import { Autocomplete, Button, Menu, MenuItem, MenuTrigger, Popover, useFilter } from "react-aria-components";
import { useNavigate } from "react-router";
import { useActs } from "../acts/act-store.ts";
import { isSignedOut } from "../scim/session.ts";
import { queries, session } from "../server.ts";
import { Avatar } from "../ui/avatar.tsx";
import { confirm } from "../ui/confirm.tsx";
import { isolated } from "../ui/isolated.ts";
import menu from "../ui/menu.module.css";
import { Notice } from "../ui/notice.tsx";
import { SearchField } from "../ui/search-field.tsx";
import { kindOfRealm, nameOfRealm } from "./realm-name.ts";
import styles from "./realm-switcher.module.css";
import { realmOf, useSession } from "./use-session.ts";

/** From so many on, one looks for a realm by its name. */
const MANY = 8;

/** Shows where the person acts, and leads to the person's other realms. @param current the realm of the page */
export function RealmSwitcher({ current }: { readonly current: string }) {
  const state = useSession();
  const { act: running } = useActs();
  const navigate = useNavigate();
  const [problem, setProblem] = useState<string>();
  const { contains } = useFilter({ sensitivity: "base" });
  const here = realmOf(state, current);
  const name = here ? nameOfRealm(here) : "No realm";

  const act = async (realm: string) => {
    try {
      setProblem(undefined);
      if (realm !== state.realm) await session.switchTo(realm);
      await navigate(`/${realm}`);
      queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== realm });
    } catch (error) {
      if (isSignedOut(error)) await session.restored();
      else setProblem((error as Error).message);
    }
  };

  const ask = (realm: string) => {
    const there = realmOf(state, realm);
    if (!running?.stop || realm === state.realm || !there) {
      void act(realm);
      return;
    }
    const { words, stop } = running;
    confirm({
      title: `Stop what runs, and act in ${isolated(nameOfRealm(there))}?`,
      action: "Stop it and switch",
      text: (
        <p>
          {words.doing} is not over, and goes on in this realm alone. What is done stays, and the rest is not
          tried.
        </p>
      ),
      run: () => {
        stop();
        return act(realm);
      },
    });
  };

  const list = (
    <Menu
      className={menu.menu}
      aria-label="Realms"
      items={state.realms.map((realm) => ({ ...realm, id: realm.value }))}
      onAction={(key) => ask(String(key))}
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
