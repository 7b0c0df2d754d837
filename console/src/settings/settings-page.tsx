import { useQuery } from "@tanstack/react-query";
import { ToggleButton } from "react-aria-components";
import { useRealm } from "../frame/realm.ts";
import { ListSearch } from "../lists/list-search.tsx";
import { useListState } from "../lists/list-state.ts";
import { Button } from "../ui/button.tsx";
import { Failure, Message } from "../ui/message.tsx";
import { useTitle } from "../ui/title.ts";
import { Health } from "./health.tsx";
import { settingsQuery, subjectsOf } from "./settings.ts";
import type { ServerState, Setting } from "./settings.ts";
import styles from "./settings.module.css";

/** What the server runs with, and its state. The page asks when it opens and when one refreshes it. */
export function SettingsPage() {
  const { id: realm } = useRealm();
  const { data, error, isFetching, dataUpdatedAt, refetch } = useQuery(settingsQuery(realm));
  useTitle("page", "Settings");
  return (
    <section className={styles.page} aria-labelledby="title">
      <header className={styles.header}>
        <h1 id="title">Settings</h1>
        <Button isPending={isFetching} onPress={() => void refetch()}>
          Refresh
        </Button>
      </header>
      {error ? (
        <Failure title="The settings were not loaded" error={error} onRetry={() => void refetch()} />
      ) : (
        data && (
          <>
            <Health state={data} at={dataUpdatedAt} />
            <AllSettings state={data} />
          </>
        )
      )}
    </section>
  );
}

const SHOWN = "show";
const CHANGED = "changed";

function AllSettings({ state: { settings = [] } }: { readonly state: ServerState }) {
  const [{ search, filters }, changes] = useListState([SHOWN]);
  const onlyChanged = filters[SHOWN] === CHANGED;
  const subjects = subjectsOf(settings, search, onlyChanged);
  const count = settings.filter(({ isDefault }) => !isDefault).length;
  return (
    <>
      <div className={styles.bar}>
        <ListSearch label="Search settings" value={search} onChange={changes.search} />
        <ToggleButton
          className={styles.toggle}
          isSelected={onlyChanged}
          onChange={(isSelected) => changes.filter(SHOWN, isSelected ? CHANGED : undefined)}
        >
          Changed <span className={styles.count}>{count.toLocaleString()}</span>
        </ToggleButton>
      </div>
      <p className={styles.hint}>
        Settings are environment variables, which the server reads when it starts. To change one, set it and
        restart the server. If Muster is part of another app, that app sets them as options.
      </p>
      {subjects.map(({ name, settings: found }) => (
        <section key={name} className={styles.subject} aria-label={name}>
          <h2>{name}</h2>
          <dl>
            {found.map((setting) => (
              <Row key={setting.name} setting={setting} />
            ))}
          </dl>
        </section>
      ))}
      {subjects.length === 0 && (
        <Message title={search === "" ? "Every setting has its default" : `No setting matches “${search}”`}>
          <Button onPress={changes.clear}>Show all settings</Button>
        </Message>
      )}
    </>
  );
}

function Row({ setting }: { readonly setting: Setting }) {
  const { name, value, default: fallback, isDefault, description } = setting;
  return (
    <div className={styles.setting}>
      <dt>
        <code>{name}</code>
        <span>{description}</span>
      </dt>
      <dd data-changed={!isDefault || undefined}>
        {value === undefined ? <span className={styles.none}>Not set</span> : <code>{value}</code>}
        {!isDefault && <small>{fallback === undefined ? "Changed" : `Changed; default: ${fallback}`}</small>}
      </dd>
    </div>
  );
}
