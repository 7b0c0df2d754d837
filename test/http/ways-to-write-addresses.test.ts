import { expect } from "chai";
import { expectError, expectList, expectStatus } from "../support/assertions.js";
import { BULK_REQUEST, patchData, sendBulk } from "../support/bulk.js";
import type { Answer } from "../support/client.js";
import { CORE_USER, createGroup, createUser, unique } from "../support/factories.js";

import { clientWith, describeInBothRealms } from "../support/realms.js";
import { describeServer } from "../support/server.js";

const SEARCH_REQUEST = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";

/** What clients write otherwise than the RFC does, in both realms. */
describeInBothRealms("An address reaches its resource", (client) => {
  let id: string;
  let userName: string;

  before(async () => {
    ({ id, userName } = await createUser(client));
  });

  const found = (answer: Answer) => {
    expect(expectList(answer, 1).map((user) => user.id)).to.deep.equal([id]);
  };
  const filter = () => `userName%20eq%20%22${encodeURIComponent(userName)}%22`;

  for (const path of ["/users", "//Users", "/Users/", "///USERS//", "/uSeRs"]) {
    it(`${path} is the list, with the whole query`, async () => {
      found(await client.get(`${path}?filter=${filter()}`));
    });

    it(`below ${path} are the resources, whose ids keep their case`, async () => {
      const answer = await client.get(`${path}/${id}//`);
      expect(expectStatus(answer, 200).id).to.equal(id);
      expect(answer.body.meta.location).to.equal(`${client.url}/Users/${id}`);
      expectError(await client.get(`${path}/${id.toUpperCase()}`), { status: 404 });
    });

    it(`${path}/.search is its search, in any case`, async () => {
      for (const search of [".search", ".Search/", "/.SEARCH"]) {
        const body = { schemas: [SEARCH_REQUEST], filter: `userName eq "${userName}"` };
        found(await client.post(`${path}/${search}`, body));
      }
    });

    it(`${path} is its path in a Bulk request`, async () => {
      const operations = [
        { method: "POST", path, bulkId: "a", data: { schemas: [CORE_USER], userName: unique("bulk") } },
        {
          method: "PATCH",
          path: `${path}/bulkId:a/`,
          data: patchData({ op: "add", path: "title", value: "T" }),
        },
        { method: "DELETE", path: `${client.url}${path}/bulkId:a` },
      ];
      const outcomes = await sendBulk(client, operations);
      expect(outcomes.map(({ status }) => status)).to.deep.equal(["201", "200", "204"]);
    });
  }

  it("of a Bulk request, of discovery and of the base, too", async () => {
    const body = { schemas: [BULK_REQUEST], Operations: [{ method: "DELETE", path: "users/nobody" }] };
    expectStatus(await client.post("//bulk/", body), 200);
    for (const path of [
      "/schemas",
      "//Schemas/",
      `/schemas/${CORE_USER.toLowerCase()}`,
      "/resourcetypes/user",
    ]) {
      expectStatus(await client.get(path), 200);
    }
    found(await client.get(`//?Filter=${filter()}`));
  });

  it("with slashes in and before the base path", async () => {
    const { origin } = new URL(client.url);
    for (const base of ["//scim/v2", "/scim//v2", "//SCIM//v2/"]) {
      const answer = await fetch(`${origin}${base}/users?filter=${filter()}`, {
        headers: { authorization: `Bearer ${client.token}` },
      });
      expect(((await answer.json()) as { totalResults?: number }).totalResults).to.equal(1);
    }
  });

  it("and the names of its parameters have no case", async () => {
    for (const name of ["Filter", "FILTER", "filter"]) found(await client.get(`/Users?${name}=${filter()}`));
    const page = await client.get("/Users?StartIndex=1&COUNT=0&SORTBY=userName&sortorder=descending");
    expect(expectStatus(page, 200)).to.include({ startIndex: 1, itemsPerPage: 0 });
    const answer = await client.get(`/Users/${id}?Attributes=userName`);
    expect(answer.body).to.have.all.keys("schemas", "id", "userName");
    const body = { SCHEMAS: [SEARCH_REQUEST], FILTER: `userName eq "${userName}"`, Count: 1 };
    found(await client.post("/Users/.search", body));
  });

  it("but two spellings of a parameter must say the same", async () => {
    found(await client.get(`/Users?filter=${filter()}&Filter=${filter()}`));
    for (const other of ["", "id%20pr"]) {
      const answer = await client.get(`/Users?filter=${filter()}&Filter=${other}`);
      expectError(answer, {
        status: 400,
        scimType: "invalidValue",
        detail: /'filter' has two spellings/,
      });
    }
    const body = { schemas: [SEARCH_REQUEST], count: 1, Count: 2 };
    expectError(await client.post("/Users/.search", body), { status: 400, scimType: "invalidValue" });
  });

  it("and an empty filter is none", async () => {
    const all = expectStatus(await client.get("/Users?count=0"), 200).totalResults;
    for (const query of ["filter=", "Filter=%20", "filter"]) {
      expect((await client.get(`/Users?count=0&${query}`)).body.totalResults).to.equal(all);
    }
    const body = { schemas: [SEARCH_REQUEST], filter: "", count: 0 };
    expect((await client.post("/Users/.search", body)).body.totalResults).to.equal(all);
  });
});

describeServer("An address reaches its resource", (scim, server) => {
  it("as /me does for a person's token", async () => {
    const { id, userName } = await createUser(scim);
    const own = await clientWith(server(), { userName });
    for (const path of ["/me", "//Me/", "/ME?attributes=userName"]) {
      expect(expectStatus(await own.get(path), 200).id).to.equal(id);
    }
  });

  it("only when the rest of the path is right", async () => {
    for (const path of ["/user", "/Users/1/2", "/%55sers", "/Users%2F", "/Users/x/.search", "/.search/x"]) {
      expectError(await scim.get(path), { status: 404 });
    }
  });

  it("and asks those who look for candidates for a filter all the same", async () => {
    const own = await clientWith(server(), { organization: (await createGroup(scim)).id });
    for (const query of ["", "?filter=", "?Filter=%20"]) {
      expectError(await own.get(`/candidates${query}`), { status: 403 });
    }
  });
});
