import { exitOnError } from "./cli/exit.js";
import { serve } from "./cli/serve.js";

await exitOnError(() => serve());
