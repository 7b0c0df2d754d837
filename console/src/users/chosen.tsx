import type { ReactNode } from "react";
import type { Named } from "../lists/named-query.ts";
import { Button } from "../ui/button.tsx";
import form from "../ui/form.module.css";

interface ChosenProps {
  readonly label: string;
  readonly picked: Named | undefined;
  readonly onChange: () => void;
  /** What the button does. */
  readonly action?: string;
  /** What it is chosen by. */
  readonly children?: ReactNode;
}

/** What was chosen, with a way to change it; else what it is chosen by. */
export const Chosen = ({ label, picked, onChange, action = "Change", children }: ChosenProps) =>
  picked ? (
    <div className={form.part}>
      <div>
        <small className={form.hint}>{label}</small>
        <div>
          <strong>
            <bdi>{picked.name}</bdi>
          </strong>{" "}
          {picked.userName !== undefined && <bdi>{picked.userName}</bdi>}
        </div>
      </div>
      <Button aria-label={`${action}: ${picked.name}`} onPress={onChange}>
        {action}
      </Button>
    </div>
  ) : (
    children
  );
