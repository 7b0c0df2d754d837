import { Navigate } from "react-router";
import { page } from "../page.ts";
import { Message } from "../ui/message.tsx";
import { nameOfRealm } from "./realm-name.ts";
import { pagesOf } from "./pages.ts";
import { useRealm } from "./realm.ts";
import { realmOf, useSession } from "./use-session.ts";

/** Where a realm begins: the first page that the person may see, or what a person without a role can do. */
export function Home() {
  const { id, realm } = useRealm();
  const here = realmOf(useSession(), id);
  const [first] = pagesOf(realm);
  if (first) return <Navigate to={first.path} replace />;
  return (
    <Message isPage title={`You are a member of ${here ? nameOfRealm(here) : "this organization"}`}>
      <p>You have no administrator’s role here, so there is nothing to administer.</p>
      <p>
        <a href={new URL("session", page.base).href}>Password and second factor</a>
      </p>
    </Message>
  );
}
