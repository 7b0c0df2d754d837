import { useEffect, useRef, useState } from "react";
import { SearchField } from "../ui/search-field.tsx";
import { PAUSE } from "./use-paused.ts";

interface ListSearchProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
}

/** The search of a list, as one types; `/` leads to it. */
export function ListSearch({ label, value, onChange }: ListSearchProps) {
  const input = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState(value);
  const [seen, setSeen] = useState(value);
  const [sent, setSent] = useState(value);
  const pause = useRef<number>(undefined);
  // The address changed. By what was typed, unless by another way, such as going back.
  if (value !== seen) {
    setSeen(value);
    if (value !== sent) {
      setSent(value);
      setTyped(value);
    }
  }

  const change = (text: string) => {
    setTyped(text);
    clearTimeout(pause.current);
    const send = () => {
      setSent(text.trim());
      onChange(text.trim());
    };
    pause.current = window.setTimeout(send, PAUSE);
  };

  useEffect(() => () => clearTimeout(pause.current), []);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "/" || isTyping(event.target)) return;
      event.preventDefault();
      input.current?.focus();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);

  return <SearchField label={label} value={typed} onChange={change} inputRef={input} maxLength={200} />;
}

/** Whether a key that is pressed there is text. */
export const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    target.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=button])"));
