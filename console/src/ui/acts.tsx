import { X } from "lucide-react";
import { useState } from "react";
import type { ReactNode } from "react";
import styles from "./acts.module.css";
import { IconButton } from "./button.tsx";
import { Notice } from "./notice.tsx";

interface Outcome {
  readonly kind: "hint" | "problem";
  readonly text: string;
}

/** The acts of a panel: one at a time, and what came of the last one. */
export interface Acts {
  readonly isBusy: boolean;
  /** Says what came of the last act, until it is dismissed. */
  readonly notice: ReactNode;
  /** @param act does it @returns what to say then */
  readonly run: (act: () => Promise<string>) => void;
}

export function useActs(): Acts {
  const [isBusy, setIsBusy] = useState(false);
  const [outcome, setOutcome] = useState<Outcome>();
  const run = async (act: () => Promise<string>) => {
    setIsBusy(true);
    setOutcome(undefined);
    try {
      setOutcome({ kind: "hint", text: await act() });
    } catch (error) {
      setOutcome({ kind: "problem", text: (error as Error).message });
    } finally {
      setIsBusy(false);
    }
  };
  return {
    isBusy,
    run: (act) => void run(act),
    notice: outcome && (
      <Notice kind={outcome.kind}>
        <div className={styles.outcome}>
          <p>{outcome.text}</p>
          <IconButton label="Dismiss" onPress={() => setOutcome(undefined)}>
            <X size={16} aria-hidden />
          </IconButton>
        </div>
      </Notice>
    ),
  };
}

/** The buttons of a panel's acts, in a row. */
export const ActBar = ({ children }: { readonly children: ReactNode }) => (
  <div className={styles.bar}>{children}</div>
);
