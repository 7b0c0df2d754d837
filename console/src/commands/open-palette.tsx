import { Search } from "lucide-react";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { Button } from "react-aria-components";
import type { RealmSwitch } from "../frame/use-switch-realm.tsx";
import styles from "./open-palette.module.css";

const load = () => import("./palette.tsx");

const Palette = lazy(async () => ({ default: (await load()).Palette }));

/** When it is loaded so that it opens at once, in milliseconds after the page came. */
const SPARE = 3000;

const isApple = /mac|iphone|ipad/i.test(navigator.platform);

/** Opens the search and the commands, by a press or by Ctrl+K (Cmd+K), unless a dialog is open. */
export function OpenPalette({ switchTo }: Pick<RealmSwitch, "switchTo">) {
  const [isOpen, setIsOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const isMeant = (isApple ? event.metaKey : event.ctrlKey) && event.key.toLowerCase() === "k";
      if (!isMeant || event.shiftKey || event.altKey) return;
      // The browser has its own meaning for it.
      event.preventDefault();
      // A dialog hides what is behind it.
      if (button.current?.closest("[inert], [aria-hidden=true]") === null) setIsOpen(true);
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
  useEffect(() => {
    // Without it, it is loaded when it is opened.
    const timer = setTimeout(() => void load().catch(() => undefined), SPARE);
    return () => clearTimeout(timer);
  }, []);
  return (
    <>
      <Button
        ref={button}
        className={styles.button}
        aria-label="Search and commands"
        aria-keyshortcuts={isApple ? "Meta+K" : "Control+K"}
        onPress={() => setIsOpen(true)}
      >
        <Search size={16} aria-hidden />
        <span>Search</span>
        <kbd>{isApple ? "⌘K" : "Ctrl K"}</kbd>
      </Button>
      {isOpen && (
        <Suspense>
          <Palette switchTo={switchTo} onClose={() => setIsOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
