import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";

/** Where Chromium, or the browser that is made of it, is found on Debian, other Linuxes and macOS. */
const PATHS = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/** Debian's packages: the fonts are what text is drawn with on a machine that has no others. */
const PACKAGES = ["chromium", "fonts-liberation"];

/** How long finding the browser takes at most, in milliseconds: it may have to be installed. */
export const CHROMIUM_TIMEOUT = 10 * 60_000;

/** Held by the process that installs. */
const LOCK = join(tmpdir(), "muster-chromium.lock");

let found: string | undefined;

/**
 * The path of Chromium. On a fresh Debian, which CI often is, it is installed first, so that the tests need nobody to
 * prepare the machine for them.
 *
 * @throws Error that says what to install
 */
export function findChromium(): string {
  found ??= given() ?? PATHS.find(existsSync) ?? install();
  return found;
}

/** @throws Error when the named browser does not exist, instead of silently using another one */
function given(): string | undefined {
  const path = process.env.CHROMIUM_PATH;
  if (path === undefined || path === "") return undefined;
  if (!existsSync(path)) throw new Error(`CHROMIUM_PATH is ${path}, and there is nothing.`);
  return path;
}

/** Installs Debian's packages. Only root can; the tests never ask for a password. */
function install(): string {
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) throw new Error(advice());
  process.stderr.write(
    `There is no Chromium for the tests of pages; installing ${PACKAGES.join(" and ")}.\n`,
  );
  aptGet("update");
  aptGet("install", "-y", "--no-install-recommends", ...PACKAGES);
  const path = PATHS.find(existsSync);
  if (path === undefined) throw new Error(advice());
  return path;
}

function aptGet(...args: string[]): void {
  // Test files run side by side, and more than one may find out that there is no browser.
  const { status, error, stdout, stderr } = spawnSync("flock", [LOCK, "apt-get", ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    timeout: CHROMIUM_TIMEOUT / 2,
  });
  if (status === 0) return;
  const said = error ? String(error) : `${stdout}${stderr}`.trim().slice(-2000);
  throw new Error(`${advice()} \`apt-get ${args.join(" ")}\` did not do it:\n${said}`);
}

const advice = () =>
  `The tests of pages need a browser: install Chromium (on Debian \`apt-get install ${PACKAGES.join(" ")}\`), or ` +
  "set CHROMIUM_PATH to where it is.";
