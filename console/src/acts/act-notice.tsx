import { X } from "lucide-react";
import { Button, IconButton } from "../ui/button.tsx";
import { Notice } from "../ui/notice.tsx";
import { saveAs } from "../ui/save-as.ts";
import { dismiss, useActs } from "./act-store.ts";
import type { Act } from "./act-store.ts";
import type { ActResult } from "./act.ts";
import styles from "./act-notice.module.css";
import { resultsAsCsv } from "./csv.ts";

/** How many failures are listed; the file has all. */
const LISTED = 50;

const count = new Intl.NumberFormat();
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });

/** What is done to many: how far it is, and then what came of it, until it is dismissed. */
export function ActNotice() {
  const { act, other } = useActs();
  return (
    <>
      {act && (act.stop ? <Running act={act} stop={act.stop} /> : <Over act={act} />)}
      {other && <Over act={other} />}
    </>
  );
}

function Running({ act, stop }: { readonly act: Act; readonly stop: () => void }) {
  const { words, total, results, waitsUntil } = act;
  return (
    <div className={styles.act}>
      <div className={styles.progress}>
        <label>
          {words.doing}
          <progress max={total} value={results.length} />
        </label>
        <span>
          {count.format(results.length)} of {count.format(total)}
          {waitsUntil !== undefined && ` · The server is busy; it goes on at ${clock.format(waitsUntil)}`}
        </span>
      </div>
      <Button onPress={stop}>Stop</Button>
    </div>
  );
}

function Over({ act }: { readonly act: Act }) {
  const { words, results } = act;
  const of = (outcome: ActResult["outcome"]) => results.filter((result) => result.outcome === outcome);
  const [done, failed, unknown, left] = [of("done"), of("failed"), of("not known"), of("not tried")];
  const [only] = done;
  // What the person stopped is none, and has no reason.
  const isProblem = results.some(({ reason }) => reason !== undefined);
  return (
    <Notice kind={isProblem ? "problem" : "hint"}>
      <div className={styles.over}>
        <div>
          {failed.slice(0, LISTED).map(({ item, reason }, index) => (
            // What belongs to one person may fail more than once.
            <p key={index}>
              {words.failed(<bdi>{item.name}</bdi>)}: {reason}
            </p>
          ))}
          {failed.length > LISTED && (
            <p>And {count.format(failed.length - LISTED)} others were not; the results name them all.</p>
          )}
          <Unknown results={unknown} />
          {done.length === 1 && only && <p>{words.doneOne(<bdi>{only.item.name}</bdi>)}</p>}
          {done.length > 1 && <p>{words.done(done.length)}</p>}
          <NotTried results={left} />
        </div>
        <div className={styles.buttons}>
          {results.length > 1 && (
            <Button
              onPress={() => saveAs(resultsAsCsv([...failed, ...unknown, ...left, ...done]), "results.csv")}
            >
              Download results
            </Button>
          )}
          <IconButton label="Dismiss" onPress={() => dismiss(act)}>
            <X size={16} aria-hidden />
          </IconButton>
        </div>
      </div>
    </Notice>
  );
}

interface ResultsProps {
  readonly results: readonly ActResult[];
}

/** Those that were sent, though no answer came. */
function Unknown({ results }: ResultsProps) {
  const [first] = results;
  if (!first) return null;
  return results.length === 1 ? (
    <p>
      The connection was lost. It is not known whether this was done: <bdi>{first.item.name}</bdi>.
    </p>
  ) : (
    <p>
      The connection was lost. It is not known whether this was done for {count.format(results.length)} of
      them; the results name them.
    </p>
  );
}

function NotTried({ results }: ResultsProps) {
  const [first] = results;
  if (!first) return null;
  return (
    <p>
      {first.reason ?? "You stopped it:"}{" "}
      {results.length === 1 ? "1 was" : `${count.format(results.length)} were`} not tried.
    </p>
  );
}
