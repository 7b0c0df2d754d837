import { KeyRound, LogOut, MonitorSmartphone } from "lucide-react";
import type { LucideIcon } from "lucide-react";
import { useState } from "react";
import { useNavigate } from "react-router";
import { page } from "../page.ts";
import { isSignedOut } from "../scim/session.ts";
import { session } from "../server.ts";
import { useSession } from "./use-session.ts";

/** What a person can do about their own account. */
export interface AccountAct {
  readonly label: string;
  readonly icon: LucideIcon;
  readonly run: () => void;
  /** Whether it may not work, which is said where it was asked for. */
  readonly mayFail?: boolean;
}

/** Who is signed in, the own session, and the way out. */
export function useAccountActs(): {
  readonly name: string;
  readonly acts: readonly AccountAct[];
  /** Whether signing out did not work. */
  readonly isFailed: boolean;
} {
  const { user, realm } = useSession();
  const navigate = useNavigate();
  const [isFailed, setIsFailed] = useState(false);
  const signOut = async () => {
    try {
      await session.signOut();
    } catch (error) {
      if (!isSignedOut(error)) {
        setIsFailed(true);
        return;
      }
    }
    location.assign(new URL("sign-in", page.base));
  };
  const acts: readonly (AccountAct | false)[] = [
    realm !== null && {
      label: "Your sessions",
      icon: MonitorSmartphone,
      run: () => void navigate(`/${realm}/sessions`),
    },
    {
      label: "Password and second factor",
      icon: KeyRound,
      run: () => location.assign(new URL("session", page.base)),
    },
    { label: "Sign out", icon: LogOut, run: () => void signOut(), mayFail: true },
  ];
  return { name: user.display ?? "You", acts: acts.filter((each) => each !== false), isFailed };
}
