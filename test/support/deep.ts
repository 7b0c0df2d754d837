import process from "node:process";

/** Whether this is `npm run test:deep`, which tries random and killed requests for longer, and has the machine for itself. */
export const IS_DEEP = process.env.DEEP === "1";

/** How often something is tried: usually, and in the deep run. */
export const runs = (usually: number, deep: number): number => (IS_DEEP ? deep : usually);

/** Whether this is `npm run test:crash`, which kills servers for as long as it takes to be sure. */
export const IS_CRASHING = process.env.CRASH === "1";
