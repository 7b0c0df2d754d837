import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { isProvider, may, useRealm } from "../frame/realm.ts";
import { useSession } from "../frame/use-session.ts";
import { page } from "../page.ts";
import { compare } from "../scim/filter.ts";
import { MEMBERSHIP } from "../scim/resources.ts";
import type { User } from "../scim/resources.ts";
import { queries, scimIn } from "../server.ts";
import { SessionRow } from "../sessions/session-row.tsx";
import { sessionsOf } from "../sessions/sessions-query.ts";
import type { PersonSession } from "../sessions/person-session.ts";
import { TokenRow } from "../tokens/token-row.tsx";
import type { AccessToken } from "../tokens/access-token.ts";
import { Button } from "../ui/button.tsx";
import { confirm } from "../ui/confirm.tsx";
import { isolated } from "../ui/isolated.ts";
import { Failure } from "../ui/message.tsx";
import { Notice } from "../ui/notice.tsx";
import { Part } from "../ui/part.tsx";
import { Time } from "../ui/time.tsx";
import { nameOf } from "./user-names.ts";

/** How a person gets in: the set-up, the second factor, tokens and sessions. */
export function UserSecurity({ user }: { readonly user: User }) {
  return (
    <>
      <SignIn user={user} />
      <Sessions user={user} />
      <Tokens user={user} />
    </>
  );
}

const MAIL: Readonly<Record<string, string>> = {
  waiting: "The set-up mail is waiting to be sent",
  sent: "The set-up mail was sent",
  failed: "The set-up mail could not be delivered",
  void: "The set-up mail is not valid any more",
};

function SignIn({ user }: { readonly user: User }) {
  const { realm } = useRealm();
  const isOneself = useSession().user.value === user.id;
  const { state, setupMailStatus, setupMailStatusAt, hasSecondFactor } = user[MEMBERSHIP] ?? {};
  const mayChange = may(realm, "change Users");
  return (
    <Part title="Sign-in" none="">
      <li key="setup">
        <span>
          {state === "invited" ? "The person has not set a password yet" : "The account is set up"}
          {setupMailStatus !== undefined && (
            <small>
              {" "}
              {MAIL[setupMailStatus]}, <Time value={setupMailStatusAt} />
            </small>
          )}
        </span>
        {state === "invited" && user.active !== false && mayChange && <SetupMail user={user} />}
      </li>
      <li key="factor">
        <span>{hasSecondFactor === true ? "A second factor guards the password" : "No second factor"}</span>
        {hasSecondFactor === true && isOneself && (
          <a href={new URL("session/factor", page.base).href}>Change it</a>
        )}
        {hasSecondFactor === true && !isOneself && mayChange && <RemoveFactor user={user} />}
      </li>
    </Part>
  );
}

function SetupMail({ user }: { readonly user: User }) {
  const { id: realmId } = useRealm();
  const [isBusy, setIsBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const send = async () => {
    setIsBusy(true);
    setProblem(undefined);
    try {
      const scim = scimIn(realmId);
      const [path, extension] = [`Users/${user.id}`, `${MEMBERSHIP}:sendSetupEmail`];
      await scim.patch(path, [{ op: "replace", path: extension, value: true }]);
      // The server sends no mail for an organization that did not create the account.
      const status = { attributes: `${MEMBERSHIP}:setupMailStatus` };
      const now = await scim.get<User>(path, status);
      if (now[MEMBERSHIP]?.setupMailStatus === undefined) setProblem("No mail is sent from here.");
      await queries.invalidateQueries({ queryKey: [realmId, "Users"] });
    } catch (error) {
      setProblem((error as Error).message);
    } finally {
      setIsBusy(false);
    }
  };
  return (
    <>
      <Button isPending={isBusy} onPress={() => void send()}>
        Send set-up mail
      </Button>
      {problem !== undefined && <Notice kind="problem">{problem}</Notice>}
    </>
  );
}

function RemoveFactor({ user }: { readonly user: User }) {
  const { id: realmId, realm } = useRealm();
  const name = isolated(nameOf(user));
  const ask = () =>
    confirm({
      title: `Remove the second factor of ${name}?`,
      action: "Remove second factor",
      text: (
        <>
          <p>
            {isProvider(realm)
              ? "The password alone signs in from then on, until the person sets up another factor."
              : "The password that opens this organization signs in alone from then on."}
          </p>
          <p>
            Sessions in which the factor was used end at once, and the person gets a mail. Do this only if you
            are sure who asks for it.
          </p>
        </>
      ),
      run: async () => {
        await scimIn(realmId).create(`Users/${user.id}/remove-second-factor`, {});
        void queries.invalidateQueries({ queryKey: [realmId] });
      },
    });
  return <Button onPress={ask}>Remove second factor</Button>;
}

function Sessions({ user }: { readonly user: User }) {
  const { id: realmId, realm } = useRealm();
  const { id: ownId, user: ownUser } = useSession();
  const { data, error, refetch } = useQuery(sessionsOf(realmId, user.id));
  if (!may(realm, "read Sessions")) return null;
  if (error)
    return <Failure title="The sessions were not loaded" error={error} onRetry={() => void refetch()} />;
  const name = isolated(nameOf(user));
  const ask = (session: PersonSession) =>
    confirm({
      title: `End this session of ${name}?`,
      action: "End the session",
      text: (
        <p>
          {user.id === ownUser.value
            ? "You are signed out there at once, and can sign in again."
            : isProvider(realm) || session.credential === "organization"
              ? "The person is signed out there at once, and can sign in again."
              : "The person does not act in this organization any more there, and can enter it again. Other organizations are not touched."}
        </p>
      ),
      run: async () => {
        await scimIn(realmId).delete(`Sessions/${session.id}`);
        void queries.invalidateQueries({ queryKey: [realmId, "Sessions"] });
      },
    });
  return (
    <Part title="Sessions" none={data ? "Not signed in." : "Loading"}>
      {(data?.Resources ?? []).map((session) => (
        <SessionRow key={session.id} session={session} isThis={session.id === ownId}>
          {may(realm, "end Sessions") && session.id !== ownId && (
            <Button onPress={() => ask(session)}>End</Button>
          )}
        </SessionRow>
      ))}
    </Part>
  );
}

function Tokens({ user }: { readonly user: User }) {
  const { id: realmId, realm } = useRealm();
  const { data, error, refetch } = useQuery({
    queryKey: [realmId, "AccessTokens", "of", user.id],
    queryFn: ({ signal }) =>
      scimIn(realmId).list<AccessToken>(
        "AccessTokens",
        { filter: compare("user.value", "eq", user.id), sortBy: "name", count: 100 },
        signal,
      ),
    enabled: may(realm, "read AccessTokens"),
  });
  if (error)
    return <Failure title="The access tokens were not loaded" error={error} onRetry={() => void refetch()} />;
  return (
    <Part title="Access tokens" none={data ? "None." : "Loading"}>
      {(data?.Resources ?? []).map((token) => (
        <TokenRow key={token.id} token={token} />
      ))}
    </Part>
  );
}
