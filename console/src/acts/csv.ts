import type { ActResult } from "./act.ts";

/** What spreadsheets take for a formula at the beginning of a cell. */
const FORMULA = /^[=+\-@\t\r]/;

/** A cell; never a formula, whatever the text is. */
function cell(text: string): string {
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}

/** Rows as CSV (RFC 4180), which spreadsheets read as UTF-8. */
const toCsv = (rows: readonly (readonly string[])[]) =>
  `\uFEFF${rows.map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;

/** A file for spreadsheets with a row for each result. */
export const resultsAsCsv = (results: readonly ActResult[]) => {
  const text = toCsv([
    ["name", "detail", "id", "result", "reason"],
    ...results.map(({ item, outcome, reason = "" }) => [item.name, item.detail, item.id, outcome, reason]),
  ]);
  return new Blob([text], { type: "text/csv;charset=utf-8" });
};
