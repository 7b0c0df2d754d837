import { queryOptions, useQuery } from "@tanstack/react-query";
import { Tab, TabList, TabPanel, Tabs } from "react-aria-components";
import { useParams } from "react-router";
import { useRealm } from "../frame/realm.ts";
import { Panel } from "../lists/panel.tsx";
import { isNotFound } from "../scim/client.ts";
import { MEMBERSHIP } from "../scim/resources.ts";
import type { User } from "../scim/resources.ts";
import { scimIn } from "../server.ts";
import { Avatar } from "../ui/avatar.tsx";
import { Failure, Message } from "../ui/message.tsx";
import tabs from "../ui/tabs.module.css";
import { nameOf } from "./user-names.ts";
import styles from "./users.module.css";
import { UserAccess } from "./user-access.tsx";
import { UserProfile } from "./user-profile.tsx";
import { UserStatus } from "./user-status.tsx";

/** What is returned by default, and what has to be asked for. */
const EXTRA = ["memberships", "organizationRoles", "teams", "lastActiveAt", "setupMailStatus"];

const ATTRIBUTES = [
  ...["userName", "displayName", "name", "nickName", "title", "userType", "active", "externalId", "emails"],
  ...["phoneNumbers", "roles", "groups", "preferredLanguage", "locale", "timezone", "meta"],
  "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
  ...["state", ...EXTRA].map((name) => `${MEMBERSHIP}:${name}`),
].join();

const personQuery = (realm: string, id: string) =>
  queryOptions({
    queryKey: [realm, "Users", "one", id],
    queryFn: ({ signal }) => scimIn(realm).get<User>(`Users/${id}`, { attributes: ATTRIBUTES }, signal),
  });

/** A person: the one place for all that is known of them. */
export function UserPanel() {
  const { id: realmId } = useRealm();
  const { id = "" } = useParams();
  const { data: user, error, refetch } = useQuery(personQuery(realmId, id));
  return (
    <Panel labelledBy="person">
      <div className={styles.panel}>
        {isNotFound(error) ? (
          <Message title="There is no such person here">
            <p id="person">The person was removed, or is in another realm.</p>
          </Message>
        ) : user ? (
          <Person user={user} />
        ) : (
          error && <Failure title="The person was not loaded" error={error} onRetry={() => void refetch()} />
        )}
      </div>
    </Panel>
  );
}

function Person({ user }: { readonly user: User }) {
  const name = nameOf(user);
  return (
    <>
      <header className={styles.head}>
        <Avatar name={name} isLarge />
        <div>
          <h2 id="person">
            <bdi>{name}</bdi>
          </h2>
          <p>
            <bdi>{user.userName}</bdi>
          </p>
        </div>
      </header>
      <UserStatus user={user} />
      <Tabs className={tabs.tabs}>
        <TabList className={tabs.list} aria-label="What is known of the person">
          <Tab id="profile" className={tabs.tab}>
            Profile
          </Tab>
          <Tab id="access" className={tabs.tab}>
            Access
          </Tab>
        </TabList>
        <TabPanel id="profile">
          <UserProfile user={user} />
        </TabPanel>
        <TabPanel id="access">
          <UserAccess user={user} />
        </TabPanel>
      </Tabs>
    </>
  );
}
