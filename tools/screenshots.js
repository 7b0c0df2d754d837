// Makes the pictures of the console in the README, from the data of the demo: node tools/screenshots.js
/* global document, Image -- in the browser */
// It needs a build, and Chromium; CHROMIUM_PATH says where that is, if not in /usr/bin.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { Buffer } from "node:buffer";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";
import { password } from "../dist/seeds/demo.js";

const FOLDER = "docs/images";
const PORT = "4587";

/** An administrator of the demo, and where the notice of its start names the console. */
const ADMINISTRATOR = "ingrid.solberg@muster.example";
const CONSOLE = `http://127.0.0.1:${PORT}/console`;

/** Starts the demo. @returns when it takes requests */
async function start(dataDir) {
  const server = spawn(process.execPath, ["dist/src/main.cjs", "demo"], {
    env: { ...process.env, PORT, MUSTER_DATA_DIR: dataDir, LOG_LEVEL: "error" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  for await (const line of createInterface({ input: server.stderr })) {
    if (line.includes(CONSOLE)) return server;
  }
  throw new Error("The demo did not start");
}

async function enter(page) {
  await page.goto(`${CONSOLE}/sign-in?return=%2Fconsole%2Fprovider%2Fusers`);
  await page.getByLabel("User name or e-mail address").fill(ADMINISTRATOR);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

/** The list, and a person who was found and is open beside it. */
async function take(page) {
  const save = async (name) => {
    const picture = await page.screenshot({ animations: "disabled" });
    writeFileSync(join(FOLDER, `${name}.webp`), await compressed(page.context(), picture));
  };
  await page.goto(`${CONSOLE}/provider/users?source=invitation`);
  await page.getByRole("row").nth(12).waitFor();
  await save("users");
  await page.goto(`${CONSOLE}/provider/users?q=ann`);
  await page.getByRole("link", { name: "Anneliese Böhm" }).click();
  await page.getByRole("tab", { name: "Access" }).click();
  await page.getByRole("tabpanel").getByRole("heading").first().waitFor();
  await save("person");
}

/** A picture as WebP, which the browser itself can make, as long as nobody sees the difference. */
async function compressed(context, png) {
  const page = await context.newPage();
  const address = await page.evaluate(
    async (source) => {
      const image = Object.assign(new Image(), { src: source });
      await image.decode();
      const canvas = Object.assign(document.createElement("canvas"), {
        width: image.width,
        height: image.height,
      });
      canvas.getContext("2d").drawImage(image, 0, 0);
      return canvas.toDataURL("image/webp", 0.9);
    },
    `data:image/png;base64,${png.toString("base64")}`,
  );
  await page.close();
  return Buffer.from(address.split(",")[1], "base64");
}

const dataDir = mkdtempSync(join(tmpdir(), "muster-screenshots-"));
mkdirSync(FOLDER, { recursive: true });
const server = await start(dataDir);
const executablePath = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
try {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 810 },
    colorScheme: "light",
    reducedMotion: "reduce",
    locale: "en-GB",
  });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  await enter(page);
  await take(page);
} finally {
  await browser.close();
  server.kill("SIGTERM");
  await once(server, "exit");
  rmSync(dataDir, { recursive: true, force: true });
}
