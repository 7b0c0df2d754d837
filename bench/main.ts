import { InvalidArgumentError, Command } from "commander";
import { readResults } from "./results.js";
import { run } from "./run.js";
import type { Options } from "./run.js";
import { printComparison } from "./table.js";

/** `npm run bench`: measures the built server, beside what Node.js can do, in the same run. */

const count = (text: string) => {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new InvalidArgumentError("It must be a whole number from 1.");
};
const gather = (text: string, before: readonly string[] = []) => [...before, text];
const engine = (text: string) => {
  if (text === "sqlite" || text === "postgres") return text;
  throw new InvalidArgumentError("It must be sqlite or postgres.");
};

const program = new Command("npm run bench --").description(
  "Measures Muster beside a constant that node:http sends. Compare the ratios: the absolute figures are this machine's.",
);

program
  .command("run", { isDefault: true })
  .description("measure, and print tables")
  .option("-u, --users <number>", "how many accounts 'many' are", count, 200_000)
  .option("-f, --few <number>", "how many accounts 'few' are", count, 2000)
  .option(
    "-e, --engine <engine>",
    "sqlite, or postgres: one that the bench starts",
    engine,
    "sqlite" as const,
  )
  .option("-n, --node <path>", "run the servers by this Node.js; more than one: side by side", gather)
  .option("-a, --against <server>", "'stock': also a server as SCIMMY's own documents describe it")
  .option("-r, --rows <text>", "only what has this in its name; can be repeated", gather)
  .option("--rounds <number>", "how often each row is measured", count, 5)
  .option("--seconds <number>", "for how long, each time", count, 2)
  .option("-d, --data <folder>", "keep the people in this folder, and take those that it has (SQLite)")
  .option("-j, --json <file>", "write the results to this file, for 'compare'")
  .action((options: Options) => {
    if (options.data !== undefined && options.engine === "postgres") {
      program.error("--data is for SQLite; the PostgreSQL that the bench starts ends with it");
    }
    return run(options);
  });

program
  .command("compare")
  .description("print how the shares of the constant changed between two runs")
  .argument("<before>", "a file that --json wrote")
  .argument("<after>", "another one")
  .action((before: string, after: string) => {
    printComparison(readResults(before), readResults(after));
  });

await program.parseAsync();
