import { useEffect, useRef } from "react";
import type { ReactNode } from "react";
import styles from "./frame.module.css";

/**
 * What the frame says above the page. It stays within reach while a dialog is open, for the mouse and, by F6, for the
 * keyboard; F6 leads back as well.
 */
export function Notices({ children }: { readonly children: ReactNode }) {
  const region = useRef<HTMLElement>(null);
  useEffect(() => {
    let before: Element | null = null;
    const onKey = (event: KeyboardEvent) => {
      const { current } = region;
      if (event.key !== "F6" || !current?.hasChildNodes()) return;
      event.preventDefault();
      const { activeElement } = document;
      if (current.contains(activeElement)) {
        if (before instanceof HTMLElement) before.focus();
        return;
      }
      before = activeElement;
      current.focus();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
  return (
    <section
      className={styles.notices}
      ref={region}
      tabIndex={-1}
      aria-label="Notices"
      // Dialogs of react-aria leave alone what is marked so.
      data-react-aria-top-layer
    >
      {children}
    </section>
  );
}
