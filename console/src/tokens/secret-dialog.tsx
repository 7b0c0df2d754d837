import { useEffect, useState } from "react";
import { Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { Button } from "../ui/button.tsx";
import { CopyField } from "../ui/copy-field.tsx";
import dialog from "../ui/dialog.module.css";
import { isolated } from "../ui/isolated.ts";
import { Notice } from "../ui/notice.tsx";
import type { IssuedToken } from "./access-token.ts";
import { forgetSecret, useIssued } from "./issued.ts";

interface SecretDialogProps {
  /** Of the page. A secret that is open is dropped when another realm comes. */
  readonly realm: string;
}

/**
 * Shows a new secret, once, whatever page of the realm is open by then. It is not closed by accident, and not without a
 * question until it was copied.
 */
export function SecretDialog({ realm }: SecretDialogProps) {
  const issued = useIssued();
  useEffect(() => forgetSecret, [realm]);
  return (
    <ModalOverlay className={dialog.overlay} isOpen={issued !== undefined} isKeyboardDismissDisabled>
      <Modal className={dialog.modal}>
        <Dialog className={dialog.dialog}>{issued && <Secret key={issued.token} token={issued} />}</Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function Secret({ token }: { readonly token: IssuedToken }) {
  const [isCopied, setIsCopied] = useState(false);
  const [isAsked, setIsAsked] = useState(false);
  useEffect(() => {
    if (isCopied) return undefined;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener("beforeunload", ask);
    return () => removeEventListener("beforeunload", ask);
  }, [isCopied]);
  const asks = isAsked && !isCopied;
  return (
    <div className={dialog.form}>
      <Heading slot="title">The secret of {isolated(token.name)}</Heading>
      <p>
        Copy it now, and keep it where secrets belong. Muster stores only a hash and cannot show it again.
      </p>
      <CopyField label="Secret" value={token.token} onCopy={() => setIsCopied(true)} />
      {asks && <Notice kind="problem">You have not copied it. Once this is closed, it is gone.</Notice>}
      <div className={dialog.buttons}>
        {asks ? (
          <>
            <Button onPress={() => setIsAsked(false)}>Back</Button>
            <Button kind="danger" onPress={forgetSecret}>
              Close without the secret
            </Button>
          </>
        ) : (
          <Button
            kind={isCopied ? "primary" : "secondary"}
            onPress={() => (isCopied ? forgetSecret() : setIsAsked(true))}
          >
            I have the secret
          </Button>
        )}
      </div>
    </div>
  );
}
