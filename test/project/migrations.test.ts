import { expect } from "chai";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";

const FOLDER = new URL("../../migrations/", import.meta.url);

/**
 * The SHA-256 of each migration. They are frozen: databases out there have been made by them as they are, and would
 * not be changed by a change of a file. To change the schema, add a file with the next number, and its hash here; a
 * hash that is here never changes.
 */
const FROZEN: Readonly<Record<string, string>> = {
  "0001_accounts_and_organizations.ts": "61043013a1c1269bc192c1e77fa456c3fab267c3a7a244e7e1be06f210378e9e",
  "0002_memberships_and_teams.ts": "40f586c76765646ea9fac7b6cd40a5c0ea17ebb4b1cbd194b9a5dcdaffba343c",
  "0003_tokens_and_invitations.ts": "dae29645888d56c4e983ecb967457ae6f355acf84ad947eb80a1e7f8c4de1d07",
  "0004_audit_log.ts": "11e407b905da2e8c0491e1487593be72c22f9a31d52bdc93c610fdd82996ff82",
  "0005_mail_and_limits.ts": "dd7477865208017918c19884c5975f0d2fac630332818bc67fdb765dd901b99f",
};

describe("The files of the migrations", () => {
  it("are those that are frozen, byte by byte", () => {
    const files = readdirSync(FOLDER).filter((name) => name.endsWith(".ts"));
    const hashes = files.map((name) => [name, sha256(readFileSync(new URL(name, FOLDER)))]);
    expect(Object.fromEntries(hashes), "Add a file rather than change one").to.deep.equal(FROZEN);
  });
});

const sha256 = (content: Buffer) => createHash("sha256").update(content).digest("hex");
