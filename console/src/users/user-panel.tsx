import { lazy, Suspense } from "react";
import { Tab, TabList, TabPanel, Tabs } from "react-aria-components";
import { useSearchParams } from "react-router";
import { may, useRealm } from "../frame/realm.ts";
import { TAB } from "../lists/panel.tsx";
import { oneQuery, PanelHead, ResourcePanel } from "../lists/resource-panel.tsx";
import { useOpenId } from "../lists/use-open-id.ts";
import { MEMBERSHIP } from "../scim/resources.ts";
import type { User } from "../scim/resources.ts";
import { Avatar } from "../ui/avatar.tsx";
import tabs from "../ui/tabs.module.css";
import { nameOf } from "./user-names.ts";
import { UserActs } from "./user-acts-bar.tsx";
import { UserAccess } from "./user-access.tsx";
import { UserProfile } from "./user-profile.tsx";
import { UserStatus } from "./user-status.tsx";

/** What is returned by default, and what has to be asked for. */
const EXTRA = [
  ...["memberships", "organizationRoles", "teams", "lastActiveAt"],
  ...["setupMailStatus", "setupMailStatusAt", "hasSecondFactor"],
];

const ATTRIBUTES = [
  ...["userName", "displayName", "name", "nickName", "title", "userType", "active", "externalId", "emails"],
  ...["phoneNumbers", "roles", "groups", "preferredLanguage", "locale", "timezone", "meta"],
  "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
  ...["state", ...EXTRA].map((name) => `${MEMBERSHIP}:${name}`),
].join();

/** A person: the one place for all that is known of them. */
export function UserPanel() {
  const { id: realmId } = useRealm();
  const id = useOpenId();
  return (
    <ResourcePanel noun="person" query={oneQuery<User>(realmId, "Users", id, ATTRIBUTES)}>
      {(user) => <Person user={user} />}
    </ResourcePanel>
  );
}

// Few people are looked at so closely that these need to be there at once.
const UserSecurity = lazy(async () => ({ default: (await import("./user-security.tsx")).UserSecurity }));
const UserHistory = lazy(async () => ({ default: (await import("./user-history.tsx")).UserHistory }));

const TABS = [
  { id: "profile", label: "Profile", Component: UserProfile },
  { id: "access", label: "Access", Component: UserAccess },
  { id: "security", label: "Security", Component: UserSecurity },
  { id: "history", label: "History", Component: UserHistory, needs: "read AuditEvents" },
];

function Person({ user }: { readonly user: User }) {
  const { realm } = useRealm();
  const [parameters, setParameters] = useSearchParams();
  const name = nameOf(user);
  const offered = TABS.filter(({ needs }) => needs === undefined || may(realm, needs));
  const open = offered.find(({ id }) => id === parameters.get(TAB)) ?? TABS[0];
  // The first one is not in the address.
  const choose = (id: string) =>
    setParameters(
      (current) => {
        const next = new URLSearchParams(current);
        if (id === TABS[0]?.id) next.delete(TAB);
        else next.set(TAB, id);
        return next;
      },
      { replace: true },
    );
  return (
    <>
      <PanelHead title={name} subtitle={<bdi>{user.userName}</bdi>} icon={<Avatar name={name} isLarge />} />
      <UserStatus user={user} />
      <UserActs user={user} />
      <Tabs className={tabs.tabs} selectedKey={open?.id} onSelectionChange={(id) => choose(String(id))}>
        <TabList className={tabs.list} aria-label="What is known of the person">
          {offered.map(({ id, label }) => (
            <Tab key={id} id={id} className={tabs.tab}>
              {label}
            </Tab>
          ))}
        </TabList>
        {offered.map(({ id, Component }) => (
          <TabPanel key={id} id={id} className={tabs.panel}>
            <Suspense>
              <Component user={user} />
            </Suspense>
          </TabPanel>
        ))}
      </Tabs>
    </>
  );
}
