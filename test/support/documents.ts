import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A fenced block of a document. */
export interface Block {
  /** Where it is, for people: the heading above it and its first line. */
  readonly title: string;
  readonly language: string;
  readonly text: string;
  /** What the HTML comments right before it say, by the word before their colon, such as `not run`. */
  readonly notes: Readonly<Record<string, string>>;
}

/** The README and every page of `docs/`. */
export function documentPaths(): string[] {
  const pages = readdirSync("docs", { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".md"),
  );
  return ["README.md", ...pages.sort().map((name) => join("docs", name))];
}

export const readDocument = (path: string) => readFileSync(path, "utf8");

/** The fenced blocks of a document, in order. */
export function blocksOf(markdown: string): Block[] {
  const blocks: Block[] = [];
  let heading = "";
  let notes: Record<string, string> = {};
  let open: { language: string; lines: string[] } | undefined;
  for (const line of markdown.split("\n")) {
    const fence = /^\s*```(\w*)/.exec(line);
    if (open) {
      if (!fence) {
        open.lines.push(line);
        continue;
      }
      const title = `${heading}: ${open.lines[0] ?? ""}`;
      blocks.push({ title, language: open.language, text: open.lines.join("\n"), notes });
      open = undefined;
      notes = {};
    } else if (fence) {
      open = { language: fence[1] ?? "", lines: [] };
    } else {
      const [, kind, note] = /^<!-- ([\w ]+): (.+) -->$/.exec(line) ?? [];
      if (kind !== undefined && note !== undefined) notes[kind] = note;
      else if (line.trim() !== "") notes = {};
      heading = /^#+ (.+)/.exec(line)?.[1] ?? heading;
    }
  }
  return blocks;
}

/** What stands in backticks outside of fenced blocks, each once. */
export function inlineCode(markdown: string): string[] {
  const prose = markdown.replace(/^\s*```[^]*?^\s*```/gm, "");
  return [...new Set([...prose.matchAll(/`([^`]+)`/g)].map((match) => match[1]?.replace(/\s+/g, " ") ?? ""))];
}
