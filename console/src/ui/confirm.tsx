import { useState, useSyncExternalStore } from "react";
import type { ReactNode } from "react";
import { Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { Button } from "./button.tsx";
import dialog from "./dialog.module.css";
import { Notice } from "./notice.tsx";

/** A dangerous act that a person is asked to confirm. */
export interface Confirmation {
  /** The act with its object: 'Remove 12 people from Acme?' */
  readonly title: string;
  /** What goes, and what stays. */
  readonly text: ReactNode;
  /** The verb and the object again: 'Remove 12 people'. */
  readonly action: string;
  /** Does it. What it throws is said, and the dialog stays. */
  readonly run: () => Promise<void>;
}

let asked: Confirmation | undefined;
const listeners = new Set<() => void>();

function set(confirmation: Confirmation | undefined): void {
  asked = confirmation;
  for (const listener of listeners) listener();
}

/** The one way to a dangerous act: asks whether it is to be done. */
export const confirm = (confirmation: Confirmation) => set(confirmation);

/** Where it is asked; once in the frame. */
export function ConfirmDialogs() {
  const confirmation = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => asked,
  );
  if (!confirmation) return null;
  return (
    <ModalOverlay className={dialog.overlay} isOpen onOpenChange={(isOpen) => !isOpen && set(undefined)}>
      <Modal className={dialog.modal}>
        <Dialog className={dialog.dialog} role="alertdialog">
          <Question {...confirmation} />
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function Question({ title, text, action, run }: Confirmation) {
  const [problem, setProblem] = useState<string>();
  const [isBusy, setIsBusy] = useState(false);
  const act = async () => {
    setIsBusy(true);
    setProblem(undefined);
    try {
      await run();
      set(undefined);
    } catch (error) {
      setProblem((error as Error).message);
      setIsBusy(false);
    }
  };
  return (
    <div className={dialog.form}>
      <Heading slot="title">{title}</Heading>
      {text}
      {problem !== undefined && <Notice kind="problem">{problem}</Notice>}
      <div className={dialog.buttons}>
        <Button autoFocus isDisabled={isBusy} onPress={() => set(undefined)}>
          Cancel
        </Button>
        <Button kind="danger" isPending={isBusy} onPress={() => void act()}>
          {action}
        </Button>
      </div>
    </div>
  );
}
