import { expect } from "chai";
import { expectError, expectList, expectStatus } from "../support/assertions.js";
import type { Body, ScimClient } from "../support/client.js";
import { createGroup, createUser, createUsers, unique } from "../support/factories.js";
import { forEachEngine } from "../support/engines.js";
import { describeServer, startServer } from "../support/server.js";

const SEARCH_REQUEST = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";

/** A list by cursor, page after page. @param between what happens after each page */
async function walk(
  scim: ScimClient,
  path: string,
  between: (page: number) => Promise<unknown> = () => Promise.resolve(),
): Promise<Body[][]> {
  const pages: Body[][] = [];
  let cursor = "";
  for (;;) {
    const answer = await scim.get(`${path}${path.includes("?") ? "&" : "?"}cursor=${cursor}`);
    pages.push(expectList(answer));
    expect(answer.body).to.not.have.property("startIndex");
    const { nextCursor } = answer.body;
    if (nextCursor === undefined) return pages;
    cursor = nextCursor as string;
    await between(pages.length);
  }
}

const idsOf = (pages: readonly Body[][]) => pages.flat().map(({ id }) => id);

describeServer("A list by cursor", (scim) => {
  const titles = ["b", undefined, "A", "é", undefined, "b", "B", "c", undefined, "a"];
  let all: string[];

  before(async () => {
    const users: Body[] = [];
    for (const [at, title] of titles.entries()) {
      const emails = at % 3 === 0 ? [] : [{ value: `${"zyx"[at % 3]!}${at}@example.com` }];
      users.push(await createUser(scim, { title, emails, active: at % 4 > 0 }));
    }
    await createGroup(scim, users.slice(0, 4));
    all = users.map(({ id }) => id);
  });

  it("has every resource once, whatever the size of the pages", async () => {
    for (const count of [1, 2, 3, 5, 9, 10, 11, 1000]) {
      const pages = await walk(scim, `/Users?count=${count}`);
      expect(idsOf(pages)).to.deep.equal(all);
      expect(pages.slice(0, -1).every((page) => page.length === count)).to.equal(true);
      expect(pages.at(-1)).to.not.have.length(0);
    }
  });

  const orders = [
    "userName",
    "title",
    "emails",
    "active",
    "id",
    "meta.created",
    "meta.location",
    "name.familyName",
  ];
  for (const sortBy of [...orders, "groups.value", "nickName", "externalId"]) {
    for (const sortOrder of ["ascending", "descending"]) {
      it(`by ${sortBy}, ${sortOrder}, is in the order of the whole list`, async () => {
        const query = `/Users?sortBy=${sortBy}&sortOrder=${sortOrder}`;
        const whole = expectList(await scim.get(query)).map(({ id }) => id);
        for (const count of [1, 2, 3, 4]) {
          expect(idsOf(await walk(scim, `${query}&count=${count}`))).to.deep.equal(whole);
        }
      });
    }
  }

  it("says with every page how many there were when it began", async () => {
    const filter = encodeURIComponent("active eq true");
    const first = await scim.get(`/Users?filter=${filter}&count=2&cursor`);
    const { totalResults, nextCursor } = first.body;
    const filtered = expectList(await scim.get(`/Users?filter=${filter}`), totalResults);
    expect(filtered).to.have.length(totalResults);
    expectList(await scim.get(`/Users?filter=${filter}&count=2&cursor=${String(nextCursor)}`), totalResults);
  });

  it("asks for the total alone with count 0 or less", async () => {
    for (const count of ["0", "-3"]) {
      const answer = await scim.get(`/Users?cursor=&count=${count}`);
      expect(expectList(answer, all.length)).to.deep.equal([]);
      expect(answer.body).to.not.have.property("nextCursor");
    }
  });

  it("may be empty", async () => {
    const answer = await scim.find("/Users", 'userName eq "nobody"', "&cursor");
    expect(expectList(answer, 0)).to.deep.equal([]);
    expect(answer.body).to.not.have.property("nextCursor");
  });

  it("is searched by POST, too, with the same cursors", async () => {
    const search = { schemas: [SEARCH_REQUEST], filter: "active eq true", sortBy: "title", count: 3 };
    const first = await scim.post("/Users/.search", { ...search, cursor: "" });
    expectList(first);
    const cursor = String(first.body.nextCursor);
    const next = expectList(await scim.post("/Users/.search", { ...search, cursor }));
    const query = `&sortBy=title&count=3&cursor=${cursor}`;
    expect(expectList(await scim.find("/Users", "active eq true", query))).to.deep.equal(next);
  });

  describe("with a cursor that", () => {
    const invalid = { status: 400, scimType: "invalidCursor", detail: /cursor/ };
    const next = async (query: string) => String((await scim.get(`${query}&cursor`)).body.nextCursor);

    it("consists of letters, digits, - and _", async () => {
      expect(await next("/Users?count=1&sortBy=title")).to.match(/^[\w-]+$/);
    });

    it("is made up or changed is refused", async () => {
      const cursor = await next("/Users?count=1");
      const changed = Array.from(cursor).map(
        (_, at) => `${cursor.slice(0, at)}${cursor[at] === "A" ? "B" : "A"}${cursor.slice(at + 1)}`,
      );
      for (const each of [
        "x",
        "null",
        "AAAA",
        "%00",
        cursor.slice(1),
        cursor.slice(0, -4),
        ...changed.slice(0, -1),
      ]) {
        expectError(await scim.get(`/Users?count=1&cursor=${each}`), invalid);
      }
    });

    it("was given for another query is refused", async () => {
      const cursor = await next("/Users?count=1&sortBy=title");
      for (const query of [
        "/Users?count=1",
        "/Users?count=1&sortBy=userName",
        "/Users?count=1&sortBy=title&sortOrder=descending",
        "/Users?count=1&sortBy=title&filter=active%20eq%20true",
        "/Groups?count=1&sortBy=displayName",
      ]) {
        expectError(await scim.get(`${query}&cursor=${cursor}`), invalid);
      }
      expectList(await scim.get(`/Users?count=1&sortBy=title&cursor=${cursor}&attributes=userName`));
    });

    it("comes with another count is refused", async () => {
      const cursor = await next("/Users?count=2");
      const expected = { status: 400, scimType: "invalidCount", detail: /2/ };
      expectError(await scim.get(`/Users?count=3&cursor=${cursor}`), expected);
      expect(expectList(await scim.get(`/Users?cursor=${cursor}`))).to.have.length(2);
    });

    it("comes with a count that no page can have is refused", async () => {
      for (const count of ["1001", "99999999999999999999", "many", "1.5"]) {
        expectError(await scim.get(`/Users?cursor&count=${count}`), {
          status: 400,
          scimType: "invalidCount",
          detail: /count/,
        });
      }
    });

    it("is given twice, or beside a startIndex, is refused", async () => {
      for (const query of ["cursor&cursor", "cursor&startIndex=2"]) {
        expectError(await scim.get(`/Users?${query}`), { status: 400, scimType: "invalidValue" });
      }
      expectList(await scim.get("/Users?cursor&startIndex=1"));
    });
  });

  it("goes on behind a resource that is gone meanwhile", async () => {
    const some = await createUsers(scim, 6);
    const ids = some.map(({ id }) => id).sort();
    const filter = encodeURIComponent(`id ge "${ids[0]!}"`);
    const pages = await walk(scim, `/Users?filter=${filter}&count=2`, (page) =>
      scim.delete(`/Users/${ids[page * 2 - 1]!}`),
    );
    expect(idsOf(pages)).to.deep.equal(ids);
  });

  it("has every resource once that nobody touches while others write", async () => {
    const prefix = unique("walk");
    const untouched: string[] = [];
    const moved: Body[] = [];
    for (let at = 0; at < 20; at += 1) {
      const user = await createUser(scim, { userName: `${prefix}-${"mz"[at % 2]!}${at}`, title: "t" });
      if (at % 2 === 0) untouched.push(user.id);
      else moved.push(user);
    }
    const filter = encodeURIComponent(`userName sw "${prefix}"`);
    const pages = await walk(scim, `/Users?filter=${filter}&sortBy=userName&count=3`, async (page) => {
      const { id } = moved[page % moved.length]!;
      await scim.delete(`/Users/${moved.shift()!.id}`);
      await scim.patch(`/Users/${id}`, { op: "replace", path: "userName", value: `${prefix}-a${page}` });
      await createUser(scim, { userName: `${prefix}-${"bn"[page % 2]!}${page}` });
    });
    const found = idsOf(pages);
    expect(found.filter((id) => untouched.includes(id)).sort()).to.deep.equal(untouched.sort());
  });

  it("is advertised", async () => {
    expect(expectStatus(await scim.get("/ServiceProviderConfig"), 200).pagination).to.deep.equal({
      cursor: true,
      index: true,
      defaultPaginationMethod: "index",
      defaultPageSize: 100,
      maxPageSize: 1000,
      cursorTimeout: 3600,
    });
  });
});

describe("A cursor", () => {
  forEachEngine((engine) => {
    it("need not be advertised", async () => {
      const quiet = await startServer(engine, { ADVERTISE_PAGINATION: "false" });
      try {
        const config = expectStatus(await quiet.scim.get("/ServiceProviderConfig"), 200);
        expect(config).to.include.keys("patch", "filter").and.not.include.keys("pagination");
        expectList(await quiet.scim.get("/Users?cursor"), 0);
      } finally {
        await quiet.stop();
      }
    });

    it("expires after CURSOR_TIMEOUT, and is good in every process on the same database", async () => {
      const first = await startServer(engine, { CURSOR_TIMEOUT: "1" });
      try {
        await createUsers(first.scim, 3);
        const { nextCursor } = (await first.scim.get("/Users?count=1&cursor")).body;
        const path = `/Users?count=1&cursor=${String(nextCursor)}`;
        const second = await startServer(engine, { DATABASE_URL: first.databaseUrl });
        try {
          expectList(await second.scim.get(path), 3);
          expectList(await second.ahead(1100, () => second.scim.get(path)), 3);
        } finally {
          await second.stop();
        }
        const expected = { status: 400, scimType: "expiredCursor", detail: /1 seconds/ };
        expectError(await first.ahead(1100, () => first.scim.get(path)), expected);
      } finally {
        await first.stop();
      }
    });
  });
});
