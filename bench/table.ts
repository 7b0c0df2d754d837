import { shareOf } from "./results.js";
import type { Measure, Results, RowResult } from "./results.js";

/** Prints a table in Markdown: names to the left, figures to the right. */
export function printTable(heads: readonly string[], lines: readonly (readonly string[])[]): void {
  const widths = heads.map((head, column) =>
    Math.max(head.length, ...lines.map((line) => line[column]?.length ?? 0)),
  );
  const print = (cells: readonly string[]) => {
    const padded = cells.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
    );
    console.log(`| ${padded.join(" | ")} |`);
  };
  print(heads);
  print(widths.map((width, column) => (column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`)));
  lines.forEach(print);
}

/** Prints the rows of each Node release, with their rates as shares of the floor's. */
export function printRows(results: Results): void {
  for (const node of new Set(results.rows.map((row) => row.node))) {
    console.log(`\nNode.js ${node}\n`);
    const rows = results.rows.filter((row) => row.node === node);
    printTable(
      ["requests", "a second", "of the constant", "p99, ms", "cores", "MB"],
      rows.map((row) => [
        ...[row.name, row.rate.toFixed(0), shareOf(results, row).toFixed(4), row.p99.toFixed(0)],
        ...[row.cores.toFixed(2), row.megabytes.toFixed(0)],
      ]),
    );
  }
}

/** Prints how many times as long requests take in one place as in another. */
export function printGrowth(
  { rows }: Results,
  title: string,
  pairs: readonly (readonly [name: string, less: string, more: string])[],
): void {
  const nodes = [...new Set(rows.map((row) => row.node))];
  const rate = (name: string, node: string) =>
    rows.find((row) => row.name === name && row.node === node)?.rate ?? Number.NaN;
  const lines = pairs
    .filter(([, less, more]) => [less, more].every((name) => rows.some((row) => row.name === name)))
    .map(([name, less, more]) => [
      name,
      ...nodes.map((node) => (rate(less, node) / rate(more, node)).toFixed(2)),
    ]);
  if (lines.length === 0) return;
  console.log(`\n${title}\n`);
  printTable(["requests", ...nodes.map((node) => `Node.js ${node}`)], lines);
}

export function printMeasures(measures: readonly Measure[]): void {
  if (measures.length === 0) return;
  console.log();
  const digits = (value: number) => (value < 10 ? value.toFixed(2) : value.toFixed(0));
  printTable(
    ["measured", "value", "unit", "Node.js"],
    measures.map(({ name, value, unit, node }) => [name, digits(value), unit, node]),
  );
}

/** Prints how the shares of the floor changed between two runs, row by row. */
export function printComparison(before: Results, after: Results): void {
  const same = (row: Pick<RowResult, "name" | "node">) => (other: Pick<RowResult, "name" | "node">) =>
    other.name === row.name && other.node === row.node;
  const rows = after.rows.filter((row) => before.rows.some(same(row)));
  printTable(
    ["requests", "Node.js", "before", "after", "times"],
    rows.map((row) => {
      const [one, other] = [shareOf(before, row), shareOf(after, row)];
      return [row.name, row.node, one.toFixed(4), other.toFixed(4), (other / one).toFixed(2)];
    }),
  );
  console.log();
  printTable(
    ["measured", "Node.js", "before", "after", "times"],
    after.measures.flatMap((measure) => {
      const old = before.measures.find(same(measure));
      if (!old) return [];
      const { name, node, value, unit } = measure;
      return [
        [name, node, old.value.toFixed(0), `${value.toFixed(0)} ${unit}`, (value / old.value).toFixed(2)],
      ];
    }),
  );
}
