import { Tab, TabList, TabPanel, Tabs } from "react-aria-components";
import { useParams } from "react-router";
import { useRealm } from "../frame/realm.ts";
import { oneQuery, PanelHead, ResourcePanel } from "../lists/resource-panel.tsx";
import { MEMBERSHIP } from "../scim/resources.ts";
import type { User } from "../scim/resources.ts";
import { Avatar } from "../ui/avatar.tsx";
import tabs from "../ui/tabs.module.css";
import { nameOf } from "./user-names.ts";
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

/** A person: the one place for all that is known of them. */
export function UserPanel() {
  const { id: realmId } = useRealm();
  const { id = "" } = useParams();
  return (
    <ResourcePanel noun="person" query={oneQuery<User>(realmId, "Users", id, ATTRIBUTES)}>
      {(user) => <Person user={user} />}
    </ResourcePanel>
  );
}

function Person({ user }: { readonly user: User }) {
  const name = nameOf(user);
  return (
    <>
      <PanelHead title={name} subtitle={<bdi>{user.userName}</bdi>} icon={<Avatar name={name} isLarge />} />
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
