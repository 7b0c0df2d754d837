import { Check, Copy } from "lucide-react";
import { useRef, useState } from "react";
import { Button } from "./button.tsx";
import styles from "./copy-field.module.css";

interface CopyFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onCopy?: () => void;
}

/** A text that is there to be copied, whole: a link, or a secret. */
export function CopyField({ label, value, onCopy }: CopyFieldProps) {
  const input = useRef<HTMLInputElement>(null);
  const [copied, setCopied] = useState("");
  const [isByHand, setIsByHand] = useState(false);
  const hasCopied = () => {
    setCopied(value);
    onCopy?.();
  };
  const copy = async () => {
    // Without https, browsers let the person alone copy: what is selected.
    const clipboard = navigator.clipboard as Clipboard | undefined;
    try {
      if (!clipboard) throw new Error("No clipboard");
      await clipboard.writeText(value);
      hasCopied();
    } catch {
      setIsByHand(true);
      input.current?.focus();
      input.current?.select();
    }
  };
  const isCopied = copied === value;
  const keys = /Mac|iP/.test(navigator.userAgent) ? "⌘C" : "Ctrl+C";
  return (
    <div className={styles.copy}>
      <label>
        <span>{label}</span>
        <input
          ref={input}
          value={value}
          readOnly
          onFocus={(event) => event.target.select()}
          onCopy={hasCopied}
        />
      </label>
      <Button onPress={() => void copy()}>
        {isCopied ? <Check size={16} aria-hidden /> : <Copy size={16} aria-hidden />}
        {isCopied ? "Copied" : "Copy"}
      </Button>
      {isByHand && !isCopied && <p role="status">Press {keys} to copy what is selected.</p>}
    </div>
  );
}
