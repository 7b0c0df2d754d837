/** What was entered, without blanks around each text, those in lists included. */
export const trimmed = <T extends object>(values: T): T =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]: [string, unknown]) => [name, trim(value)]),
  ) as T;

function trim(value: unknown): unknown {
  if (typeof value === "string") return value.trim();
  if (Array.isArray(value)) return value.map(trim);
  return typeof value === "object" && value !== null ? trimmed(value) : value;
}
