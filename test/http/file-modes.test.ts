import { expect } from "chai";
import { chmod, mkdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createMuster } from "../../src/muster.js";
import { readSettings } from "../../src/config/settings.js";
import { scratchFolder } from "../support/engines.js";

describe("The files of the server", () => {
  const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

  async function startAndStop(dataDir: string, look: () => Promise<void>): Promise<void> {
    const muster = createMuster(readSettings({ MUSTER_DATA_DIR: dataDir, LOG_LEVEL: "silent" }));
    try {
      await muster.migrate();
      await look();
    } finally {
      await muster.close();
    }
  }

  const files = ["muster.sqlite", "muster.sqlite-wal", "muster.sqlite-shm"];

  it("are for their owner alone, whatever the umask", async () => {
    const dataDir = join(scratchFolder(), "data");
    const umask = process.umask(0);
    try {
      await startAndStop(dataDir, async () => {
        expect(await modeOf(dataDir)).to.equal("700");
        for (const file of files) expect(await modeOf(join(dataDir, file)), file).to.equal("600");
      });
    } finally {
      process.umask(umask);
    }
  });

  it("become so when they were not", async () => {
    const dataDir = join(scratchFolder(), "data");
    await startAndStop(dataDir, () => Promise.resolve());
    const [mail, message] = [join(dataDir, "mail"), join(dataDir, "mail", "old.eml")];
    await mkdir(mail, { recursive: true });
    await writeFile(message, "a link");
    const paths: [string, string][] = [
      [dataDir, "700"],
      [join(dataDir, "muster.sqlite"), "600"],
      [mail, "700"],
      [message, "600"],
    ];
    for (const [path, mode] of paths) await chmod(path, mode === "700" ? 0o755 : 0o644);
    await startAndStop(dataDir, async () => {
      for (const [path, mode] of paths) expect(await modeOf(path), path).to.equal(mode);
      for (const file of files) expect(await modeOf(join(dataDir, file)), file).to.equal("600");
    });
  });

  it("may be in a folder that is there for others, too, which stays as it is", async () => {
    const [shared, dataDir] = [scratchFolder(), scratchFolder()];
    await chmod(shared, 0o755);
    const settings = readSettings({
      DATABASE_URL: `sqlite:${shared}/muster.sqlite`,
      MUSTER_DATA_DIR: dataDir,
      LOG_LEVEL: "silent",
    });
    const muster = createMuster(settings);
    await muster.migrate();
    await muster.close();
    expect(await modeOf(shared)).to.equal("755");
    expect(await modeOf(join(shared, "muster.sqlite"))).to.equal("600");
  });
});
