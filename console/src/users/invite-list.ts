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

/** Who a line names: an address, and the names before or after it. */
function inviteeOf(line: string): Invitee | string {
  const [, name, address] = NAMED.exec(line) ?? [];
  const cells = address === undefined ? cellsOf(line) : [name ?? "", address];
  const email = cells.find((cell) => cell.includes("@"));
  if (email === undefined) return "There is no e-mail address.";
  if (!ADDRESS.test(email)) return `“${email}” is no e-mail address.`;
  const names = cells.filter((cell) => cell !== email && cell !== "");
  const [givenName = "", familyName = ""] = names;
  return names.length === 1 ? { email, ...splitName(givenName) } : { email, givenName, familyName };
}

/** The first line of a file that says what the columns are. */
const isHeader = (line: string) => !line.includes("@") && /mail/i.test(line);

/** Reads a pasted list or a file: one person on each line, with an address and, if known, the first and last name. */
export function readInviteList(text: string): InviteList {
  const invitees: Invitee[] = [];
  const bad: BadLine[] = [];
  const lineOf = new Map<string, number>();
  for (const [index, raw] of text
    .replace(/^\uFEFF/, "")
    .split(/\r\n|\r|\n/)
    .entries()) {
    const line = raw.trim();
    if (line === "" || (index === 0 && isHeader(line))) continue;
    const invitee = inviteeOf(line);
    const refuse = (reason: string) => bad.push({ line: index + 1, text: line, reason });
    if (typeof invitee === "string") {
      refuse(invitee);
      continue;
    }
    const key = invitee.email.toLowerCase();
    const before = lineOf.get(key);
    if (before !== undefined) refuse(`The address is in line ${before} already.`);
    else if (invitees.length >= MOST_INVITED) {
      refuse(
        `A list can have at most ${MOST_INVITED.toLocaleString()} people; invite the others after these.`,
      );
    } else {
      lineOf.set(key, index + 1);
      invitees.push(invitee);
    }
  }
  return { invitees, bad };
}
