import type { ReactNode } from "react";
import type { FieldValues, UseFormReturn } from "react-hook-form";
import { Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { useNavigate, useSearchParams } from "react-router";
import dialog from "./dialog.module.css";
import { Form } from "./form.tsx";
import type { AttributesOfFields } from "./form-errors.ts";
import { DONE, useGuard } from "./guard.tsx";
import { useTitle } from "./title.ts";

interface DialogFrameProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** A dialog over the page, for a form. Esc closes it. */
export const DialogFrame = ({ title, onClose, children }: DialogFrameProps) => (
  <ModalOverlay className={dialog.overlay} isOpen onOpenChange={(isOpen) => !isOpen && onClose()}>
    <Modal className={`${dialog.modal} ${dialog.wide}`}>
      <Dialog className={dialog.dialog}>
        <div className={dialog.form}>
          <Heading slot="title">{title}</Heading>
          {children}
        </div>
      </Dialog>
    </Modal>
  </ModalOverlay>
);

interface RouteDialogProps {
  readonly title: string;
  /** Whether something was typed that would be lost. */
  readonly isDirty: boolean;
  /** @param close leads to the page below; it asks first when something was typed */
  readonly children: (close: () => void) => ReactNode;
}

/** A dialog with an address of its own, over the page whose child it is. Esc closes it, after a question when something was typed. */
export function RouteDialog({ title, isDirty, children }: RouteDialogProps) {
  const leadTo = useLeadTo();
  useGuard(isDirty);
  useTitle("dialog", title);
  const close = () => leadTo("..");
  return (
    <DialogFrame title={title} onClose={close}>
      {children(close)}
    </DialogFrame>
  );
}

interface FormDialogProps<T extends FieldValues> {
  /** What it is for: 'Create a user'. */
  readonly title: string;
  readonly form: UseFormReturn<T>;
  /** On the button: 'Create the user'. */
  readonly action: string;
  /** Sends it. @returns where it leads, from the address of the dialog: `..` is the page below */
  readonly onSubmit: (values: T) => Promise<string>;
  readonly attributes?: AttributesOfFields;
  readonly children: ReactNode;
}

/** One form in a dialog with an address. */
export function FormDialog<T extends FieldValues>(props: FormDialogProps<T>) {
  const { title, form, action, onSubmit, attributes, children } = props;
  const leadTo = useLeadTo();
  const { isDirty } = form.formState;
  return (
    <RouteDialog title={title} isDirty={isDirty}>
      {(close) => (
        <Form
          form={form}
          action={action}
          attributes={attributes}
          onSubmit={async (values) => {
            const target = await onSubmit(values);
            // What was typed is done.
            form.reset(values);
            leadTo(target, true);
          }}
          onCancel={close}
        >
          {children}
        </Form>
      )}
    </RouteDialog>
  );
}

/** Leads on with the search and the filters of the list below. */
export function useLeadTo() {
  const navigate = useNavigate();
  const [parameters] = useSearchParams();
  const query = parameters.size === 0 ? "" : `?${parameters}`;
  return (target: string, isDone = false) =>
    // The way back does not lead to a form that is done.
    void navigate(`${target}${query}`, { replace: isDone, state: isDone ? DONE : undefined });
}
