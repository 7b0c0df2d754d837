import { existsSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Settings } from "../config/types.js";
import { readProcessSettings } from "../config/settings.js";
import { CONSOLE, SCIM_PATH } from "../http/app.js";
import { makeDemo } from "./demo/make.js";
import type { Seed } from "./demo/make.js";
import { UserError } from "./exit.js";
import { demoNotice } from "./notices.js";
import { serve } from "./serve.js";

/**
 * `muster demo`: the server with something in it, in a folder of its own. What is there already stays; otherwise it is made,
 * and moved there once it is complete.
 */
export async function demo(): Promise<void> {
  const settings = readProcessSettings();
  if (!["127.0.0.1", "::1", "localhost"].includes(settings.host)) {
    throw new UserError(
      "The demo's passwords and tokens are public, so it only listens on this machine; unset HOST",
    );
  }
  const seed = await readSeed();
  const folder = join(settings.dataDir, "demo");
  if (!existsSync(folder)) {
    const unfinished = `${folder}-unfinished`;
    await rm(unfinished, { recursive: true, force: true });
    console.error("\n  Making the demo's organizations and people, with half a year of history ...");
    await makeDemo(inFolder(settings, unfinished), seed);
    await rename(unfinished, folder);
  }
  const own = inFolder(settings, folder);
  await serve(own, async ({ services }) => {
    const { link } = await services.administratorLinks.make();
    const { publicUrl } = settings;
    const addresses = { console: `${publicUrl}${CONSOLE}`, scim: `${publicUrl}${SCIM_PATH}`, link, folder };
    console.error(demoNotice(addresses, seed));
  });
}

const inFolder = (settings: Settings, dataDir: string): Settings => ({
  ...settings,
  dataDir,
  database: { engine: "sqlite", filename: join(dataDir, "muster.sqlite") },
  bootstrapToken: undefined,
});

async function readSeed(): Promise<Seed> {
  const built = new URL("../../seeds/demo.js", import.meta.url);
  const url = existsSync(built) ? built : new URL("../../seeds/demo.ts", import.meta.url);
  return (await import(url.href)) as Seed;
}
