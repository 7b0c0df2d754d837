import type { ReactNode } from "react";
import { Link } from "react-router";
import { Status } from "../ui/status.tsx";
import { Time } from "../ui/time.tsx";
import type { Job, MailState, ServerState } from "./settings.ts";
import styles from "./settings.module.css";

/** After so long, mail that waits is late, in milliseconds. */
const LATE = 10 * 60_000;

const ENGINES = { sqlite: "SQLite", postgres: "PostgreSQL" };

interface HealthProps {
  readonly state: ServerState;
  /** When the server said so, in milliseconds since 1970. */
  readonly at: number;
}

/** How the server does: what is wrong is said first in each part. */
export const Health = ({ state, at }: HealthProps) => (
  <ul className={styles.health} aria-label="Health">
    <Part title="Server">
      {state.status === "stopping" ? (
        <Status kind="waiting">Stopping</Status>
      ) : (
        <Status kind="positive">Running</Status>
      )}
      <small>
        Started <Time value={state.startedAt} />
        {state.processes > 1 && `; one of ${state.processes.toLocaleString()} processes`}
      </small>
      <small>
        Muster {state.version}, Node.js {state.nodeVersion.replace(/^v/, "")}
      </small>
    </Part>
    <Part title="Database">
      {state.status === "unavailable" ? (
        <Status kind="problem">Takes no writes</Status>
      ) : (
        <Status kind="positive">Ready</Status>
      )}
      <small>
        {ENGINES[state.database.engine]} {state.database.version}
      </small>
    </Part>
    <MailHealth mail={state.mail} at={at} />
    <Jobs jobs={state.jobs ?? []} />
  </ul>
);

const Part = ({ title, children }: { readonly title: string; readonly children: ReactNode }) => (
  <li>
    <h2>{title}</h2>
    {children}
  </li>
);

const mails = (count: number, isAtLeast = false) =>
  `${count.toLocaleString()}${isAtLeast ? " or more" : ""} ${count === 1 ? "mail" : "mails"}`;

function MailHealth({ mail, at }: { readonly mail: MailState; readonly at: number }) {
  const { transport, waiting, atLeast, oldestAt, failed } = mail;
  const isLate = oldestAt !== undefined && at - Date.parse(oldestAt) > LATE;
  return (
    <Part title="Mail">
      {transport === "file" ? (
        <Status kind="off">Written to files</Status>
      ) : isLate ? (
        <Status kind="problem">Late</Status>
      ) : failed > 0 ? (
        <Status kind="waiting">Some could not be sent</Status>
      ) : (
        <Status kind="positive">Sent in time</Status>
      )}
      {transport === "file" && <small>No mail server is set (SMTP_URL)</small>}
      {waiting > 0 && (
        <small>
          {mails(waiting, atLeast)} {waiting === 1 ? "waits" : "wait"}, the oldest was written{" "}
          <Time value={oldestAt} />
        </small>
      )}
      {waiting === 0 && <small>No mail waits</small>}
      {failed > 0 && (
        <small>
          <Link to="../activity?result=warning&q=mail">{mails(failed)} could not be sent</Link> in the last 7
          days
        </small>
      )}
    </Part>
  );
}

function Jobs({ jobs }: { readonly jobs: readonly Job[] }) {
  const failing = jobs.filter(({ status }) => status === "failing");
  return (
    <Part title="Regular work">
      {failing.length > 0 ? (
        <Status kind="problem">{`${failing.length} of ${jobs.length} jobs are failing`}</Status>
      ) : (
        <Status kind="positive">{`All ${jobs.length} jobs are running`}</Status>
      )}
      {failing.map(({ value, failingSince }) => (
        <small key={value}>
          Failing since <Time value={failingSince} />: {value}. The log says why.
        </small>
      ))}
    </Part>
  );
}
