import { useId } from "react";
import { FormField } from "../ui/form.tsx";
import form from "../ui/form.module.css";
import { MOST_INVITED } from "./invite-list.ts";
import type { InviteList } from "./invite-list.ts";
import styles from "./users.module.css";

/** How many bad lines are named at once; the others come when these are mended. */
const NAMED = 20;

/** How large a file can be, in characters: far more than a list needs. */
const MOST_CHARACTERS = 1_000_000;

interface InvitePreviewProps {
  readonly list: InviteList;
  /** What a file has in it, cut off where it is far too long. */
  readonly onFile: (text: string) => void;
}

/** A list to paste, or a file, and what it says: who is invited, and each line that is wrong. */
export function InvitePreview({ list: { invitees, bad }, onFile }: InvitePreviewProps) {
  const fileId = useId();
  return (
    <>
      <FormField
        name="list"
        label="List"
        hint={`One person on each line: an address, and the first and last name if you know them. At most ${MOST_INVITED.toLocaleString()}.`}
        isLong
        maxLength={MOST_CHARACTERS}
        autoFocus
      />
      <div>
        <label htmlFor={fileId}>Or choose a CSV file</label>{" "}
        <input
          id={fileId}
          type="file"
          accept=".csv,.txt,text/csv,text/plain"
          onChange={({ target }) => {
            const [file] = target.files ?? [];
            void file?.slice(0, MOST_CHARACTERS).text().then(onFile);
          }}
        />
      </div>
      <div role="status" className={styles.preview}>
        {bad.length > 0 && (
          <>
            <p>
              <strong>
                {bad.length === 1 ? "1 line is" : `${bad.length.toLocaleString()} lines are`} left out
              </strong>
            </p>
            <ul>
              {bad.slice(0, NAMED).map(({ line, text, reason }) => (
                <li key={line}>
                  Line {line}: {reason} <bdi className={styles.quiet}>{text.slice(0, 100)}</bdi>
                </li>
              ))}
            </ul>
            {bad.length > NAMED && <p>And {(bad.length - NAMED).toLocaleString()} more.</p>}
          </>
        )}
        {invitees.length > 0 && (
          <>
            <p>
              <strong>
                {invitees.length === 1 ? "1 person is" : `${invitees.length.toLocaleString()} people are`}{" "}
                invited
              </strong>
            </p>
            <ul>
              {invitees.slice(0, 5).map(({ email, givenName, familyName }) => (
                <li key={email}>
                  <bdi>{[givenName, familyName].filter(Boolean).join(" ")}</bdi> <bdi>{email}</bdi>
                </li>
              ))}
            </ul>
            {invitees.length > 5 && (
              <p className={form.hint}>And {(invitees.length - 5).toLocaleString()} more.</p>
            )}
          </>
        )}
      </div>
    </>
  );
}
