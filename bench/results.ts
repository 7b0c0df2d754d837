import { readFileSync, writeFileSync } from "node:fs";

/** What a row of requests came to: medians of all rounds. */
export interface RowResult {
  readonly name: string;
  /** The Node release of the server. */
  readonly node: string;
  /** Requests answered per second. */
  readonly rate: number;
  /** Milliseconds that 99 of 100 requests stay below. */
  readonly p99: number;
  /** How many cores the server's process used. */
  readonly cores: number;
  /** Its resident memory at the end, in megabytes. */
  readonly megabytes: number;
}

/** Something else that was measured, such as operations of a Bulk. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
}

/** A figure, and the Node release of the server. */
export interface Measure extends Figure {
  readonly node: string;
}

/** What a run of the bench came to. */
export interface Results {
  readonly at: string;
  readonly engine: string;
  readonly users: number;
  readonly few: number;
  readonly rows: readonly RowResult[];
  readonly measures: readonly Measure[];
}

/** The row that all others are compared with. */
export const FLOOR = "node:http sends a constant";

export const readResults = (file: string): Results =>
  // JSON has no NaN.
  JSON.parse(readFileSync(file, "utf8"), (_key, value: unknown) => value ?? Number.NaN) as Results;

export const writeResults = (file: string, results: Results) => {
  writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
};

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** @param share from 0 to 1 */
export const percentile = (values: readonly number[], share: number) =>
  [...values].sort((a, b) => a - b)[Math.ceil(values.length * share) - 1] ?? Number.NaN;

/** The rate of a row as a share of the floor's, with the same Node release. */
export function shareOf({ rows }: Results, { name, node }: Pick<RowResult, "name" | "node">): number {
  const rate = (wanted: string) => rows.find((row) => row.name === wanted && row.node === node)?.rate;
  return (rate(name) ?? Number.NaN) / (rate(FLOOR) ?? Number.NaN);
}
