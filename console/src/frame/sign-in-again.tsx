import { useState } from "react";
import type { SyntheticEvent } from "react";
import { Dialog, Form, Heading, Modal, ModalOverlay } from "react-aria-components";
import { page } from "../page.ts";
import { session } from "../server.ts";
import { Button } from "../ui/button.tsx";
import dialog from "../ui/dialog.module.css";
import { Field } from "../ui/field.tsx";
import { Notice } from "../ui/notice.tsx";
import { useHasEnded, useIsRenewed, useSession } from "./use-session.ts";

/** Asks for the password when the session has ended, over the page, which stays as it is. */
export function SignInAgain() {
  const hasEnded = useHasEnded();
  return (
    <ModalOverlay className={dialog.overlay} isOpen={hasEnded}>
      <Modal className={dialog.modal}>
        <Dialog className={dialog.dialog}>
          <SignInForm />
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function SignInForm() {
  const { user, credential, realm } = useSession();
  const isRenewed = useIsRenewed();
  const [asksForCode, setAsksForCode] = useState(false);
  const [problem, setProblem] = useState<string>();
  const [isBusy, setIsBusy] = useState(false);
  // Who signed in with an organization's password has a name of that organization.
  const organization = credential === "organization" ? (realm ?? undefined) : undefined;

  const submit = async (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    const entered = new FormData(event.currentTarget);
    const valueOf = (name: string) => {
      const value = entered.get(name);
      return typeof value === "string" ? value : "";
    };
    setIsBusy(true);
    setProblem(undefined);
    try {
      const next = asksForCode
        ? await session.enterCode(valueOf("code").trim())
        : await session.signInAgain(valueOf("userName").trim(), valueOf("password"), organization);
      setAsksForCode(next !== undefined);
    } catch (error) {
      setProblem((error as Error).message);
    } finally {
      setIsBusy(false);
    }
  };

  return (
    <Form onSubmit={(event) => void submit(event)} className={dialog.form}>
      <Heading slot="title">Sign in again</Heading>
      <p>
        {isRenewed ? "Your session is about to end." : "Your session has ended."} What you have open stays as
        it is
        {user.display !== undefined && (
          <>
            {" "}
            if you sign in as <bdi>{user.display}</bdi>
          </>
        )}
        .
      </p>
      {problem !== undefined && <Notice kind="problem">{problem}</Notice>}
      {asksForCode ? (
        <Field
          key="code"
          name="code"
          label="Code of your app, or a recovery code"
          autoComplete="one-time-code"
          autoFocus
          isRequired
        />
      ) : (
        <>
          <Field
            name="userName"
            label="User name or e-mail address"
            autoComplete="username"
            autoFocus
            isRequired
          />
          <Field
            name="password"
            label="Password"
            type="password"
            autoComplete="current-password"
            isRequired
          />
        </>
      )}
      <div className={dialog.buttons}>
        {isRenewed ? (
          <Button onPress={() => session.keep()}>Cancel</Button>
        ) : (
          <a href={new URL("sign-in", page.base).href}>Leave this page</a>
        )}
        <Button kind="primary" type="submit" isPending={isBusy}>
          Sign in
        </Button>
      </div>
    </Form>
  );
}
