import { nameOfRealm } from "../frame/realm-name.ts";
import { may, useRealm } from "../frame/realm.ts";
import { realmOf, useSession } from "../frame/use-session.ts";
import type { User } from "../scim/resources.ts";
import { ActBar } from "../ui/acts.tsx";
import { Button } from "../ui/button.tsx";
import { activation, ask, deactivation } from "./user-acts.tsx";

/** What can be done with a person, beside the tabs. */
export function UserActs({ user }: { readonly user: User }) {
  const { id, realm } = useRealm();
  const here = realmOf(useSession(), id);
  if (!may(realm, "change Users")) return null;
  const place = { id, realm, name: here ? nameOfRealm(here) : "" };
  const isActive = user.active !== false;
  const userAct = (isActive ? deactivation : activation)([user], place);
  return (
    <ActBar>
      <Button onPress={() => ask(userAct, [user], place)}>{isActive ? "Deactivate" : "Activate"}</Button>
    </ActBar>
  );
}
