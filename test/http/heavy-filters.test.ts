import { expect } from "chai";
import { expectError, expectList, expectStatus } from "../support/assertions.js";
import { whileOthersAreServed } from "../support/bystander.js";
import { createGroup, createUser, createUsers } from "../support/factories.js";
import { clientWith } from "../support/realms.js";
import { describeServer } from "../support/server.js";

const SEARCH_REQUEST = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";

describeServer("A search", (scim, server) => {
  const search = async (parameters: object, endpoint = "/Users") => {
    const bystander = await clientWith(server(), { organization: (await createGroup(scim)).id });
    const body = { schemas: [SEARCH_REQUEST], ...parameters };
    return whileOthersAreServed(bystander, () => scim.post(`${endpoint}/.search`, body));
  };
  const joined = (count: number, term: (at: number) => string) =>
    Array.from({ length: count }, (_, at) => term(at)).join(" or ");

  it("takes 170 ids in one filter", async () => {
    const users = await createUsers(scim, 170);
    const filter = joined(170, (at) => `id eq "${users[at]?.id}"`);
    expectList(await search({ filter, count: 200 }), 170);
  });

  it("takes 500 terms, and counts what they find", async () => {
    await createUsers(scim, 3);
    for (const operator of ["or", "and"]) {
      const filter = Array<string>(500).fill("userName pr").join(` ${operator} `);
      const { totalResults } = expectStatus(await search({ filter, count: 1 }), 200);
      expect(totalResults).to.be.at.least(3);
    }
  });

  const refused: Record<string, readonly [parameters: object, status: number, scimType: string]> = {
    "a filter of more than 500 comparisons": [{ filter: joined(501, () => "id pr") }, 400, "invalidFilter"],
    "a filter of more than 8,192 characters": [
      { filter: `id eq "${"x".repeat(9000)}"` },
      400,
      "invalidFilter",
    ],
    "a filter with 41 terms that look through every resource": [
      { filter: joined(41, (at) => `title co "${at}"`) },
      400,
      "tooMany",
    ],
    "the same inside of brackets": [
      {
        filter: `emails[${joined(30, (at) => `value co "${at}"`)}] or not (${joined(20, () => "title pr")})`,
      },
      400,
      "tooMany",
    ],
    "a long text inside of others": [{ filter: `title co "${"x".repeat(257)}"` }, 400, "invalidFilter"],
    "brackets that are nested deeply": [{ filter: `${"(".repeat(4000)}id pr` }, 400, "invalidFilter"],
    "a string that never ends": [{ filter: `id eq "${"\\".repeat(8000)}` }, 400, "invalidFilter"],
    "10,000 attributes": [{ attributes: Array<string>(10_000).fill("title") }, 400, "invalidValue"],
    "four million commas": [{ excludedAttributes: ",".repeat(4_000_000) }, 400, "invalidValue"],
    "a long attribute to sort by": [{ sortBy: "x".repeat(4_000_000) }, 400, "invalidPath"],
    "a long order": [{ sortBy: "id", sortOrder: "x".repeat(4_000_000) }, 400, "invalidValue"],
    "a long cursor": [{ cursor: "x".repeat(4_000_001) }, 400, "invalidCursor"],
    "a number of many digits": [{ count: "9".repeat(4_000_000) }, 400, "invalidValue"],
  };
  for (const [what, [parameters, status, scimType]] of Object.entries(refused)) {
    it(`refuses ${what}, and keeps nobody else waiting`, async () => {
      const answer = await search(parameters);
      expectError(answer, { status, scimType });
      expect(answer.text.length).to.be.below(2000);
    });
  }

  it("takes a long list of versions", async () => {
    const { id } = await createUser(scim);
    const tags = Array.from({ length: 3000 }, (_, at) => `W/"${at + 2}"`).join(", ");
    for (const text of [tags, `"${",".repeat(10_000)}`, " ".repeat(10_000) + "x"]) {
      const headers = { "if-match": text };
      const body = {
        schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        Operations: [{ op: "remove", path: "title" }],
      };
      expectStatus(await scim.request("PATCH", `/Users/${id}`, { headers, body }), 412);
      expectStatus(await scim.get(`/Users/${id}`, { "if-none-match": text }), 200);
    }
  });
});
