import { expect } from "chai";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ParsedMail } from "mailparser";
import { readSettings } from "../../src/config/settings.js";
import { openDatabase } from "../../src/db/open.js";
import { ScimClient } from "../support/client.js";
import { muster, start } from "../support/command-line.js";
import type { Started } from "../support/command-line.js";
import { forEachEngine, scratchFolder } from "../support/engines.js";
import { MailFiles, MailServer } from "../support/mail.js";
import { newPassword, PlantedSecrets, plantSecrets } from "../support/secrets.js";

/** What the database holds readable by design: the keys of what is signed and encrypted. */
const KEYS = ["links", "cursors", "csrf", "devices", "factors"];

describe("The secrets of a server and its people", function () {
  this.timeout(180_000);

  forEachEngine((engine) => {
    const secrets = new PlantedSecrets();
    const smtpPassword = secrets.plant("the password of the mail server", newPassword().replaceAll(" ", "-"));
    const mailbox = new MailServer(smtpPassword);
    let server: Started;
    let scim: ScimClient;
    let databaseUrl: string;
    let dataDir: string;
    let recipients: ReadonlyMap<string, string>;

    before(async () => {
      dataDir = scratchFolder();
      databaseUrl = await engine.migratedDatabaseUrl();
      const smtp = new URL(await mailbox.start());
      smtp.username = "muster";
      smtp.password = smtpPassword;
      mailbox.refuseSignIns(1);
      const token = secrets.plant("the bootstrap token", `bootstrap-${newPassword().slice(-12)}`);
      server = await start("serve", dataDir, {
        ...{ LOG_LEVEL: "trace", SMTP_URL: smtp.href, MUSTER_BOOTSTRAP_TOKEN: token },
        DATABASE_URL: withPassword(databaseUrl, secrets),
      });
      scim = new ScimClient(() => ({ url: server.baseUrl, token }));
      const link = readFileSync(join(dataDir, "data", "first-administrator.txt"), "utf8").trim();
      secrets.plantLink("the link of the first administrator", link);
      recipients = await plantSecrets(secrets, scim, mailbox);
      expect(secrets.names).to.have.length.above(40);
    });
    after(async () => {
      await server.interrupt();
      await mailbox.stop();
    });

    /** Codes are short: between the bytes of a file, they turn up by chance. */
    const expectNoneIn = (file: string) => {
      const found = secrets.foundIn(readFileSync(file)).filter((name) => !/\bcode\b/.test(name));
      expect(found, file).to.deep.equal([]);
    };

    it("are in no log, at the most verbose level", () => {
      expect(server.log()).to.include("Mail was sent").and.include("Invalid login");
      expect(secrets.foundIn(server.log())).to.deep.equal([]);
      expect(secrets.foundIn(server.notice())).to.deep.equal([]);
    });

    it("are in no audit event", async () => {
      const texts: string[] = [];
      for (let startIndex = 1, total = 1; startIndex <= total; startIndex += 100) {
        const page = await scim.get(`/AuditEvents?count=100&startIndex=${startIndex}`);
        total = page.body.totalResults;
        texts.push(page.text);
      }
      expect(texts.join()).to.include("a wrong password");
      expect(secrets.foundIn(texts.join())).to.deep.equal([]);
    });

    it("are in no answer that refuses them", () => {
      expect(secrets.refusals).to.have.length.above(10);
      expect(secrets.foundIn(secrets.refusals.join("\n"))).to.deep.equal([]);
    });

    it("are in what /Settings says as little as in the resources that clients read", async () => {
      for (const path of ["/Settings", "/Users", "/AccessTokens", "/Sessions", "/Realm"]) {
        const answer = await scim.get(`${path}?count=100`);
        expect(answer.status, path).to.equal(200);
        expect(secrets.foundIn(answer.text), path).to.deep.equal([]);
      }
    });

    it("are in mail to their own person alone, as far as they go by mail", () => {
      expectOnlyTheirs(mailbox.received, secrets, recipients);
    });

    it("are in the database as hashes, or encrypted, alone", async () => {
      const text = await rowsOf(databaseUrl);
      expect(text).to.include("scrypt$");
      expect(secrets.foundIn(text)).to.deep.equal([]);
      if (engine.name === "SQLite") {
        const file = databaseUrl.slice("sqlite:".length);
        for (const each of [file, `${file}-wal`]) expectNoneIn(each);
      }
    });

    if (engine.name === "SQLite") {
      it("are in a backup as little as in the database", async () => {
        const folder = scratchFolder();
        await muster(["backup", folder], dataDir, { DATABASE_URL: databaseUrl });
        const [name = ""] = readdirSync(folder);
        expectNoneIn(join(folder, name));
      });
    }

    it("do not include the keys in what others see", async () => {
      const keys = new PlantedSecrets();
      const database = await openDatabase(readSettings({ DATABASE_URL: databaseUrl }).database);
      const rows = await database.reader.rows<{ name: string; value: string }>("select * from muster_keys");
      await database.close();
      for (const { name, value } of rows) keys.plant(name, value);
      expect(keys.names).to.include.members(KEYS);
      const { text } = await scim.get("/AuditEvents?count=100");
      expect(keys.foundIn([server.log(), server.notice(), text].join())).to.deep.equal([]);
    });
  });

  it("are in mail files as in mail, and otherwise in the log as links alone, without a mail server", async () => {
    const secrets = new PlantedSecrets();
    const dataDir = scratchFolder();
    const token = secrets.plant("the bootstrap token", `bootstrap-${newPassword().slice(-12)}`);
    const server = await start("serve", dataDir, { LOG_LEVEL: "trace", MUSTER_BOOTSTRAP_TOKEN: token });
    try {
      const scim = new ScimClient(() => ({ url: server.baseUrl, token }));
      const mailbox = new MailFiles(join(dataDir, "data", "mail"));
      const recipients = await plantSecrets(secrets, scim, mailbox);
      expectOnlyTheirs(await mailbox.received(), secrets, recipients);
      const links = [...recipients.keys()].filter((name) => name.includes("link"));
      expect(secrets.foundIn(server.log()).sort()).to.deep.equal(links.sort());
    } finally {
      await server.interrupt();
    }
  });

  it("are in nothing that a command says that cannot reach the database", async () => {
    const secrets = new PlantedSecrets();
    const password = secrets.plant("the password of the database", newPassword().replaceAll(" ", "-"));
    const DATABASE_URL = `postgres://muster:${password}@127.0.0.1:1/muster`;
    const failed: unknown = await muster(["migrate"], scratchFolder(), {
      DATABASE_URL,
      LOG_LEVEL: "trace",
    }).catch((error: unknown) => error);
    const { stdout, stderr } = failed as { stdout: string; stderr: string };
    expect(stderr).to.include("127.0.0.1");
    expect(secrets.foundIn(stdout + stderr)).to.deep.equal([]);
  });
});

/** The address with a password, which a PostgreSQL that trusts its users does not ask for. */
function withPassword(databaseUrl: string, secrets: PlantedSecrets): string {
  if (!databaseUrl.startsWith("postgres")) return databaseUrl;
  const password = secrets.plant("the password of the database", newPassword().replaceAll(" ", "-"));
  const url = new URL(databaseUrl.replace(/^(postgres\w*:\/\/)\//, "$1localhost/"));
  url.password = password;
  return url.href;
}

/** Each of the mailed secrets is in mail to one address, and nothing else is in any. */
function expectOnlyTheirs(
  mails: readonly ParsedMail[],
  secrets: PlantedSecrets,
  recipients: ReadonlyMap<string, string>,
): void {
  const found = new Map<string, string>();
  for (const { to, text, html, headerLines } of mails) {
    const address = [to].flat()[0]?.text ?? "";
    for (const name of secrets.foundIn([text, html, JSON.stringify(headerLines)].join("\n"))) {
      expect(found.get(name) ?? address, `${name}, in two mails`).to.equal(address);
      found.set(name, address);
    }
  }
  expect([...found].sort()).to.deep.equal([...recipients].sort());
}

/** All rows of all tables of Muster, as text. */
async function rowsOf(url: string): Promise<string> {
  const database = await openDatabase(readSettings({ DATABASE_URL: url }).database);
  try {
    const isSqlite = url.startsWith("sqlite");
    const tables = await database.reader.rows<{ name: string }>(
      isSqlite
        ? "select name from sqlite_master where type = 'table' and name like 'muster_%'"
        : "select table_name as name from information_schema.tables where table_name like 'muster_%'",
    );
    expect(tables).to.have.length.above(20);
    const texts: string[] = [];
    for (const { name } of tables) {
      for (const row of await database.reader.rows<Record<string, unknown>>(`select * from ${name}`)) {
        texts.push(Object.values(row).map(String).join("\n"));
      }
    }
    return texts.join("\n");
  } finally {
    await database.close();
  }
}
