/** Somebody to invite. */
export interface Invitee {
  readonly email: string;
  readonly givenName: string;
  readonly familyName: string;
}

/** A line of a list that nobody can be invited by. */
export interface BadLine {
  readonly line: number;
  readonly text: string;
  readonly reason: string;
}

/** What a list says. */
export interface InviteList {
  readonly invitees: readonly Invitee[];
  readonly bad: readonly BadLine[];
}

/** How many people a list can have. */
export const MOST_INVITED = 1000;

const ADDRESS = /^[^\s@<>,;"]+@[^\s@<>,;"]+\.[^\s@<>,;"]+$/;

/** `Ann Lee <ann@example.com>`, as mail programs write it. */
const NAMED = /^"?([^"<]*?)"?\s*<([^<>]+)>$/;

/** The cells of a line of CSV, by commas, semicolons or tabs; quotes keep those in a cell. */
function cellsOf(line: string): readonly string[] {
  const cells = [...line.matchAll(/("(?:[^"]|"")*"|[^,;\t]*)(?:[,;\t]|$)/g)].map(([, cell = ""]) =>
    cell.trim(),
  );
  return cells.map((cell) => (cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"').trim() : cell));
}

/** The last word is the last name. */
function splitName(name: string): Omit<Invitee, "email"> {
  const words = name.split(/\s+/).filter(Boolean);
  return {
    givenName: words.slice(0, -1).join(" ") || (words[0] ?? ""),
    familyName: words.length > 1 ? (words.at(-1) ?? "") : "",
  };
}

/** In which column each part is, by the first line; -1: in none. */
interface Columns {
  readonly email: number;
  readonly givenName: number;
  readonly familyName: number;
  /** Both names in one. */
  readonly name: number;
}

/** The first line of a file that says what the columns are. */
function columnsOf(line: string): Columns | undefined {
  if (line.includes("@") || !/mail/i.test(line)) return undefined;
  const titles = cellsOf(line);
  const columnOf = (title: RegExp) => titles.findIndex((cell) => title.test(cell));
  const name = columnOf(/^(full|display)?[ _-]?name$/i);
  const familyName = columnOf(/(^|\.)(last|family|sur)[ _-]?(name)?$/i);
  const givenName = columnOf(/(^|\.)(first|given|fore)[ _-]?(name)?$/i);
  // Beside the last name, a name is the first one.
  return {
    ...{ email: columnOf(/mail/i), familyName, name },
    givenName: givenName < 0 && familyName >= 0 ? name : givenName,
  };
}

/** Who a line names: what is in the columns, or an address with the names before or after it. */
function inviteeOf(line: string, columns: Columns | undefined): Invitee | string {
  const [, name, address] = NAMED.exec(line) ?? [];
  const cells = address === undefined ? cellsOf(line) : [name ?? "", address];
  // A line without columns is read as if there were none in the list.
  const isInColumns = columns !== undefined && address === undefined && /[,;\t]/.test(line);
  const email = isInColumns ? cells[columns.email] : cells.find((cell) => cell.includes("@"));
  if (!email?.includes("@")) return "There is no e-mail address.";
  if (!ADDRESS.test(email)) return `“${email}” is no e-mail address.`;
  if (isInColumns) {
    const [givenName = "", familyName = ""] = [cells[columns.givenName], cells[columns.familyName]];
    return givenName === "" && familyName === ""
      ? { email, ...splitName(cells[columns.name] ?? "") }
      : { email, givenName, familyName };
  }
  const names = cells.filter((cell) => cell !== email && cell !== "");
  const [givenName = "", familyName = ""] = names;
  return names.length === 1 ? { email, ...splitName(givenName) } : { email, givenName, familyName };
}

/** Cells as a line of CSV. */
const lineOf = (...cells: readonly string[]) =>
  cells.map((cell) => (/[",;\t]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(",");

/** A list of people, which reads as them again. */
export const writeInviteList = (invitees: readonly Invitee[]): string =>
  [
    lineOf("E-mail", "First name", "Last name"),
    ...invitees.map(({ email, givenName, familyName }) => lineOf(email, givenName, familyName)),
  ].join("\n");

/**
 * Reads a pasted list or a file: one person on each line, with an address and, if known, the first and last name. A first
 * line with titles says in which columns those are; other columns are left out.
 */
export function readInviteList(text: string): InviteList {
  const invitees: Invitee[] = [];
  const bad: BadLine[] = [];
  const lineWith = new Map<string, number>();
  let columns: Columns | undefined;
  let isFirst = true;
  for (const [index, raw] of text
    .replace(/^\uFEFF/, "")
    .split(/\r\n|\r|\n/)
    .entries()) {
    const line = raw.trim();
    if (line === "") continue;
    if (isFirst) {
      isFirst = false;
      columns = columnsOf(line);
      if (columns) continue;
    }
    const invitee = inviteeOf(line, columns);
    const refuse = (reason: string) => bad.push({ line: index + 1, text: line, reason });
    if (typeof invitee === "string") {
      refuse(invitee);
      continue;
    }
    const key = invitee.email.toLowerCase();
    const before = lineWith.get(key);
    if (before !== undefined) refuse(`The address is in line ${before} already.`);
    else if (invitees.length >= MOST_INVITED) {
      refuse(
        `A list can have at most ${MOST_INVITED.toLocaleString()} people; invite the others after these.`,
      );
    } else {
      lineWith.set(key, index + 1);
      invitees.push(invitee);
    }
  }
  return { invitees, bad };
}
