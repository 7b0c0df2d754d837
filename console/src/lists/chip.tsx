import { ChevronDown, X } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "react-aria-components";
import styles from "./chip.module.css";

interface ChipProps {
  /** What the filter is called. */
  readonly label: string;
  readonly isSet: boolean;
  readonly onClear: () => void;
  readonly children: ReactNode;
}

/** What is around a filter: whether it is set, and what clears it. */
export const Chip = ({ label, isSet, onClear, children }: ChipProps) => (
  <div className={styles.chip} data-set={isSet || undefined}>
    {children}
    {isSet && (
      <Button className={styles.clear} aria-label={`Clear the filter ${label}`} onPress={onClear}>
        <X size={14} aria-hidden />
      </Button>
    )}
  </div>
);

interface ChipButtonProps {
  readonly label: string;
  /** What the filter is set to. */
  readonly chosen: string | undefined;
}

export const ChipButton = ({ label, chosen }: ChipButtonProps) => (
  <Button className={styles.button}>
    {chosen === undefined ? (
      <>
        {label} <ChevronDown size={14} aria-hidden />
      </>
    ) : (
      <>
        {label} is{" "}
        <strong>
          <bdi>{chosen}</bdi>
        </strong>
      </>
    )}
  </Button>
);
