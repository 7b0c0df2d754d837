import { expect } from "chai";
import { expectList, expectStatus } from "../support/assertions.js";
import type { Body } from "../support/client.js";
import { createGroup, createUser, ENTERPRISE_USER } from "../support/factories.js";
import { describeServer } from "../support/server.js";

const SEARCH_REQUEST = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";

describeServer("A list", (scim) => {
  const people: [userName: string, attributes: object][] = [
    ["c@example.com", { title: "émigré", name: { familyName: "Zola" }, active: false }],
    ["A@example.com", { title: "Zebra", emails: [{ value: "z@example.com" }] }],
    ["é@example.com", { title: "apple", name: { familyName: "abel" } }],
    ["b@example.com", { emails: [{ value: "x@example.com" }, { value: "a@example.com", primary: true }] }],
    ["d@example.com", { [ENTERPRISE_USER]: { department: "Sales" } }],
  ];
  let users: Body[];

  before(async () => {
    users = [];
    for (const [userName, attributes] of people)
      users.push(await createUser(scim, { userName, ...attributes }));
    await createGroup(scim, users);
  });

  const page = async (query: string) => {
    const answer = await scim.get(`/Users?${query}`);
    expectList(answer, people.length);
    return answer.body;
  };
  const names = ({ Resources }: Body) => Resources.map(({ userName }) => userName.charAt(0)).join("");

  it("has everything, each as a GET gives it", async () => {
    expect(names(await page(""))).to.have.length(5);
    for (const user of (await page("")).Resources) {
      expect(expectStatus(await scim.get(`/Users/${user.id}`), 200)).to.deep.equal(user);
    }
    const [group] = expectList(await scim.get("/Groups"), 1);
    expect(expectStatus(await scim.get(`/Groups/${String(group?.id)}`), 200)).to.deep.equal(group);
  });

  describe("in pages", () => {
    it("has as many as the client asks for, from where it asks", async () => {
      const body = await page("sortBy=userName&startIndex=2&count=2");
      expect(names(body)).to.equal("bc");
      expect(body).to.include({ startIndex: 2, itemsPerPage: 2 });
    });

    it("has each resource on one page, whatever the size of the pages", async () => {
      for (const size of [1, 2, 3, 4, 5, 6]) {
        const found: string[] = [];
        for (let start = 1; start <= people.length; start += size) {
          found.push(...(await page(`startIndex=${start}&count=${size}`)).Resources.map(({ id }) => id));
        }
        expect(found).to.have.members(users.map(({ id }) => id));
      }
    });

    it("begins at 1 for a startIndex below", async () => {
      for (const start of [0, -1, -99]) {
        expect(await page(`startIndex=${start}&count=2`)).to.include({ startIndex: 1, itemsPerPage: 2 });
      }
    });

    it("is empty with count 0 or less, and behind the end, with the true total", async () => {
      for (const query of ["count=0", "count=-1", "startIndex=6", "startIndex=1000000&count=10"]) {
        expect((await page(query)).Resources).to.deep.equal([]);
      }
      expect(await page("startIndex=6")).to.include({ startIndex: 6 });
    });

    it("takes numbers that are larger than anything", async () => {
      for (const number of ["2147483648", "9007199254740993", "1".repeat(30)]) {
        expect((await page(`count=${number}`)).Resources).to.have.length(5);
        expect((await page(`startIndex=${number}`)).Resources).to.deep.equal([]);
      }
    });

    it("counts only what the filter matches", async () => {
      const answer = await scim.find("/Users", "active eq true", "&count=1&startIndex=2");
      expect(expectList(answer, 4)).to.have.length(1);
    });
  });

  describe("in order", () => {
    const orders: [query: string, expected: string][] = [
      ["sortBy=userName", "Abcdé"],
      ["sortBy=userName&sortOrder=ascending", "Abcdé"],
      ["sortBy=userName&sortOrder=descending", "édcbA"],
      ["sortBy=USERNAME&sortOrder=DESCENDING", "édcbA"],
      ["sortBy=meta.created", "cAébd"],
      ["sortBy=active&count=1", "c"],
    ];
    for (const [query, expected] of orders) {
      it(`of ${query}`, async () => {
        expect(names(await page(query))).to.equal(expected);
      });
    }

    const partial: [query: string, expected: string][] = [
      ["sortBy=title", "éAc"],
      ["sortBy=name.familyName", "éc"],
      ["sortBy=emails.value", "bA"],
      ["sortBy=emails", "bA"],
      [`sortBy=${ENTERPRISE_USER}:department`, "d"],
    ];
    for (const [query, expected] of partial) {
      it(`of ${query}, those without a value last, and first when it is descending`, async () => {
        const { length } = expected;
        expect(names(await page(query)).slice(0, length)).to.equal(expected);
        const reversed = Array.from(expected).reverse().join("");
        expect(names(await page(`${query}&sortOrder=descending`)).slice(-length)).to.equal(reversed);
      });
    }

    it("goes on over pages", async () => {
      const pages = [1, 3, 5].map((start) => page(`sortBy=userName&count=2&startIndex=${start}`));
      expect((await Promise.all(pages)).map(names).join("")).to.equal("Abcdé");
    });
  });

  describe("searched by POST", () => {
    it("is what the same query gives", async () => {
      const search = { filter: "active eq true", sortBy: "userName", startIndex: 2, count: 2 };
      const body = { schemas: [SEARCH_REQUEST], ...search, attributes: ["userName"] };
      const answer = await scim.post("/Users/.search", body);
      const query = "&sortBy=userName&startIndex=2&count=2&attributes=userName";
      expect(answer.body).to.deep.equal((await scim.find("/Users", "active eq true", query)).body);
      expect(names(answer.body)).to.equal("bd");
    });

    it("takes excludedAttributes, and needs no filter", async () => {
      const answer = await scim.post("/Groups/.search", {
        schemas: [SEARCH_REQUEST],
        excludedAttributes: ["members"],
      });
      const [group] = expectList(answer, 1);
      expect(group).to.include.keys("displayName").and.not.include.keys("members");
    });
  });
});
