import { createHash, randomUUID } from "node:crypto";
import { join } from "node:path";
import express from "express";
import SCIMMY from "scimmy";
import SCIMMYRouters from "scimmy-routers";
import sqlite3 from "sqlite3";

/*
 * The server that SCIMMY's own documents describe: Express, scimmy-routers and SCIMMY, with handlers that read and write
 * an SQLite database as it comes: durable, with an index on each key that is looked up. It reads Muster's people once.
 */

const { DATA_DIR = ".", USERS_FILE = "", TOKEN = "", PORT } = process.env;
const database = new sqlite3.Database(join(DATA_DIR, "stock.sqlite"));
const call = (method, sql, values = []) =>
  new Promise((resolve, reject) => {
    database[method](sql, values, (error, found) => (error ? reject(error) : resolve(found)));
  });
const run = (sql, values) => call("run", sql, values);

await run("pragma journal_mode = wal");
await run("pragma synchronous = full");
await run("create table tokens (hash text primary key)");
await run("create table users (id text primary key, user_name text unique, body text not null)");
await run("create table groups (id text primary key, body text not null)");
await run("insert into tokens values (?)", [createHash("sha256").update(TOKEN).digest("hex")]);
await run("attach ? as muster", [USERS_FILE]);
await run(`insert into users select id, user_name,
  json_patch(profile, json_object('id', id, 'userName', user_name, 'active', json('true'))) from muster.muster_accounts`);
await run(`insert into groups select id, json_object('id', id, 'displayName', display_name, 'members',
    (select json_group_array(json_object('value', account_id)) from muster.muster_memberships as memberships
      where memberships.organization_id = organizations.id))
  from muster.muster_organizations as organizations`);
await run("detach muster");

/** The handlers of a type whose resources are JSON in a table. */
function declare(type, table, write) {
  const resource = SCIMMY.Resources.declare(type);
  resource.egress(async ({ id, filter }) => {
    if (id) {
      const row = await call("get", `select body from ${table} where id = ?`, [id]);
      if (!row) throw new SCIMMY.Types.Error(404, null, `Resource ${id} not found`);
      return JSON.parse(row.body);
    }
    const all = (await call("all", `select body from ${table}`)).map(({ body }) => JSON.parse(body));
    return filter ? filter.match(all) : all;
  });
  resource.ingress(async ({ id = randomUUID() }, instance) => {
    const body = { ...JSON.parse(JSON.stringify(instance)), id };
    await write(id, body);
    return body;
  });
  resource.degress(({ id }) => run(`delete from ${table} where id = ?`, [id]));
}
declare(SCIMMY.Resources.User, "users", (id, body) =>
  run("insert or replace into users values (?, ?, ?)", [id, body.userName, JSON.stringify(body)]),
);
declare(SCIMMY.Resources.Group, "groups", (id, body) =>
  run("insert or replace into groups values (?, ?)", [id, JSON.stringify(body)]),
);

const app = express();
const handler = async (request) => {
  const secret = (request.header("Authorization") ?? "").slice("Bearer ".length);
  const hash = createHash("sha256").update(secret).digest("hex");
  if (!(await call("get", "select 1 from tokens where hash = ?", [hash]))) throw new Error("Unknown token");
  return "bench";
};
app.use("/scim/v2", new SCIMMYRouters({ type: "bearer", handler }));
app.get("/", (_request, response) => void response.end());
app.listen(Number(PORT), "127.0.0.1");
