import { Button } from "../ui/button.tsx";
import { nameOfRole } from "../users/user-names.ts";
import { isSame } from "./edit-values.ts";
import styles from "./other-changes.module.css";

/** What others changed while a form was open, as it was when the server said so. */
export interface Meanwhile<V> {
  /** The fields that others changed. */
  readonly names: readonly (keyof V & string)[];
  /** What the person began with. */
  readonly before: V;
  /** What is there now. */
  readonly saved: V;
  readonly entered: V;
}

interface OtherChangesProps<V> extends Meanwhile<V> {
  /** What each field is called. */
  readonly labels: Readonly<Record<keyof V & string, string>>;
  /** Gives up what was entered. */
  readonly onTakeSaved: () => void;
}

/** A value of a field, in words. */
function wordsOf(value: unknown): string {
  if (typeof value === "boolean") return value ? "Yes" : "No";
  if (Array.isArray(value)) return value.map(wordsOfElement).join(", ") || "None";
  return typeof value === "string" && value !== "" ? value : "Empty";
}

/** A role, a reference with a name, or something with texts and a kind, such as an address. */
function wordsOfElement(element: unknown): string {
  if (typeof element !== "object" || element === null) return nameOfRole(String(element));
  const { display, type, primary, ...parts } = element as Readonly<Record<string, unknown>>;
  const isReference = type === undefined && primary === undefined;
  if (typeof display === "string" && isReference) return display;
  const texts = Object.values(parts).filter((part) => typeof part === "string");
  const kinds = [type, primary === true ? "primary" : undefined].filter((each) => typeof each === "string");
  return [...texts, ...(kinds.length > 0 ? [`(${kinds.join(", ")})`] : [])].join(" ");
}

/** What others changed beside what was entered, and what can be done now. */
export function OtherChanges<V extends object>(props: OtherChangesProps<V>) {
  const { names, labels, before, saved, entered, onTakeSaved } = props;
  return (
    <div className={styles.changes}>
      <table>
        <thead>
          <tr>
            <th scope="col">Field</th>
            <th scope="col">Saved now</th>
            <th scope="col">You entered</th>
          </tr>
        </thead>
        <tbody>
          {names.map((name) => (
            <tr key={name}>
              <th scope="row">{labels[name]}</th>
              <td>
                <bdi>{wordsOf(saved[name])}</bdi>
              </td>
              <td>
                {isSame(before[name], entered[name]) ? "No change" : <bdi>{wordsOf(entered[name])}</bdi>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p>Fields that you did not change show what is saved now. Save again to write yours over the others.</p>
      <div>
        <Button onPress={onTakeSaved}>Discard my changes</Button>
      </div>
    </div>
  );
}
