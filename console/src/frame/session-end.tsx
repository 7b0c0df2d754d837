import { useEffect, useState } from "react";
import { isSignedOut } from "../scim/session.ts";
import { session } from "../server.ts";
import { Button } from "../ui/button.tsx";
import { Notice } from "../ui/notice.tsx";
import { useHasEnded } from "./use-session.ts";

/** How long before its end it is said, in milliseconds; less where sessions are short. */
const WARNING = 2 * 60_000;

/** How often it is looked at, in milliseconds. */
const LOOK = 1000;

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });

/** What is to be said of the end of the session: when it comes, and whether a request puts it off. */
interface End {
  readonly at: number;
  readonly isIdle: boolean;
}

/** @returns undefined while the end is far away */
function endSoon(now: number): End | undefined {
  const { total, idle } = session.ends;
  const end = { at: Math.min(total, idle), isIdle: idle < total };
  const warning = Math.min(WARNING, (session.state.idleTimeout * 1000) / 4);
  return end.at - now < warning ? end : undefined;
}

/** Warns before the session ends, and asks for the password when it has. */
export function SessionEnd() {
  const hasEnded = useHasEnded();
  const [end, setEnd] = useState<End>();
  const [problem, setProblem] = useState(false);

  useEffect(() => {
    let isAsking = false;
    const look = async () => {
      const next = endSoon(Date.now());
      setEnd((before) => (before?.at === next?.at ? before : next));
      if (!next || next.at > Date.now() || session.hasEnded || isAsking) return;
      isAsking = true;
      // Another browser's clock may be wrong, and another process may know of a later request: the server tells.
      await session
        .load()
        .catch((error: unknown) => (isSignedOut(error) ? session.restored() : undefined))
        .finally(() => {
          isAsking = false;
        });
    };
    const timer = setInterval(() => void look(), LOOK);
    return () => clearInterval(timer);
  }, []);

  const stay = async () => {
    setProblem(false);
    try {
      await session.load();
    } catch (error) {
      if (isSignedOut(error)) await session.restored();
      else setProblem(true);
    }
  };
  if (!end || hasEnded) return null;
  return (
    <Notice kind={problem ? "problem" : "hint"}>
      {end.isIdle ? (
        <>
          You will be signed out at {clock.format(end.at)}, since you did nothing for a while.{" "}
          <Button onPress={() => void stay()}>Stay signed in</Button>
        </>
      ) : (
        <>
          Your session ends at {clock.format(end.at)}, however much you do.{" "}
          <Button onPress={() => session.renew()}>Sign in again now</Button>
        </>
      )}
      {problem && " The server cannot be reached. Try again."}
    </Notice>
  );
}
