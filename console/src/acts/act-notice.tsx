import { X } from "lucide-react";
import { Button, IconButton } from "../ui/button.tsx";
import { Notice } from "../ui/notice.tsx";
import { dismissAct, useAct } from "./act-store.ts";
import type { Act } from "./act-store.ts";
import styles from "./act-notice.module.css";
import { download, resultsAsCsv } from "./csv.ts";

/** How many failures are listed; the file has all. */
const LISTED = 50;

const count = new Intl.NumberFormat();
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });

/** What is done to many: how far it is, and then what came of it, until it is dismissed. */
export function ActNotice() {
  const act = useAct();
  if (!act) return null;
  return act.stop ? <Running act={act} stop={act.stop} /> : <Over act={act} />;
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

function Over({ act: { words, results } }: { readonly act: Act }) {
  const done = results.filter(({ outcome }) => outcome === "done");
  const failed = results.filter(({ outcome }) => outcome === "failed");
  const left = results.filter(({ outcome }) => outcome === "not tried");
  const [only] = done;
  return (
    <Notice kind={failed.length > 0 ? "problem" : "hint"}>
      <div className={styles.over}>
        <div>
          {failed.slice(0, LISTED).map(({ item, reason }) => (
            <p key={item.id}>
              {words.failed(<bdi>{item.name}</bdi>)}: {reason}
            </p>
          ))}
          {failed.length > LISTED && (
            <p>And {count.format(failed.length - LISTED)} others were not; the results name them all.</p>
          )}
          {done.length === 1 && only && <p>{words.doneOne(<bdi>{only.item.name}</bdi>)}</p>}
          {done.length > 1 && <p>{words.done(done.length)}</p>}
          {left.length > 0 && (
            <p>
              You stopped it: {left.length === 1 ? "1 was" : `${count.format(left.length)} were`} not tried.
            </p>
          )}
        </div>
        <div className={styles.buttons}>
          {results.length > 1 && (
            <Button onPress={() => download("results.csv", resultsAsCsv([...failed, ...left, ...done]))}>
              Download results
            </Button>
          )}
          <IconButton label="Dismiss" onPress={dismissAct}>
            <X size={16} aria-hidden />
          </IconButton>
        </div>
      </div>
    </Notice>
  );
}
