const DATE_TIME =
  /^(\d{4}-\d{2}-\d{2})(?:[Tt ](\d{2}:\d{2}(?::\d{2})?)(?:\.(\d+))?\s*([Zz]|[+-]\d{2}:?\d{2})?)?$/;

/** The farthest zones from UTC that xsd:dateTime knows, in minutes. */
const MAX_OFFSET = 14 * 60;

/**
 * Reads a time as RFC 7643 section 2.3.5 has it (xsd:dateTime), and as clients shorten it: a day alone, a minute
 * without seconds, and UTC where no zone is said. The day must be one of the calendar; there are no leap seconds,
 * and 24:00:00 is the end of a day.
 *
 * @returns the time in UTC, in the form that stored times have but with all digits of its fraction: one that falls
 *   between two milliseconds is not to be taken for either. Undefined for what is no time
 */
export function readInstant(text: string): string | undefined {
  const [, date, time = "00:00:00", fraction = "", zone = "Z"] = DATE_TIME.exec(text.trim()) ?? [];
  if (date === undefined || !isDay(date)) return undefined;
  const offset = readOffset(zone);
  if (offset === undefined) return undefined;
  const seconds = time.length === 5 ? `${time}:00` : time;
  if (seconds === "24:00:00" && /[1-9]/.test(fraction)) return undefined;
  const local = Date.parse(`${date}T${seconds}Z`);
  if (Number.isNaN(local)) return undefined;
  const iso = new Date(local - offset * 60_000).toISOString();
  // Years before 0 and after 9999, which an offset can lead to, have another form; no stored time is there.
  if (!/^\d{4}-/.test(iso))
    return iso.startsWith("-") ? "0000-01-01T00:00:00.000Z" : "9999-12-31T23:59:59.999Z";
  return `${iso.slice(0, 19)}.${fraction.padEnd(3, "0")}Z`;
}

/** JavaScript takes February 30 for March 2. */
function isDay(date: string): boolean {
  const day = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(date);
}

/** @returns minutes east of UTC */
function readOffset(zone: string): number | undefined {
  if (zone.toUpperCase() === "Z") return 0;
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(-2))];
  const offset = hours * 60 + minutes;
  if (minutes > 59 || offset > MAX_OFFSET) return undefined;
  return zone.startsWith("-") ? -offset : offset;
}
