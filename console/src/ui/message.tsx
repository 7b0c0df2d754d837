import type { ReactNode } from "react";
import { ScimError } from "../scim/errors.ts";
import { Button } from "./button.tsx";
import styles from "./message.module.css";

interface MessageProps {
  readonly title: string;
  /** Whether it is all that the page says. */
  readonly isPage?: boolean;
  readonly children?: ReactNode;
}

/** What stands where there is nothing else: what belongs here, and the next step. */
export function Message({ title, isPage = false, children }: MessageProps) {
  const Heading = isPage ? "h1" : "h2";
  return (
    <div className={styles.message}>
      <Heading>{title}</Heading>
      {children}
    </div>
  );
}

interface FailureProps {
  /** What was not done. */
  readonly title: string;
  readonly error: unknown;
  readonly onRetry?: () => void;
}

/** An error, in words, with what helps to find it. */
export function Failure({ title, error, onRetry }: FailureProps) {
  const requestId = error instanceof ScimError ? error.requestId : undefined;
  return (
    <div className={styles.message} role="alert">
      <h2>{title}</h2>
      <p>{error instanceof Error ? error.message : "Something went wrong."}</p>
      {requestId !== undefined && (
        <p className={styles.detail}>
          Request <code>{requestId}</code>
        </p>
      )}
      {onRetry && <Button onPress={onRetry}>Try again</Button>}
    </div>
  );
}
