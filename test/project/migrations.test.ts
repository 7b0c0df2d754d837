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
  "0002_memberships_and_teams.ts": "c7554f1e801151d266be039b980b69307730882f5038484b29e1066637df6ff9",
  "0003_tokens_and_invitations.ts": "20618f32f32b42d9390165a6449b5079f68ccf258c702a452e4ac34de85ea232",
  "0004_audit_log.ts": "11e407b905da2e8c0491e1487593be72c22f9a31d52bdc93c610fdd82996ff82",
  "0005_mail_and_limits.ts": "4e6b2fae8de3cab15a781ad7de5f4e62ffbc94bc913c5b020949f7d3ed08f906",
  "0006_records.ts": "5fa661c2747ec309d308576dd0abaeea734b38353ade2378997293fb4cbb9083",
  "0007_groups_and_roles_of_teams.ts": "a03f3dbafcd4ef13260b0be3522b322f2c19579050e94bb0d14d9aec43a9bb84",
  "0008_own_external_id.ts": "35af88ef181b3c093da855b213c1c993e7642ad42577340d6daefca3e795949b",
  "0009_administrators_index.ts": "b1bc982fa3d14c3266c25a8146713b0d619c0b38f55c77f6768c3f54fc449ff7",
  "0010_sessions.ts": "d7218ac2daacad0f089b4381dfc2eed290418358825d976361810edb61d18746",
  "0011_search.ts": "4433fbbbea1e4bba1fd51c671a0dcda6e835253856718e5fbf3f25569e5b6d0c",
  "0012_asks.ts": "1fd376f917c31de0640191848d3e51ad64f30f1e024170e18007264e9a3bce45",
  "0013_first_administrator.ts": "4eda75474687e0af642ef385c5ebb7fed8f4895b4390733406a859dd9e2732b0",
  "0014_password_resets.ts": "988d85837e8c10b92d2815bc0c19af80ee9d56dcac4ad8271973118d6a129412",
  "0015_search_writes.ts": "8b93adf66514b2edd2d92436751b6e83aa5d417908b766b13b932e28c2cb495f",
  "0016_password_checks.ts": "1266d5108e64c33e7fa120f62d599d8f2d8298018e93c9b5b92bc625a8acc8b6",
  "0017_second_factors.ts": "c42e7efe0419b26a0f65f3539b852f9f7e65c66288c09e1eec14271c1d9d4db1",
  "0019_search_queue.ts": "118bbee1badd23a417aedf8116d1b338bb105bc987b4921a6cf7bd1ede8f6283",
  "0020_own_addresses.ts": "b450dc3c983603a6f9a0c6a40d315056235a7ab8f7b8d7d023c19555ea855266",
  "0022_guarded_people.ts": "0bdf700381a2df3b8ea68309273c73d9744c55c508b3e628db44e9afc88e954b",
  "0023_claimed_addresses.ts": "7968dfdec9a57c8c05b3392deb3e58273e04dc8bb0a70b2d28d3c3d5982d8a92",
  "0025_account_counts.ts": "4c80d79b915721835cbf3d8c8642438c22617299041359e44801c8e3b8b46b19",
  "0026_active_and_created.ts": "8eedbd043ef45465994fb4b47a4deee021b6914e5f3668882546a2d40c5d46ea",
  "0027_audit_names.ts": "db4cdecddad69b90a7785c95a24f7c1de7d30403770dbe02fadd605457c82ac2",
  "0028_updated_at_and_id.ts": "0c4a4d4b11b4f6f2bb9cee1cf68e7149be1d4d7806471a8987c242325d267d88",
  "0029_removals.ts": "dc2143d02e2b9a85ab46b43b375729214a3ad084ba3aecd1db9507be36950052",
  "0030_audit_event_people.ts": "0c6b39e3b604eb6409bb9b6405b4a05e9d0ff0a7f8942ec6ec1f3f2278579030",
};

describe("The files of the migrations", () => {
  it("are those that are frozen, byte by byte", () => {
    const files = readdirSync(FOLDER).filter((name) => name.endsWith(".ts"));
    const hashes = files.map((name) => [name, sha256(readFileSync(new URL(name, FOLDER)))]);
    expect(Object.fromEntries(hashes), "Add a file rather than change one").to.deep.equal(FROZEN);
  });
});

const sha256 = (content: Buffer) => createHash("sha256").update(content).digest("hex");
