import type { Measurement } from "./load.js";

export type Samples = ReadonlyMap<string, Measurement>;

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Prints every workload with its rate, and the rate as a share of the floor's. */
export function printRates(samples: Samples, floor: string): void {
  const base = samples.get(floor)?.rate ?? Number.NaN;
  console.log(`| ${"workload".padEnd(40)} | requests/s | of the floor | p99, ms |`);
  console.log(`| ${"-".repeat(40)} | ---------: | -----------: | ------: |`);
  for (const [name, { rate, p99 }] of samples) {
    const cells = [
      rate.toFixed(0).padStart(10),
      (rate / base).toFixed(2).padStart(12),
      p99.toFixed(0).padStart(7),
    ];
    console.log(`| ${name.padEnd(40)} | ${cells.join(" | ")} |`);
  }
}

/** Prints how many times as long one request takes as another. */
export function printGrowth(samples: Samples, small: string, large: string): void {
  const times = (samples.get(small)?.rate ?? Number.NaN) / (samples.get(large)?.rate ?? Number.NaN);
  console.log(`${large}: ${times.toFixed(2)} times the time of ${small.split(", ").at(-1) ?? small}`);
}
