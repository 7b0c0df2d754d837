const full = new Intl.DateTimeFormat(undefined, { dateStyle: "long", timeStyle: "short" });
const date = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A time as people say it, in their own zone. */
function sayTime(time: Date, now = Date.now()): string {
  const difference = time.getTime() - now;
  const distance = Math.abs(difference);
  if (distance < MINUTE) return "just now";
  if (distance < HOUR) return relative.format(Math.trunc(difference / MINUTE), "minute");
  if (distance < DAY) return relative.format(Math.trunc(difference / HOUR), "hour");
  if (distance < 7 * DAY) return relative.format(Math.trunc(difference / DAY), "day");
  return date.format(time);
}

interface TimeProps {
  /** ISO 8601; undefined: never. */
  readonly value: string | undefined;
}

/** Relative, with the whole time on hovering. */
export function Time({ value }: TimeProps) {
  if (value === undefined) return <>Never</>;
  const time = new Date(value);
  return (
    <time dateTime={value} title={full.format(time)}>
      {sayTime(time)}
    </time>
  );
}
