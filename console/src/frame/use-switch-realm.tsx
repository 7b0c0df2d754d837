import { useState } from "react";
import { useNavigate } from "react-router";
import { useActs } from "../acts/act-store.ts";
import { isSignedOut } from "../scim/session.ts";
import { queries, session } from "../server.ts";
import { confirm } from "../ui/confirm.tsx";
import { isolated } from "../ui/isolated.ts";
import { nameOfRealm } from "./realm-name.ts";
import { realmOf, useSession } from "./use-session.ts";

/** How the person comes to act in another realm. */
export interface RealmSwitch {
  /** Asks first where an act runs that would stop, then leads to the realm. @param realm one of the person's */
  readonly switchTo: (realm: string) => void;
  /** Why the last one did not work. */
  readonly problem: string | undefined;
}

export function useSwitchRealm(): RealmSwitch {
  const state = useSession();
  const { act: running } = useActs();
  const navigate = useNavigate();
  const [problem, setProblem] = useState<string>();

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

  const switchTo = (realm: string) => {
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
  return { switchTo, problem };
}
