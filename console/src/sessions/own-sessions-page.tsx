import { useQuery } from "@tanstack/react-query";
import { useRealm } from "../frame/realm.ts";
import { useSession } from "../frame/use-session.ts";
import { page } from "../page.ts";
import { queries, scimIn, session as current } from "../server.ts";
import { Button } from "../ui/button.tsx";
import { confirm } from "../ui/confirm.tsx";
import { Failure } from "../ui/message.tsx";
import part from "../ui/part.module.css";
import { useTitle } from "../ui/title.ts";
import { SessionRow } from "./session-row.tsx";
import { sessionsOf } from "./sessions-query.ts";
import styles from "./sessions.module.css";

const askToEnd = (realm: string, id: string) =>
  confirm({
    title: "End this session?",
    action: "End the session",
    text: <p>You are signed out there at once.</p>,
    run: async () => {
      await scimIn(realm).delete(`Sessions/${id}`);
      void queries.invalidateQueries({ queryKey: [realm, "Sessions"] });
    },
  });

const askToSignOut = () =>
  confirm({
    title: "Sign out everywhere?",
    action: "Sign out everywhere",
    text: (
      <p>
        All your sessions end at once, this one too. If you do not know one of them, change your password as
        well.
      </p>
    ),
    run: async () => {
      await current.signOut(true);
      location.assign(new URL("sign-in", page.base));
    },
  });

/** Where the person is signed in. */
export function OwnSessionsPage() {
  const { id: realm } = useRealm();
  const { id: ownId, user } = useSession();
  const { data, error, refetch } = useQuery(sessionsOf(realm, user.value));
  useTitle("page", "Your sessions");
  return (
    <section className={styles.page} aria-labelledby="title">
      <header className={styles.header}>
        <h1 id="title">Your sessions</h1>
        <Button onPress={askToSignOut}>Sign out everywhere</Button>
      </header>
      {error ? (
        <Failure title="Your sessions were not loaded" error={error} onRetry={() => void refetch()} />
      ) : (
        <div className={part.part}>
          <ul>
            {data?.Resources.map((each) => (
              <SessionRow key={each.id} session={each} isThis={each.id === ownId}>
                {each.id !== ownId && <Button onPress={() => askToEnd(realm, each.id)}>End</Button>}
              </SessionRow>
            ))}
          </ul>
        </div>
      )}
    </section>
  );
}
