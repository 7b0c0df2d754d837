import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { join } from "node:path";

/*
 * What can be had for a GET by id: `node:http` with the token and the User read from Muster's own database, and nothing
 * else. It reads in the process where Node has SQLite (22.13 and later), and by `sqlite3` elsewhere.
 */

const file = join(process.env.MUSTER_DATA_DIR ?? ".", "muster.sqlite");
const TOKEN =
  "select id, organization_id from muster_access_tokens where token_hash = ? and revoked_at is null";
const USER = "select * from muster_accounts where id = ?";

/** @returns reads of one row, by their statements */
async function reader() {
  try {
    const { DatabaseSync } = await import("node:sqlite");
    const database = new DatabaseSync(file, { readOnly: true });
    return (sql) => {
      const statement = database.prepare(sql);
      return (value) => statement.get(value);
    };
  } catch {
    const { default: sqlite3 } = await import("sqlite3");
    const database = new sqlite3.Database(file, sqlite3.OPEN_READONLY);
    return (sql) => {
      const statement = database.prepare(sql);
      return (value) =>
        new Promise((resolve, reject) => {
          statement.get([value], (error, row) => (error ? reject(error) : resolve(row)));
        });
    };
  }
}

const prepare = await reader();
const [token, user] = [prepare(TOKEN), prepare(USER)];

createServer(async (request, response) => {
  const secret = (request.headers.authorization ?? "").slice("Bearer ".length);
  const hash = createHash("sha256").update(secret).digest("hex");
  const id = request.url?.split("/").at(-1);
  const [known, row] = [await token(hash), await user(id)];
  if (!known || !row) {
    response.writeHead(known ? 404 : 401).end();
    return;
  }
  const profile = JSON.parse(row.profile);
  const body = JSON.stringify({ id: row.id, userName: row.user_name, active: row.active === 1, ...profile });
  response.writeHead(200, {
    "Content-Type": "application/scim+json",
    "Content-Length": Buffer.byteLength(body),
    ETag: `W/"${row.version}"`,
  });
  response.end(body);
}).listen(Number(process.env.PORT), "127.0.0.1");
