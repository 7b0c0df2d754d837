import { expect } from "chai";
import { request } from "node:http";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { openDatabase } from "../../src/db/open.js";
import type { Session } from "../../src/db/session.js";
import { readSettings } from "../../src/config/settings.js";
import { expectList } from "../support/assertions.js";
import { whileOthersAreServed } from "../support/bystander.js";
import type { Answer, Body, ScimClient } from "../support/client.js";
import { forEachEngine } from "../support/engines.js";
import { createGroup, createUser, CORE_USER, ORGANIZATION } from "../support/factories.js";
import { clientWith } from "../support/realms.js";
import { startProcess, startServer } from "../support/server.js";
import type { ServerInProcess, TestServer } from "../support/server.js";

const TEAM = "urn:muster:params:scim:schemas:core:2.0:Team";
const INVITATION = "urn:muster:params:scim:schemas:core:2.0:Invitation";
const SEARCH_REQUEST = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";

const PAGE_BYTES = 20_000;
const RESOURCES = 25;

/** How long the text of the resource with this number is: most are short, some fill a page or more. */
const lengthOf = (number: number) => [10, 300, 2500, 7000][number % 4] ?? 0;

/** Reads a list to its end by index. @returns its pages */
async function byIndex(read: (query: string) => Promise<Answer>): Promise<Answer[]> {
  const pages: Answer[] = [];
  let startIndex = 1;
  for (let total = 1; startIndex <= total;) {
    const page = await read(`startIndex=${startIndex}&count=1000`);
    const resources = expectList(page);
    expect(page.body.startIndex).to.equal(startIndex);
    expect(resources).to.not.be.empty;
    pages.push(page);
    startIndex += resources.length;
    total = page.body.totalResults;
  }
  return pages;
}

/** The same by cursor. */
async function byCursor(read: (query: string) => Promise<Answer>): Promise<Answer[]> {
  const pages: Answer[] = [];
  for (let cursor: unknown = ""; typeof cursor === "string";) {
    const page = await read(`cursor=${cursor}&count=1000`);
    expect(expectList(page)).to.not.be.empty;
    pages.push(page);
    cursor = page.body.nextCursor;
  }
  return pages;
}

/** The pages have everything once, say how much that is, and none is much longer than it may be. */
function expectWhole(pages: readonly Answer[], ids: readonly string[]): void {
  const resources = pages.flatMap(({ body }) => body.Resources);
  expect(resources.map(({ id }) => id).sort()).to.deep.equal([...ids].sort());
  for (const { body, text } of pages) {
    expect(body.totalResults).to.equal(ids.length);
    if (body.itemsPerPage > 1) expect(text.length).to.be.below(2 * PAGE_BYTES);
  }
  expect(pages.length).to.be.above(2);
}

describe("A page of a list ends when it has many bytes", () => {
  forEachEngine((engine) => {
    let server: ServerInProcess;
    let inOrganization: ScimClient;
    const ids: Record<string, string[]> = { Users: [], Groups: [], Teams: [], Invitations: [] };

    before(async function () {
      this.timeout(60_000);
      for (const list of Object.values(ids)) list.length = 0;
      server = await startServer(engine, { PAGE_MAX_BYTES: String(PAGE_BYTES) });
      const { scim } = server;
      for (let number = 0; number < RESOURCES; number += 1) {
        const text = "x".repeat(lengthOf(number));
        const nickName = number % 3 === 0 ? {} : { nickName: `n${number % 7}` };
        ids.Users?.push((await createUser(scim, { title: text, ...nickName })).id);
      }
      const members = ids.Users?.map((id) => ({ id }) as Body) ?? [];
      const organization = await createGroup(scim, members);
      ids.Groups?.push(organization.id);
      for (let number = 1; number < RESOURCES; number += 1) {
        const description = "x".repeat(lengthOf(number));
        ids.Groups?.push((await createGroup(scim, [], { [ORGANIZATION]: { description } })).id);
        const reference = { organization: { value: organization.id } };
        const team = { schemas: [TEAM], displayName: `Team ${number}`, description, ...reference };
        ids.Teams?.push((await scim.post("/Teams", team)).body.id);
        const invitation = await scim.post("/Invitations", { schemas: [INVITATION], ...reference });
        ids.Invitations?.push(invitation.body.id);
        await server.database((session) =>
          session.rows("update muster_invitations set description = ? where id = ?", [
            description,
            invitation.body.id,
          ]),
        );
      }
      // From before there were limits.
      await server.database((session) => lengthen(session, ids.Users?.slice(5, 7) ?? []));
      inOrganization = await clientWith(server, { organization: organization.displayName ?? "" });
    });
    after(() => server.stop());

    for (const endpoint of ["Users", "Groups", "Teams", "Invitations"]) {
      it(`and the next one goes on there, in ${endpoint}`, async () => {
        const read = (query: string) => server.scim.get(`/${endpoint}?${query}`);
        expectWhole(await byIndex(read), ids[endpoint] ?? []);
        expectWhole(await byCursor(read), ids[endpoint] ?? []);
      });
    }

    for (const order of ["ascending", "descending"]) {
      it(`in the order of what some do not have, ${order}`, async () => {
        const read = (query: string) =>
          server.scim.get(`/Users?sortBy=nickName&sortOrder=${order}&filter=userName%20pr&${query}`);
        expectWhole(await byIndex(read), ids.Users ?? []);
        expectWhole(await byCursor(read), ids.Users ?? []);
      });
    }

    it("in an organization's realm, over all types, and by search", async () => {
      const all = [...(ids.Users ?? []), ...(ids.Groups ?? [])];
      expectWhole(await byIndex((query) => inOrganization.get(`/Users?${query}`)), ids.Users ?? []);
      expectWhole(await byIndex((query) => server.scim.get(`/?${query}`)), all);
      expectWhole(await byCursor((query) => server.scim.get(`/?${query}`)), all);
      const searching = (path: string) => (query: string) =>
        server.scim.post(path, {
          schemas: [SEARCH_REQUEST],
          ...Object.fromEntries(
            [...new URLSearchParams(query)].map(([name, value]) => [
              name,
              name === "cursor" ? value : Number(value),
            ]),
          ),
        });
      expectWhole(await byIndex(searching("/.search")), all);
      expectWhole(await byCursor(searching("/Users/.search")), ids.Users ?? []);
    });

    it("and has one that is longer than a page, alone and whole", async () => {
      const id = ids.Users?.[5] ?? "";
      const found = await server.scim.find("/Users", `id eq "${id}"`);
      const [user] = expectList(found, 1);
      expect(user).to.deep.equal((await server.scim.get(`/Users/${id}`)).body);
      expect(user?.title).to.have.length(LONG);
    });

    it("and is whole with few short ones", async () => {
      const found = await server.scim.get("/Users?count=2");
      expect(expectList(found, RESOURCES)).to.have.length(2);
    });
  });
});

const LONG = 4_000_000;

/** Gives accounts profiles of 3.9 MiB. */
async function lengthen(session: Session, ids: readonly string[]): Promise<void> {
  const title = "x".repeat(LONG);
  for (const id of ids) {
    const profile = JSON.stringify({ schemas: [CORE_USER], title });
    await session.rows("update muster_accounts set profile = ? where id = ?", [profile, id]);
  }
}

/** Inserts accounts whose profiles have 3.9 MiB. */
async function insertLong(session: Session, count: number): Promise<void> {
  const text = session.dialect.engine === "sqlite" ? `hex(zeroblob(${LONG / 2}))` : `repeat('0', ${LONG})`;
  const profile = `'{"schemas":["${CORE_USER}"],"title":"' || ${text} || '"}'`;
  for (let number = 0; number < count; number += 1) {
    await session.rows(
      `insert into muster_accounts (id, user_name, user_name_key, active, profile, search, version, created_at, updated_at)
       values (?, ?, ?, true, ${profile}, '{}', 1, ?, ?)`,
      [`00000000-0000-7000-8000-${String(number).padStart(12, "0")}`, `l${number}`, `L${number}`, AT, AT],
    );
  }
}

const AT = "2026-01-01T00:00:00.000Z";

/** Four requests that ask for all of them at once ask for more than the heap holds. */
const LONG_USERS = 60;

describe("Lists of profiles from before there were limits", () => {
  forEachEngine((engine) => {
    let server: TestServer;

    before(async function () {
      this.timeout(120_000);
      const databaseUrl = await engine.databaseUrl();
      server = await startProcess(databaseUrl, "TERM", { NODE_OPTIONS: "--max-old-space-size=512" });
      const database = await openDatabase(readSettings({ DATABASE_URL: databaseUrl }).database);
      await database.transaction((session) => insertLong(session, LONG_USERS));
      await database.close();
    });
    after(() => server.stop());

    it("do not end the process, and keep nobody waiting", async function () {
      this.timeout(120_000);
      const { scim } = server;
      const ask = async () => {
        const answer = await unread(scim, "/Users?count=1000");
        let beginning = "";
        for await (const piece of answer) beginning ||= String(piece).slice(0, 200);
        return beginning;
      };
      const answers = await whileOthersAreServed(scim, () => Promise.all([ask(), ask(), ask(), ask()]));
      for (const beginning of answers) expect(beginning).to.match(/"totalResults":\d+,.*"itemsPerPage":1,/);
    });

    it("do not pile up for clients that do not read", async function () {
      this.timeout(120_000);
      const { scim } = server;
      const answers = await Promise.all(Array.from({ length: 40 }, () => unread(scim, "/Users?count=1000")));
      // Some are being sent; others may have found no room, or have waited too long for their turn.
      for (const { statusCode } of answers) expect(statusCode).to.be.oneOf([200, 429, 503]);
      for (const answer of answers) answer.destroy();
      expect((await scim.get("/Users?count=1")).status).to.equal(200);
    });
  });
});

/** An answer whose body is not read yet. */
async function unread(scim: ScimClient, path: string): Promise<IncomingMessage> {
  const asked = request(scim.url + path, { headers: { authorization: `Bearer ${scim.token}` } }).end();
  const [answer] = (await once(asked, "response")) as [IncomingMessage];
  return answer;
}
