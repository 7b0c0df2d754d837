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
  const hasCopied = () => {
    setCopied(value);
    onCopy?.();
  };
  const copy = async () => {
    input.current?.select();
    // Without https, browsers let the person alone copy: what is selected.
    await (navigator.clipboard as Clipboard | undefined)?.writeText(value).then(hasCopied, () => undefined);
  };
  const isCopied = copied === value;
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
    </div>
  );
}
