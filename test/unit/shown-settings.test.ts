import { expect } from "chai";
import { describeSettings, readSettings } from "../../src/config/settings.js";
import { shownSettings } from "../../src/config/shown-settings.js";

const OWN: Parameters<typeof shownSettings>[1] = { inCode: [], isEmbedded: false };

const shownOf = (environment: Readonly<Record<string, string>>, given = OWN) => {
  const shown = shownSettings(readSettings(environment), given);
  return (name: string) => shown.find((each) => each.name === name);
};

describe("Settings as they are shown", () => {
  it("are all settings, in order, with their defaults", () => {
    const shown = shownSettings(readSettings({}), OWN);
    expect(shown.map(({ name, description }) => ({ name, description }))).to.deep.equal(
      describeSettings().map(({ name, description }) => ({ name, description })),
    );
    for (const { name, value, default: fallback, isDefault } of shown) {
      expect(isDefault, name).to.equal(true);
      if (name !== "MUSTER_BOOTSTRAP_TOKEN") expect(value, name).to.equal(fallback);
    }
  });

  it("say what is not the default, and what the default is beside other settings", () => {
    const of = shownOf({ PORT: "8080", CORS_ORIGINS: "https://a.example.com,https://b.example.com" });
    expect(of("PORT")).to.include({ value: "8080", default: "3000", isDefault: false, subject: "server" });
    expect(of("PUBLIC_URL")).to.include({ value: "http://127.0.0.1:8080", isDefault: true });
    expect(of("CORS_ORIGINS")).to.include({
      value: "https://a.example.com, https://b.example.com",
      isDefault: false,
    });
    expect(of("ADMIN_SECOND_FACTOR")).to.include({ value: "false", default: "false" });
  });

  const SECRETS = {
    MUSTER_BOOTSTRAP_TOKEN: "hunter2-hunter2-hunter2",
    DATABASE_URL: "postgres://keeper:hunter2@db.example.com:5433/muster?password=hunter2",
    SMTP_URL: "smtps://hunter2:hunter2@smtp.example.com:2465/?pass=hunter2",
    PRODUCT_LOGO_URL: "https://me:hunter2@example.com/logo.svg",
    PRODUCT_PRIVACY_URL: "https://me:hunter2@example.com/privacy",
    ACCEPTED_URL: "https://me:hunter2@example.com/welcome",
    PRODUCT_CONTACT: "https://me:hunter2@example.com/help",
    PUBLIC_URL: "https://me:hunter2@scim.example.com",
  };

  it("have no secrets", () => {
    const of = shownOf(SECRETS);
    expect(JSON.stringify(shownSettings(readSettings(SECRETS), OWN))).not.to.match(/hunter2|keeper/);
    expect(of("MUSTER_BOOTSTRAP_TOKEN")).to.include({ value: "set", isDefault: false });
    expect(of("DATABASE_URL")?.value).to.equal("postgres://db.example.com:5433/muster");
    expect(of("SMTP_URL")?.value).to.equal("smtps://smtp.example.com:2465/");
    expect(of("PRODUCT_LOGO_URL")?.value).to.equal("https://example.com/logo.svg");
    expect(shownOf({})("MUSTER_BOOTSTRAP_TOKEN")?.value).to.equal("not set");
  });

  for (const password of ["1/hunter2", "hun/ter2", "1?hunter2", "1#hunter2", "hun@ter2", "%"]) {
    it(`have no secrets of an address whose password is written as ${password}`, () => {
      const DATABASE_URL = `postgres://muster:${password}@db.example.com/muster`;
      const value = shownOf({ DATABASE_URL })("DATABASE_URL")?.value ?? "";
      expect(value).not.to.match(/hun|ter2|:1|%/);
    });
  }

  it("say nothing of an HTTP server that is the app's, and of objects only that they are there", () => {
    const of = shownOf({}, { inCode: ["database"], isEmbedded: true });
    for (const name of ["PORT", "HOST", "MAX_CONNECTIONS"]) expect(of(name), name).to.equal(undefined);
    expect(of("DATABASE_URL")).to.include({ value: "set in code", isDefault: false });
  });
});
