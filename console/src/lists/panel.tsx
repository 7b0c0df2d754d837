import { ChevronDown, ChevronUp, X } from "lucide-react";
import { useEffect, useRef } from "react";
import type { ReactNode } from "react";
import { useNavigate, useOutletContext, useParams, useSearchParams } from "react-router";
import { IconButton } from "../ui/button.tsx";
import { isTyping } from "./list-search.tsx";
import styles from "./panel.module.css";

/** What a panel knows of the list that it is beside. */
export interface ListContext {
  /** Those of the rows, in their order. */
  readonly ids: readonly string[];
}

/** Where the address has which tab of the panel is open. It stays for the next and previous, and goes with the panel. */
export const TAB = "tab";

interface PanelProps {
  /** Whose it is; there is a heading with this id in the children. */
  readonly labelledBy: string;
  readonly children: ReactNode;
}

/** What is open beside a list, with an address of its own: closed by Esc, the next and previous by j and k. */
export function Panel({ labelledBy, children }: PanelProps) {
  const { ids } = useOutletContext<ListContext>();
  const { id = "" } = useParams();
  const [parameters] = useSearchParams();
  const navigate = useNavigate();
  const panel = useRef<HTMLElement>(null);
  const place = ids.indexOf(id);
  const leadTo = (path: string) => void navigate({ pathname: path, search: `${parameters}` });
  const close = () => {
    const remaining = new URLSearchParams(parameters);
    remaining.delete(TAB);
    void navigate({ pathname: "..", search: `${remaining}` });
  };
  const [previous, next] = [place > 0 ? ids[place - 1] : undefined, place < 0 ? undefined : ids[place + 1]];

  const keys: Readonly<Record<string, () => void>> = {
    Escape: close,
    j: () => next !== undefined && leadTo(`../${next}`),
    k: () => previous !== undefined && leadTo(`../${previous}`),
  };
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target))
        return;
      // What is open above the page has its own keys.
      if (document.querySelector('[role="dialog"], [role="alertdialog"], [role="menu"]')) return;
      keys[event.key]?.();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  });
  useEffect(() => panel.current?.focus(), [id]);

  return (
    <section className={styles.panel} ref={panel} tabIndex={-1} aria-labelledby={labelledBy}>
      <div className={styles.tools}>
        <IconButton label="Previous" isDisabled={previous === undefined} onPress={() => keys.k?.()}>
          <ChevronUp size={16} aria-hidden />
        </IconButton>
        <IconButton label="Next" isDisabled={next === undefined} onPress={() => keys.j?.()}>
          <ChevronDown size={16} aria-hidden />
        </IconButton>
        <IconButton label="Close" onPress={close}>
          <X size={16} aria-hidden />
        </IconButton>
      </div>
      {children}
    </section>
  );
}
