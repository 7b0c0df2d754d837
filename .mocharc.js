import { availableParallelism } from "node:os";

export default {
  import: "./test/support/typescript.mjs",
  require: ["./test/support/hooks.ts"],
  recursive: true,
  extension: ["test.ts"],
  timeout: 30_000,
  forbidOnly: true,
  // Files run side by side, each process with a PostgreSQL, folders and ports of its own.
  parallel: true,
  jobs: Math.max(2, availableParallelism()),
};
