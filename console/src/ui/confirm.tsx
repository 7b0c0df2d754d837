import { useState, useSyncExternalStore } from "react";
import type { ReactNode } from "react";
import { Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { Button } from "./button.tsx";
import dialog from "./dialog.module.css";
import { Field } from "./field.tsx";
import { Notice } from "./notice.tsx";

/** A dangerous act that a person is asked to confirm. */
export interface Confirmation {
  /** The act with its object: 'Remove 12 people from Acme?' */
  readonly title: string;
  /** What goes, and what stays. */
  readonly text: ReactNode;
  /** The verb and the object again: 'Remove 12 people'. */
  readonly action: string;
  /** What has to be typed first, where it is the most dangerous: the name of what goes. */
  readonly typed?: string;
  /** Does it. What it throws is said, and the dialog stays. */
  readonly run: () => Promise<void>;
  /** What 'Cancel' is called where that says too little. */
  readonly cancel?: string;
  /** Called when it is not done. */
  readonly onCancel?: () => void;
}

let asked: Confirmation | undefined;
const listeners = new Set<() => void>();

function set(confirmation: Confirmation | undefined): void {
  asked = confirmation;
  for (const listener of listeners) listener();
}

/** The one way to a dangerous act: asks whether it is to be done. */
export const confirm = (confirmation: Confirmation) => set(confirmation);

/** Takes a question back that is not answered yet. */
export function dismissConfirm(): void {
  const confirmation = asked;
  set(undefined);
  confirmation?.onCancel?.();
}

/** Where it is asked; once in the frame. */
export function ConfirmDialogs() {
  const confirmation = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => asked,
  );
  const [isBusy, setIsBusy] = useState(false);
  if (!confirmation) return null;
  return (
    <ModalOverlay
      className={dialog.overlay}
      isOpen
      isKeyboardDismissDisabled={isBusy}
      onOpenChange={(isOpen) => !isOpen && dismissConfirm()}
    >
      <Modal className={dialog.modal}>
        <Dialog className={dialog.dialog} role="alertdialog">
          <Question confirmation={confirmation} isBusy={isBusy} onBusy={setIsBusy} />
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

interface QuestionProps {
  readonly confirmation: Confirmation;
  readonly isBusy: boolean;
  readonly onBusy: (isBusy: boolean) => void;
}

function Question({ confirmation, isBusy, onBusy }: QuestionProps) {
  const { title, text, action, cancel = "Cancel", typed, run } = confirmation;
  const [entered, setEntered] = useState("");
  const [problem, setProblem] = useState<string>();
  const act = async () => {
    onBusy(true);
    setProblem(undefined);
    try {
      await run();
      // Another question may have come meanwhile.
      if (asked === confirmation) set(undefined);
    } catch (error) {
      setProblem((error as Error).message);
    } finally {
      onBusy(false);
    }
  };
  return (
    <div className={dialog.form}>
      <Heading slot="title">{title}</Heading>
      {text}
      {typed !== undefined && (
        <Field label={`Type the name to confirm: ${typed}`} value={entered} onChange={setEntered} />
      )}
      {problem !== undefined && <Notice kind="problem">{problem}</Notice>}
      <div className={dialog.buttons}>
        <Button autoFocus isDisabled={isBusy} onPress={dismissConfirm}>
          {cancel}
        </Button>
        <Button
          kind="danger"
          isPending={isBusy}
          isDisabled={typed !== undefined && entered.trim() !== typed.trim()}
          onPress={() => void act()}
        >
          {action}
        </Button>
      </div>
    </div>
  );
}
