import { useEffect, useState } from "react";
import type { BulkOperation, DryRun } from "../scim/client.ts";
import { ConnectionError, ScimError } from "../scim/errors.ts";
import { scimIn } from "../server.ts";
import { isolated } from "../ui/isolated.ts";
import styles from "./foretold.module.css";

interface ForetoldProps {
  /** `provider`, or the id of an organization. */
  readonly realm: string;
  readonly operations: readonly BulkOperation[];
}

/** More are not asked about: the server would refuse it. */
const MOST = 1000;

/** How often it is asked in all while the server is busy. */
const TRIES = 3;

/** How many organizations are named. */
const NAMED = 3;

const number = new Intl.NumberFormat();

/**
 * What would go if something is done, in numbers, and what to think of before. The act does not depend on it: where it cannot be
 * counted, that is said. It has its place from the start, so that nothing moves when the numbers come.
 */
export function Foretold({ realm, operations }: ForetoldProps) {
  const [lines, setLines] = useState<readonly Line[]>();
  useEffect(() => {
    const stopper = new AbortController();
    tell(realm, operations, stopper.signal).then(setLines, () => undefined);
    return () => stopper.abort();
  }, [realm, operations]);
  return (
    <div className={styles.foretold} aria-live="polite" aria-busy={lines === undefined}>
      {(lines ?? [{ text: "Counting what goes\u2026" }]).map(({ text, isWarning = false }) => (
        <p key={text} className={isWarning ? styles.warning : undefined}>
          {text}
        </p>
      ))}
    </div>
  );
}

interface Line {
  readonly text: string;
  readonly isWarning?: boolean;
}

const NOT_COUNTED = "What goes could not be counted beforehand";

async function tell(
  realm: string,
  operations: readonly BulkOperation[],
  signal: AbortSignal,
): Promise<Line[]> {
  if (operations.length > MOST) return [{ text: `${NOT_COUNTED}: there are too many.` }];
  for (let attempt = 1; ; attempt += 1) {
    try {
      return linesOf(await scimIn(realm).dryRun(operations, signal));
    } catch (error) {
      signal.throwIfAborted();
      const isBusy = error instanceof ScimError && error.status === 503;
      if (!isBusy || attempt === TRIES) return [{ text: `${NOT_COUNTED}${reasonOf(error)}.` }];
      await new Promise((resolve) => setTimeout(resolve, (error.retryAfter ?? 1) * 1000));
      signal.throwIfAborted();
    }
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof ConnectionError) return ": the server cannot be reached";
  const status = error instanceof ScimError ? error.status : undefined;
  if (status === 503) return ": the server is busy";
  return status === 413 ? ": there are too many" : "";
}

function linesOf({ operations, effects }: DryRun): Line[] {
  const { memberships, teams, roles, tokens, lastAdministratorOf, emptied } = effects;
  const parts = [
    ...counted(memberships, "membership", "memberships"),
    ...counted(teams, "place in a team", "places in teams"),
    ...counted(roles, "role", "roles"),
    ...counted(tokens, "access token", "access tokens"),
  ];
  const refused = operations.filter(({ status }) => Number(status) >= 300);
  const goes = new Intl.ListFormat("en", { type: "conjunction" }).format(parts);
  const isOne = parts.length === 1 && goes.startsWith("1 ");
  return [
    {
      text:
        parts.length > 0 ? `${goes} ${isOne ? "goes" : "go"}.` : "No membership, role or access token goes.",
    },
    ...named("Without an administrator afterwards", lastAdministratorOf),
    ...named("Without members afterwards", emptied),
    ...(refused.length > 0 ? [{ text: refusalOf(refused, operations.length), isWarning: true }] : []),
  ];
}

const counted = (count: number, one: string, many: string) =>
  count === 0 ? [] : [`${number.format(count)} ${count === 1 ? one : many}`];

function named(what: string, organizations: readonly { readonly display: string }[]): Line[] {
  if (organizations.length === 0) return [];
  const names = organizations.slice(0, NAMED).map(({ display }) => isolated(display));
  const more = organizations.length - names.length;
  const all = [...names, ...(more > 0 ? [`${number.format(more)} more`] : [])].join(", ");
  return [{ text: `${what}: ${all}.`, isWarning: true }];
}

function refusalOf(refused: DryRun["operations"], all: number): string {
  const reason = refused[0]?.error?.detail ?? "The server did not say why";
  if (all === 1) return `This would be refused: ${reason}.`;
  return `${number.format(refused.length)} of ${number.format(all)} would be refused, the first because: ${reason}.`;
}
