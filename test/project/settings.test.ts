import { expect } from "chai";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describeSettings, readSettings, SettingsError } from "../../src/config/settings.js";

describe("Settings", () => {
  it("have defaults that need nothing", () => {
    expect(readSettings({})).to.deep.equal({
      port: 3000,
      host: "127.0.0.1",
      publicUrl: "http://127.0.0.1:3000",
      trustedProxies: [],
      corsOrigins: [],
      database: { engine: "sqlite", filename: resolve("data/muster.sqlite") },
      databaseTimeouts: { statement: 5, list: 8, wait: 5 },
      preparedStatements: true,
      bootstrapToken: undefined,
      cursorTimeout: 3600,
      adminSecondFactor: false,
      sessions: { idle: 7200, total: 43_200 },
      profileMaxBytes: 65_536,
      pageMaxBytes: 4_194_304,
      removalsRetentionDays: 30,
      auditRetentionDays: 365,
      candidates: { search: "search", perMinute: 30 },
      bulk: { maxOperations: 10_000, maxPayloadSize: 16 * 2 ** 20 },
      http: { maxConnections: 5000, requestTimeout: 60, responseTimeout: 120 },
      stop: { delay: 0, grace: 10 },
      advertisePagination: true,
      dataDir: resolve("data"),
      productName: "Muster",
      productLogoUrl: undefined,
      productColor: "#1d4ed8",
      productContact: undefined,
      productPrivacyUrl: undefined,
      acceptedUrl: undefined,
      mail: {
        smtpUrl: undefined,
        from: "Muster <no-reply@localhost.localdomain>",
        replyTo: undefined,
        perToken: 5000,
        perOrganization: 3000,
        perAddress: 10,
        notices: "off",
      },
      templates: { locale: "en", folder: undefined },
      logLevel: "info",
    });
  });

  it("put the embedded database into the data folder", () => {
    const { database } = readSettings({ MUSTER_DATA_DIR: "/var/lib/muster" });
    expect(database).to.deep.equal({ engine: "sqlite", filename: "/var/lib/muster/muster.sqlite" });
  });

  it("take SQLite paths, relative and absolute, and PostgreSQL addresses", () => {
    const database = (url: string) => readSettings({ DATABASE_URL: url }).database;
    expect(database("sqlite:x.db")).to.deep.equal({ engine: "sqlite", filename: resolve("x.db") });
    expect(database("sqlite:/x.db")).to.deep.equal({ engine: "sqlite", filename: "/x.db" });
    expect(database("sqlite:///x.db")).to.deep.equal({ engine: "sqlite", filename: "/x.db" });
    expect(database("postgres://u@h/d")).to.deep.equal({
      engine: "postgres",
      connectionString: "postgres://u@h/d",
    });
  });

  it("take an empty variable for an absent one", () => {
    expect(readSettings({ PORT: "", MUSTER_BOOTSTRAP_TOKEN: "" }).port).to.equal(3000);
  });

  it("take proxies as addresses, ranges and names of ranges", () => {
    const { trustedProxies } = readSettings({ TRUSTED_PROXIES: "loopback, 10.0.0.7,10.1.0.0/16 ,fd00::/8" });
    expect(trustedProxies).to.deep.equal(["loopback", "10.0.0.7", "10.1.0.0/16", "fd00::/8"]);
  });

  it("take origins, with or without a slash at the end, and * for all", () => {
    const { corsOrigins } = readSettings({
      CORS_ORIGINS: "https://Tools.example.com/, http://localhost:5173,*",
    });
    expect(corsOrigins).to.deep.equal(["https://tools.example.com", "http://localhost:5173", "*"]);
  });

  it("drop the slash at the end of the public address", () => {
    expect(readSettings({ PUBLIC_URL: "https://scim.example.com/" }).publicUrl).to.equal(
      "https://scim.example.com",
    );
  });

  const wrong: [string, string][] = [
    ["PORT", "http"],
    ["PUBLIC_URL", "ftp://example.com"],
    ["DATABASE_URL", "mysql://example.com"],
    ["MUSTER_BOOTSTRAP_TOKEN", "too short"],
    ["LOG_LEVEL", "loud"],
    ["TRUSTED_PROXIES", "everybody"],
    ["TRUSTED_PROXIES", "10.0.0.0/33"],
    ["TRUSTED_PROXIES", "0.0.0.0/0"],
    ["TRUSTED_PROXIES", "::/0"],
    ["TRUSTED_PROXIES", "10.0.0.1, 10.0.0"],
    ["CORS_ORIGINS", "tools.example.com"],
    ["CORS_ORIGINS", "https://tools.example.com/path"],
    ["CORS_ORIGINS", "https://user@tools.example.com"],
    ["CORS_ORIGINS", "https://*.example.com"],
    ["CORS_ORIGINS", "null"],
    ["CURSOR_TIMEOUT", "0"],
    ["ADVERTISE_PAGINATION", "maybe"],
    ["PREPARED_STATEMENTS", "maybe"],
    ["PRODUCT_COLOR", "blue"],
    ["PRODUCT_COLOR", "#12345"],
    ["PRODUCT_CONTACT", "call us"],
    ["PRODUCT_PRIVACY_URL", "javascript:alert(1)"],
  ];
  for (const [name, value] of wrong) {
    it(`name ${name} when it is ${value}`, () => {
      expect(() => readSettings({ [name]: value })).to.throw(SettingsError, name);
    });
  }

  it("name every wrong variable at once, and never show a secret", () => {
    const broken = { PORT: "x", MUSTER_BOOTSTRAP_TOKEN: "my secret", DATABASE_URL: "mysql://u:hunter2@h" };
    expect(() => readSettings(broken))
      .to.throw(SettingsError)
      .with.property("message")
      .that.matches(/PORT[^]*DATABASE_URL|DATABASE_URL[^]*PORT/)
      .and.does.not.match(/my secret|hunter2/);
  });

  /** What is about Muster's own HTTP server. */
  const withoutOption = /^(port|host|http\..*|stop\.delay)$/;

  it("are all listed in docs/embedding.md as options, with their defaults", () => {
    const lines = readFileSync("docs/embedding.md", "utf8").split("\n");
    for (const { option, default: fallback } of describeSettings()) {
      if (withoutOption.test(option)) continue;
      const line = lines.find((each) => each.startsWith(`| \`${option}\` `));
      expect(line, option).to.be.a("string");
      if (fallback !== undefined) expect(line).to.include(`| \`${fallback}\` `);
    }
  });

  for (const file of [".env.example", "README.md"]) {
    it(`are all listed in ${file}`, () => {
      const text = readFileSync(file, "utf8");
      for (const { name } of describeSettings()) expect(text).to.include(name);
    });
  }
});
