import { expect } from "chai";
import { request } from "node:http";
import { expectError } from "../support/assertions.js";
import { whileOthersAreServed } from "../support/bystander.js";
import type { ScimClient } from "../support/client.js";
import { clientWith } from "../support/realms.js";
import { describeServer } from "../support/server.js";
import type { ServerInProcess } from "../support/server.js";

const USERS = 60_000;

/** So many of them are written by one statement. */
const PORTION = 6000;

/** What no index helps with: every profile is looked through, several times. */
const SCAN = Array.from({ length: 8 }, (_, number) => `title co "x${number}"`).join(" or ");

const path = `/Users?filter=${encodeURIComponent(SCAN)}`;

describeServer("Scans among many users", function (_scim, server) {
  before("many users", async function () {
    this.timeout(120_000);
    await server().database(async (session) => {
      // In portions: a statement has five seconds, also on a busy machine.
      for (let first = 1; first <= USERS; first += PORTION) {
        await session.rows(
          `insert into muster_accounts (id, user_name, user_name_key, active, is_active_assigned, roles, roles_search,
             is_provider_admin, profile, search, version, created_at, updated_at)
           with recursive counted(n) as (select ${first} union all
             select n + 1 from counted where n < ${first + PORTION - 1})
           select '0190a000-0000-7000-8000-' || substr('000000000000' || n, length('' || n) + 1), 'many-' || n,
             'MANY-' || n, true, true, '{}', '{}', false, '{"title":"Lead"}', '{"title":"LEAD"}', 1, ?, ? from counted`,
          ["2026-01-01T00:00:00.000Z", "2026-01-01T00:00:00.000Z"],
        );
      }
    });
  });

  it("of one token are refused beyond a number, and keep nobody else waiting", async function () {
    this.timeout(120_000);
    const [attacker, bystander] = await both(server());
    const answers = await whileOthersAreServed(bystander, () =>
      Promise.all(Array.from({ length: 12 }, () => attacker.get(path))),
    );
    for (const answer of answers.filter(({ status }) => status !== 200)) {
      expect(answer.status, answer.text).to.be.oneOf([400, 429, 503]);
      if (answer.status === 400) expectError(answer, { status: 400, scimType: "tooMany" });
      else expect(answer.headers["retry-after"]).to.match(/^\d+$/);
    }
  });

  it("of several tokens leave the others served", async function () {
    this.timeout(120_000);
    const bystander = await clientWith(server(), {});
    const attackers = await Promise.all([1, 2, 3].map(() => clientWith(server(), { readOnly: true })));
    await whileOthersAreServed(bystander, () =>
      Promise.all(attackers.flatMap((attacker) => Array.from({ length: 4 }, () => attacker.get(path)))),
    );
  });

  it("that are abandoned end, and keep no slot", async function () {
    this.timeout(120_000);
    const [attacker, bystander] = await both(server());
    await whileOthersAreServed(bystander, () =>
      Promise.all(Array.from({ length: 12 }, () => abandon(attacker))),
    );
    // Each of them would keep a place for seconds, of which one token has few.
    expect((await attacker.get(path)).status).to.be.oneOf([200, 400]);
    expect(await running(server())).to.equal(0);
  });
});

/** How many scans PostgreSQL works on; SQLite does not say. */
async function running(server: ServerInProcess): Promise<number> {
  return server.database(async (session) => {
    if (session.dialect.engine === "sqlite") return 0;
    const found = await session.first<{ count: string }>(
      `select count(*) as count from pg_stat_activity
       where datname = current_database() and state = 'active' and query ilike '%title%' and pid <> pg_backend_pid()`,
    );
    return Number(found?.count);
  });
}

async function both(server: ServerInProcess): Promise<[ScimClient, ScimClient]> {
  return [await clientWith(server, { readOnly: true }), await clientWith(server, {})];
}

/** Asks for a scan, and hangs up before it is over. */
function abandon({ url, token }: ScimClient): Promise<void> {
  return new Promise((resolve) => {
    const asked = request(url + path, { headers: { authorization: `Bearer ${token}` } });
    asked.on("error", () => undefined);
    // An answer may have come before: then there is no error.
    asked.on("close", resolve);
    asked.end();
    setTimeout(() => asked.destroy(), 300);
  });
}
