import type { ActResult } from "./act.ts";

/** What spreadsheets take for a formula at the beginning of a cell. */
const FORMULA = /^[=+\-@\t\r]/;

/** A cell; never a formula, whatever the text is. */
function cell(text: string): string {
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}

/** Rows as CSV (RFC 4180), which spreadsheets read as UTF-8. */
export const toCsv = (rows: readonly (readonly string[])[]) =>
  `\uFEFF${rows.map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;

export const resultsAsCsv = (results: readonly ActResult[]) =>
  toCsv([
    ["name", "detail", "id", "result", "reason"],
    ...results.map(({ item, outcome, reason = "" }) => [item.name, item.detail, item.id, outcome, reason]),
  ]);

/** Gives the person a file. */
export function download(name: string, text: string, type = "text/csv;charset=utf-8"): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
