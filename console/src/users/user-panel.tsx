import { lazy, Suspense } from "react";
import { Tab, TabList, TabPanel, Tabs } from "react-aria-components";
import { Outlet, useSearchParams } from "react-router";
import { may, useRealm } from "../frame/realm.ts";
import { TAB } from "../lists/panel.tsx";
import { PanelHead, ResourcePanel } from "../lists/resource-panel.tsx";
import { useOpenId } from "../lists/use-open-id.ts";
import type { User } from "../scim/resources.ts";
import { Avatar } from "../ui/avatar.tsx";
import { Locked } from "../ui/locked.tsx";
import tabs from "../ui/tabs.module.css";
import { userQuery } from "./one-user.ts";
import { nameOf } from "./user-names.ts";
import { UserActs } from "./user-acts-bar.tsx";
import { UserAccess } from "./user-access.tsx";
import { UserProfile } from "./user-profile.tsx";
import { UserStatus } from "./user-status.tsx";

/** A person: the one place for all that is known of them. */
export function UserPanel() {
  const { id: realmId } = useRealm();
  const id = useOpenId();
  return (
    <>
      <ResourcePanel noun="person" query={userQuery(realmId, id)}>
        {(user) =>
          user.active === undefined ? <NameOnly user={user} /> : <Person key={user.id} user={user} />
        }
      </ResourcePanel>
      <Outlet />
    </>
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

/** All that people see who only have a role in a team. */
const NameOnly = ({ user }: { readonly user: User }) => {
  const name = nameOf(user);
  return (
    <>
      <PanelHead title={name} subtitle={<bdi>{user.userName}</bdi>} icon={<Avatar name={name} isLarge />} />
      <Locked>Your role in a team lets you see names and user names only.</Locked>
    </>
  );
};

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
