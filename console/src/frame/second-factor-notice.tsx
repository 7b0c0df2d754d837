import { page } from "../page.ts";
import { Notice } from "../ui/notice.tsx";
import { useSession } from "./use-session.ts";

/** Says why an administrator can do nothing here yet. */
export function SecondFactorNotice() {
  const { needsSecondFactor, secondFactor } = useSession();
  if (!needsSecondFactor) return null;
  const isSetUp = secondFactor !== "none";
  return (
    <Notice kind="hint">
      Your role here needs a second factor. Until you {isSetUp ? "enter a code" : "set one up"}, you can do
      here what a member without a role can.{" "}
      <a href={new URL(isSetUp ? "session/code" : "session/factor", page.base).href}>
        {isSetUp ? "Enter a code" : "Set up a second factor"}
      </a>
    </Notice>
  );
}
